"""What the options of the generated organisation promise: repeatable, to scale, on any last day."""

import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from orchestration.sources.demo import DemoOptions, answers, generate, stream, write_answers

SMALL = DemoOptions(scale=0.1)


@pytest.fixture(scope="module")
def tables() -> dict[tuple[str, str], pa.Table]:
    return generate(SMALL)


def test_same_options_same_records(tables: dict[tuple[str, str], pa.Table]) -> None:
    again = generate(DemoOptions(scale=0.1))
    assert list(again) == list(tables)
    assert all(again[key].equals(tables[key]) for key in tables)


def test_another_seed_is_another_organisation(tables: dict[tuple[str, str], pa.Table]) -> None:
    other = generate(DemoOptions(scale=0.1, seed=7))
    assert not other["salesforce", "Lead"].equals(tables["salesforce", "Lead"])


def test_all_columns_are_text_and_no_table_is_empty(tables: dict[tuple[str, str], pa.Table]) -> None:
    for key, table in tables.items():
        assert table.num_rows > 0, key
        assert {str(field.type) for field in table.schema} == {"string"}, key


def test_streamed_in_slices_is_the_same(tables: dict[tuple[str, str], pa.Table]) -> None:
    for key, batches in stream(SMALL, chunk_rows=1000):
        parts = list(batches)
        assert max(part.num_rows for part in parts) <= 1000
        assert pa.concat_tables(parts).equals(tables[key]), key


def test_scale_makes_more_of_everything() -> None:
    small, large = (answers(DemoOptions(scale=scale))["counts"] for scale in (1.0, 2.0))
    for name in ("reps", "leads", "deals", "tasks", "events"):
        assert large[name] / small[name] == pytest.approx(2, rel=0.05), name
    assert small["leads"] == 4000
    assert small["deals"] == 1500
    assert 35_000 < small["tasks"] < 45_000
    assert 13_000 < small["events"] < 17_000


def test_a_mail_tool_logs_as_much_again_and_changes_nothing_else(
    tables: dict[tuple[str, str], pa.Table],
) -> None:
    logged = generate(DemoOptions(scale=0.1, cadence_emails_per_lead=10))
    subjects = logged["salesforce", "Task"]["Subject"].to_pylist()
    sent = subjects.count("Email: sequence step")
    assert len(subjects) == tables["salesforce", "Task"].num_rows + sent
    assert 3 * 960 < sent < 10 * 960
    assert logged["google_calendar", "events"].equals(tables["google_calendar", "events"])


def test_another_last_day_moves_the_organisation(tmp_path: Path) -> None:
    options = DemoOptions(scale=0.1, end_date=date(2025, 3, 31))
    write_answers(options, tmp_path / "truth" / "answers.json")
    truth = json.loads((tmp_path / "truth" / "answers.json").read_text(encoding="utf-8"))
    assert truth["as_of"] == "2025-03-31"
    assert max(generate(options)["salesforce", "Task"]["CreatedDate"].to_pylist()) < "2025-04-01"


def test_a_scale_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="scale must lie above 0"):
        DemoOptions(scale=0)
