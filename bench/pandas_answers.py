"""10: questions that pandas can answer from the same landing, beside the published tables.

Belongs here: each question twice, and that both give the same answer.
`python -m bench.pandas_answers <question> <landing>` answers one and prints the peak of memory it took.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.task import Task
from bench.timing import alternate, own_peak, ratios
from orchestration.lib.publisher import open_published
from orchestration.settings import PROJECT_ROOT

if TYPE_CHECKING:  # takes a second, which belongs to what is timed in a process of its own
    import pandas as pd

INSTANCE = "demo"
ZONE = "Europe/Berlin"  # reporting zone of the homes' sources file
Answer = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Question:
    """`by_pandas` answers from the landing folder, `sql` from the published tables: the same sorted rows,
    ids without their source, money in cents."""

    name: str
    sql: str
    by_pandas: Callable[[Path], "pd.DataFrame"]


def measure(task: Task) -> dict[str, Any]:
    """Time pandas and the published query by turns; the peak of a process that answers with pandas and does
    nothing else. Raises RuntimeError where the answers differ."""
    settings = task.homes.built(task.size)
    timed, figures = [], []
    for question in QUESTIONS:
        with open_published(settings) as connection:

            def published(sql: str = question.sql) -> Answer:
                return connection.execute(sql).fetchall()

            def by_pandas(question: Question = question) -> Answer:
                return answer(question, settings.landing)

            if published() != by_pandas():
                raise RuntimeError(f"pandas and the published tables differ: {question.name}")
            both = alternate({"pandas": by_pandas, "published": published}, task.repeats)
        timed += [item.to_dict() | {"name": f"{question.name}, {key}"} for key, item in both.items()]
        figures.append(
            {
                "question": question.name,
                "pandas_of_published": ratios(both["pandas"].wall, both["published"].wall)["median"],
                "pandas_peak_bytes": _peak(question, settings.landing),
            }
        )
    return {"timed": timed, "questions": figures}


def answer(question: Question, landing: Path) -> Answer:
    """What pandas says: rows in order."""
    frame = question.by_pandas(landing)
    return sorted(tuple(row) for row in frame.astype(object).itertuples(index=False))


def _peak(question: Question, landing: Path) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "bench.pandas_answers", question.name, str(landing)],
        cwd=PROJECT_ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return int(json.loads(done.stdout)["peak_bytes"])


def _read(landing: Path, name: str, columns: list[str]) -> "pd.DataFrame":
    """Records as they stand: the newest version of each that is not deleted."""
    import pandas as pd  # noqa: PLC0415

    files = sorted((landing / "salesforce" / name).glob(f"{INSTANCE}.*.parquet"))
    state = ["Id", "IsDeleted", "_change", "_loaded_at"]
    frame = pd.concat(pd.read_parquet(path, columns=[*state, *columns]) for path in files)
    frame = frame.sort_values("_loaded_at", kind="stable").drop_duplicates("Id", keep="last")
    return frame[(frame["_change"] == "upsert") & (frame["IsDeleted"] != "true")]


def _cents(text: "pd.Series[Any]") -> "pd.Series[Any]":
    return (text.astype("float64") * 100).round().fillna(0).astype("int64")


def _open_by_stage(landing: Path) -> "pd.DataFrame":
    deals = _read(landing, "Opportunity", ["StageName", "CurrencyIsoCode", "Amount", "IsClosed"])
    deals = deals[deals["IsClosed"] == "false"]
    deals = deals.assign(cents=_cents(deals["Amount"]))
    return deals.groupby(["StageName", "CurrencyIsoCode"], as_index=False).agg(
        count=("Id", "size"), cents=("cents", "sum")
    )


def _wins_by_rep(landing: Path) -> "pd.DataFrame":
    deals = _read(landing, "Opportunity", ["OwnerId", "Type", "IsClosed", "IsWon"])
    deals = deals[(deals["IsClosed"] == "true") & (deals["Type"] != "Renewal")]
    deals = deals.assign(won=(deals["IsWon"] == "true").astype("int64"))
    return deals.groupby("OwnerId", as_index=False).agg(won=("won", "sum"), closed=("Id", "size"))


def _calls_by_week(landing: Path) -> "pd.DataFrame":
    import pandas as pd  # noqa: PLC0415

    calls = _read(landing, "Task", ["OwnerId", "TaskSubtype", "CallType", "CompletedDateTime"])
    calls = calls[(calls["TaskSubtype"] == "Call") & (calls["CallType"] == "Outbound")]
    at = pd.to_datetime(calls["CompletedDateTime"], format="%Y-%m-%dT%H:%M:%S.%f%z").dt.tz_convert(ZONE)
    day = at.dt.tz_localize(None).dt.normalize()
    week = day - pd.to_timedelta(day.dt.weekday, unit="D")
    counted = calls.assign(week=week.dt.strftime("%Y-%m-%d"))
    return counted.groupby(["OwnerId", "week"], as_index=False).agg(calls=("Id", "size"))


def _leads_by_source(landing: Path) -> "pd.DataFrame":
    leads = _read(landing, "Lead", ["LeadSource", "Status"])
    known = leads.dropna(subset=["LeadSource"])
    return known.groupby(["LeadSource", "Status"], as_index=False).agg(leads=("Id", "size"))


_REP = "split_part(owner_id, ':', 2)"
QUESTIONS = (
    Question(
        "open pipeline by stage",
        "select stage, currency, count(*), cast(coalesce(sum(amount_native), 0) * 100 as bigint)"
        " from fct_opportunities"
        " where outcome = 'open' group by all order by all",
        _open_by_stage,
    ),
    Question(
        "won and closed deals by rep",
        f"select {_REP}, count(*) filter (where outcome = 'won'), count(*) from fct_opportunities"
        " where outcome <> 'open' and opportunity_type in ('new', 'expansion') group by all order by all",
        _wins_by_rep,
    ),
    Question(
        "calls by rep and week",
        "select split_part(rep_id, ':', 2), strftime(date_trunc('week', timezone('"
        + ZONE
        + "', timezone('UTC', occurred_at))), '%Y-%m-%d'), count(*) from fct_activities"
        " where kind = 'call' and direction = 'outbound' and rep_id is not null group by all order by all",
        _calls_by_week,
    ),
    Question(
        "leads by source and status",
        "select lead_source, status, count(*) from fct_leads where lead_source is not null"
        " group by all order by all",
        _leads_by_source,
    ),
)


if __name__ == "__main__":
    (asked,) = (question for question in QUESTIONS if question.name == sys.argv[1])
    answer(asked, Path(sys.argv[2]))
    sys.stdout.write(json.dumps({"peak_bytes": own_peak()}) + "\n")
