"""The benchmark measures what it says: by turns, on rows that are the same every time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from bench import whole_runs
from bench.bi_queries import all_queries
from bench.file_ingest import land
from bench.gate_pass import one_pass
from bench.journal import Journal, code_fingerprint
from bench.leads import COLUMNS, write_leads
from bench.plain_build import Statement, run_plainly
from bench.show import shown
from bench.timing import alternate, growth_exponent, percentile, ratios
from expectations.schema import load_suites
from orchestration.lib.dbt_project import NodeResult
from orchestration.lib.gate import suite_parameters
from orchestration.lib.ingest_ledger import IngestReport, write_record
from orchestration.lib.timings import add_dbt, add_step
from orchestration.settings import Settings
from tests.unit.published_marts import BROKEN, BUILD, build_manifest, make_warehouse


def test_things_are_timed_by_turns() -> None:
    called: list[str] = []
    timed = alternate({"a": lambda: called.append("a"), "b": lambda: called.append("b")}, repeats=3)
    assert called == ["a", "b"] * 3
    assert [len(timed[name].wall) for name in "ab"] == [3, 3]


def test_a_ratio_is_taken_turn_by_turn() -> None:
    assert ratios([1.0, 4.0, 3.0], [2.0, 2.0, 2.0]) == {"median": 1.5, "spread": [0.5, 2.0]}


def test_every_generated_lead_lands(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    write_leads(folder / "Lead.csv", 500)
    first = (folder / "Lead.csv").read_bytes()
    write_leads(folder / "Lead.csv", 500)
    assert (folder / "Lead.csv").read_bytes() == first
    with duckdb.connect() as connection:
        columns = connection.execute("describe select * from read_csv(?)", [str(folder / "Lead.csv")])
        assert tuple(row[0] for row in columns.fetchall()) == COLUMNS
    (leads,) = land(folder / "Lead.csv", tmp_path / "home").objects
    assert (leads.landed_rows, leads.rejected_rows) == (500, 0)


def test_every_generated_lead_lands_with_every_field_of_the_object(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    write_leads(folder / "Lead.csv", 500, is_whole=True)
    with duckdb.connect() as connection:
        whole = connection.read_csv(str(folder / "Lead.csv"))
        assert whole.columns[: len(COLUMNS)] == list(COLUMNS) and len(whole.columns) == 47
        filled = connection.execute("select count(Street), count(Fax) from whole").fetchone()
    assert filled == (297, 0)
    (leads,) = land(folder / "Lead.csv", tmp_path / "home").objects
    assert (leads.landed_rows, leads.rejected_rows) == (500, 0)


def test_growth_is_the_slope_of_logarithms() -> None:
    assert growth_exponent([1, 4, 16], [3.0, 12.0, 48.0]) == 1.0
    assert growth_exponent([1, 4, 16], [1.0, 16.0, 256.0]) == 2.0
    assert growth_exponent([1, 16], [2.0, 2.0]) == 0.0
    with pytest.raises(ValueError, match="two sizes"):
        growth_exponent([1], [1.0])


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(value) for value in range(1, 101)]
    assert (percentile(values, 0.5), percentile(values, 0.99), percentile(values, 1.0)) == (50.0, 99.0, 100.0)
    assert percentile([7.0], 0.99) == 7.0


def test_an_interrupted_measure_goes_on_after_its_last_part(tmp_path: Path) -> None:
    asked: list[str] = []

    def part(name: str) -> dict[str, int]:
        asked.append(name)
        return {"seconds": len(asked)}

    def stopped() -> dict[str, int]:
        raise KeyboardInterrupt

    report = tmp_path / "report.json"
    first = Journal(report, {"cores": 2}, "code")
    first.part("build 16x", "one", lambda: part("one"))
    with pytest.raises(KeyboardInterrupt):
        first.part("build 16x", "two", stopped)
    again = Journal(report, {"cores": 2}, "code")
    assert again.part("build 16x", "one", lambda: part("one")) == {"seconds": 1}
    assert again.part("build 16x", "two", lambda: part("two")) == {"seconds": 2}
    assert asked == ["one", "two"]


def test_a_finished_measure_is_kept_for_its_code_and_repeats_only(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    journal = Journal(report, {}, "code")
    journal.part("gate 1x", "one", lambda: {"seconds": 1})
    journal.finish("gate 1x", 5, {"ratio": 2.0})
    again = Journal(report, {}, "code")
    assert again.finished("gate 1x", 5) == {"ratio": 2.0}
    assert again.finished("gate 1x", 2) is None
    assert again.finished("gate 4x", 5) is None
    assert Journal(report, {}, "other").finished("gate 1x", 5) is None
    assert again.part("gate 1x", "one", lambda: {"seconds": 9}) == {"seconds": 9}  # its parts went with it


def test_the_fingerprint_follows_code_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    model = tmp_path / "model.sql"
    model.write_text("select 1")
    before = code_fingerprint([tmp_path])
    (tmp_path / "target" / "compiled.sql").write_text("select 1")
    (tmp_path / "notes.txt").write_text("later")
    assert code_fingerprint([tmp_path]) == before
    model.write_text("select 2")
    assert code_fingerprint([tmp_path]) != before


def test_figures_are_printed_with_their_units() -> None:
    lines = shown(
        {
            "timed": [{"name": "gate", "wall_median": 2.5, "wall_spread": [2.0, 3.0], "cpu_median": None}],
            "gate_of_pass": {"median": 1.25, "spread": [1.0, 1.5]},
            "peak_bytes": {"build": 2**30},
            "slowest": [{"node": "fct_leads", "seconds": 3.25}],
        }
    ).splitlines()
    assert "2.50 s  (2.00 to 3.00)" in lines[0]
    assert "1.250    (1.000 to 1.500)" in lines[1]
    assert lines[3].split()[-2:] == ["1,024", "MiB"]
    assert lines[5].split() == ["fct_leads", "seconds", "3.25"]


def test_the_plain_build_runs_what_dbt_compiled_in_dbts_order(tmp_path: Path) -> None:
    (tmp_path / "seed.csv").write_text("id,amount\na,1.50\nb,\n")

    def node(kind: str, name: str, code: str, **facts: object) -> Statement:
        known = {
            "layer": kind,
            "language": "sql",
            "relation": f'"warehouse"."main"."{name}"',
            "is_view": False,
        }
        return Statement(f"{kind}.p.{name}", name, kind, code=code, **(known | facts))  # type: ignore[arg-type]

    python = (
        "class dbtObj:\n    def __init__(self, load): self.ref = lambda name: load('main.' + name)\n"
        "def model(dbt, session): return dbt.ref('fct').filter('amount is null').arrow()\n"
    )
    ran = run_plainly(
        [
            node("seed", "raw", f"select * from read_csv('{tmp_path}/seed.csv')"),
            node("model", "stg", "select * from warehouse.main.raw", is_view=True),
            node("model", "fct", "select id, amount from warehouse.main.stg", layer="marts/core"),
            node("model", "missing", python, language="python"),
            node("test", "t", "select * from warehouse.main.missing where id = 'b'", relation=None),
        ],
        tmp_path / "plain",
        "1GB",
    )
    assert list(ran.marts) == ["fct"]
    assert list(ran.by_node) == ["seed.p.raw", "model.p.stg", "model.p.fct", "model.p.missing", "test.p.t"]
    with duckdb.connect(str(tmp_path / "plain" / "warehouse.duckdb"), read_only=True) as connection:
        assert connection.execute("select id from missing").fetchall() == [("b",)]
        views = connection.execute("select view_name from duckdb_views() where not internal").fetchall()
        assert views == [("stg",)]


def test_twenty_queries_are_asked() -> None:
    queries = all_queries()
    assert len(queries) == len({query.name for query in queries}) == 20
    assert {subject for query in queries for subject in query.parameters} == {"rep", "deal", "lead"}


def test_the_one_pass_finds_what_breaks_every_rule(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, sources_file=tmp_path / "sources.yaml")
    make_warehouse(settings.warehouse, BUILD, BROKEN)
    found = one_pass(settings, load_suites(), suite_parameters(build_manifest()))
    assert len(found) == sum(len(suite.expectations) for suite in load_suites())
    assert [name for name, count in found.items() if count == 0] == []
    assert sum(count is not None for count in found.values()) > 200


def test_where_the_time_went_is_read_from_the_ledgers(tmp_path: Path) -> None:
    settings = Settings(tmp_path, tmp_path / "sources.yaml")
    began = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
    write_record(settings, IngestReport("i", "demo", began, began + timedelta(seconds=2.5), (), ()))
    add_step(settings, "b1", "manifest", 1.5)
    results = [NodeResult(f"test.p.t{n}", "pass", n, "", 0) for n in (1, 2)]
    add_dbt(settings, "b1", results, {}, {})
    assert whole_runs.steps(settings, "b1") == {"ingest": 2.5, "manifest": 1.5}
    assert whole_runs.nodes(settings, "b1") == [
        {"node": "all 2 of tests", "seconds": 3},
        {"node": "t2", "seconds": 2},
        {"node": "t1", "seconds": 1},
    ]
