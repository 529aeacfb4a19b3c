"""Compaction: fewer files, the same rows, the same answers to everybody who asks landing."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from orchestration.errors import PipelineError
from orchestration.lib import builds, compaction
from orchestration.lib.build_plan import plan_build
from orchestration.lib.compaction import compact
from orchestration.lib.erasure import erase
from orchestration.lib.ingest_ledger import completed_ingests
from orchestration.lib.landing_files import file_rewritten, landing_files, landing_parts
from orchestration.lib.warehouse import writer_lock
from orchestration.sources_file import load_sources_file
from tests.unit.landing_doubles import START, Rows, Source, batch, feed

LOADS = 9
SOURCES = """
reporting: {time_zone: UTC, currency: EUR}
sources:
  - {name: crm, system: salesforce, path: ., time_zone: UTC}
"""


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """Nine loads: a new lead each time, one that changes, one that goes, columns that come and go."""
    home = tmp_path_factory.mktemp("landed") / "home"
    home.mkdir()
    (home / "sources.yaml").write_text(SOURCES)
    source = Source(home)
    for number in range(LOADS):
        rows: list[dict[str, str | None]] = [
            {"Id": f"{each}", "Name": f"n{number if each == 0 else each}"} for each in range(number + 1)
        ]
        if number % 3 == 2:
            rows[-1]["Extra"] = "x"
        source.leads([row for row in rows if number < 6 or row["Id"] != "3"])
    return source


@pytest.fixture
def crm(landed: Source, tmp_path: Path) -> Source:
    """A copy of it."""
    shutil.copytree(landed.settings.home, tmp_path / "home")
    source = Source(tmp_path / "home")
    source.now = landed.now
    return source


def rows_known(source: Source, known_at: datetime | None) -> list[tuple[Any, ...]]:
    """What a build that knows no later load would read."""
    ingests = completed_ingests(source.settings, "crm", known_at)
    parts = landing_parts(source.settings, ingests, is_content_checked=True)
    part = parts.get("salesforce", {}).get("Lead")
    if part is None:
        return []
    names = '_record_key, _change, _record_hash, _source_row, _loaded_at, _dlt_load_id, "Name"'
    within = "" if part.load_ids is None else " where list_contains($loads, _dlt_load_id)"
    parameters: dict[str, Any] = {"files": [str(path) for path in part.files]}
    if part.load_ids is not None:
        parameters["loads"] = part.load_ids
    with duckdb.connect() as connection:
        return connection.execute(
            f"select {names} from read_parquet($files, union_by_name = true){within} order by all", parameters
        ).fetchall()


def whole(source: Source) -> list[tuple[Any, ...]]:
    return source.landed('columns(* exclude ("Extra")), "Extra"')


def parquet(source: Source) -> list[Path]:
    return sorted(source.settings.landing.glob("salesforce/Lead/*.parquet"))


def now(source: Source, **later: float) -> datetime:
    """Moments are compared with times of files, which are the machine's."""
    return datetime.now(UTC) + timedelta(**later)


def test_few_files_hold_every_row_and_column(crm: Source) -> None:
    before, files = whole(crm), parquet(crm)
    columns = {name for path in files for name in pq.read_schema(path).names}
    (done,) = compact(crm.settings)
    assert len(parquet(crm)) == done.files_after == 1
    assert (done.files_before, done.rows, done.kept_files) == (len(files), len(before), 0)
    assert whole(crm) == before
    assert columns == set(pq.read_schema(parquet(crm)[0]).names)
    assert compact(crm.settings) == []


def test_what_was_known_then_is_still_what_was_known_then(crm: Source) -> None:
    moments = [START + timedelta(hours=hour, minutes=30) for hour in range(LOADS + 1)]
    before = [rows_known(crm, moment) for moment in moments]
    assert [] in before and len({len(rows) for rows in before}) == LOADS + 1
    compact(crm.settings)
    assert [rows_known(crm, moment) for moment in moments] == before


def test_the_next_ingest_compares_with_all_there_is(crm: Source) -> None:
    rows: Rows = [{"Id": f"{each}", "Name": f"n{each}"} for each in range(LOADS) if each != 3]
    rows = [{**row, "Name": f"n{LOADS - 1}"} if row["Id"] == "0" else row for row in rows]
    rows = [{**row, "Extra": "x"} if row["Id"] == f"{LOADS - 1}" else row for row in rows]
    compact(crm.settings)
    assert crm.leads(rows)["landed_rows"] == 0
    changed = crm.leads([{**rows[0], "Name": "new"}, *rows[2:]])
    assert (changed["landed_rows"], changed["deleted_rows"]) == (1, 1)


def test_compacted_files_are_compacted_again_and_large_ones_left(
    crm: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    compact(crm.settings)
    (first,) = parquet(crm)
    for number in range(compaction.LEAST_FILES):
        crm.leads([{"Id": "0", "Name": f"again {number}"}], is_complete=False)
    before = whole(crm)
    (done,) = compact(crm.settings, now=START)  # a clock set back
    assert done.files_before == compaction.LEAST_FILES + 1
    assert (len(parquet(crm)), first.exists(), whole(crm)) == (1, False, before)
    monkeypatch.setattr(compaction, "MOST_BYTES", 2)
    for number in range(compaction.LEAST_FILES):
        crm.leads([{"Id": "1", "Name": f"again {number}"}], is_complete=False)
    assert compact(crm.settings) == []


def test_rows_are_split_over_files_in_the_order_in_which_they_landed(
    crm: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = whole(crm)
    monkeypatch.setattr(compaction, "MOST_ROWS", 5)
    monkeypatch.setattr(compaction, "_ROW_GROUP", 2)
    (done,) = compact(crm.settings)
    assert done.files_after == -(-len(before) // 5) > 1
    assert whole(crm) == before
    loaded = [pq.read_table(path)["_loaded_at"].to_pylist() for path in parquet(crm)]
    assert [moment for moments in loaded for moment in moments] == sorted(
        row for rows in loaded for row in rows
    )


def test_files_of_a_build_under_way_stay_until_it_cannot_be_retried(crm: Source) -> None:
    plan = plan_build(
        crm.settings,
        load_sources_file(crm.settings.sources_file),
        run_id="r",
        now=now(crm),
        as_of="2026-02-01",
    )
    (part,) = plan.manifest["landing"]["salesforce"]["Lead"]
    before = whole(crm)
    (done,) = compact(crm.settings)
    assert done.kept_files == len(part["files"]) > LOADS  # tombstones have a file of their own
    assert all(Path(file).exists() for file in part["files"])
    assert whole(crm) == before  # and none of them counts any more
    compact(crm.settings, now=now(crm, hours=13))
    assert not any(Path(file).exists() for file in part["files"])
    assert whole(crm) == before


def test_files_of_a_published_build_go(crm: Source) -> None:
    sources = load_sources_file(crm.settings.sources_file)
    plan = plan_build(crm.settings, sources, run_id="r", now=now(crm), as_of="2026-02-01")
    builds.write_json(builds.build_dir(crm.settings, plan.build_id) / builds.PUBLISHED, {"published_at": ""})
    (done,) = compact(crm.settings)
    assert (done.kept_files, len(parquet(crm))) == (0, 1)


class Killed(BaseException):
    """What a kill looks like from inside."""


@pytest.mark.parametrize("step", ["_write", "table_content", "checksum", "write_compaction", "_swept"])
def test_killed_anywhere_landing_is_as_before_or_as_after(
    crm: Source, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before = whole(crm)

    def die(*_: Any, **__: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patched:
        if step == "_swept":
            patched.setattr(Path, "unlink", _dies_at_parquet(Path.unlink))
        else:
            patched.setattr(compaction, step, die)
        with pytest.raises(Killed):
            compact(crm.settings)
    assert whole(crm) == before
    assert rows_known(crm, None) == rows_known(crm, now(crm))
    again = compact(crm.settings)
    assert len(again) == (0 if step == "_swept" else 1)  # there the record had been written
    assert whole(crm) == before
    assert len(parquet(crm)) == 1


def _dies_at_parquet(unlink: Callable[..., None]) -> Callable[..., None]:
    def unlinked(path: Path, **options: Any) -> None:
        if path.suffix == ".parquet" and path.parent.name == "Lead":
            raise Killed
        unlink(path, **options)

    return unlinked


def test_rows_that_would_be_lost_stop_it(crm: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    before = parquet(crm)
    write = compaction._write

    def short(connection: Any, joined: Any, paths: Any, rows: int) -> None:
        write(connection, joined, paths, rows)
        pq.write_table(pq.read_table(paths[0]).slice(1), paths[0])

    monkeypatch.setattr(compaction, "_write", short)
    with pytest.raises(PipelineError, match="lost rows"):
        compact(crm.settings)
    assert parquet(crm) == before


def test_rows_of_no_load_of_these_files_stop_it(crm: Source) -> None:
    path = parquet(crm)[0]
    rows = pq.read_table(path)
    at = rows.schema.get_field_index("_dlt_load_id")
    pq.write_table(rows.set_column(at, "_dlt_load_id", [["1.5"] * len(rows)]), path)
    with pytest.raises(PipelineError, match="rows of a load"):
        compact(crm.settings)


def test_damage_to_a_compacted_file_is_told_and_a_rewriting_is_not_damage(crm: Source) -> None:
    compact(crm.settings)
    (path,) = parquet(crm)
    rows = pq.read_table(path)
    with file_rewritten(path):
        pq.write_table(rows.slice(1), path)
    assert len(rows_known(crm, None)) == len(rows) - 1
    pq.write_table(rows.slice(2), path)
    with pytest.raises(PipelineError, match="is damaged"):
        rows_known(crm, None)


def test_a_person_is_erased_from_compacted_files_too(crm: Source) -> None:
    for number in range(2):
        crm.leads([{"Id": "77", "Name": f"Zerlinda Quxmoor{number}"}], is_complete=False)
    compact(crm.settings)
    crm.leads([{"Id": "77", "Name": "Zerlinda Quxmoor"}], is_complete=False)
    before = rows_known(crm, None)
    assert erase(crm.settings, "crm:77").rows_removed == 3
    assert rows_known(crm, None) == [row for row in before if row[0] != "77"]
    assert compact(crm.settings) == []
    assert rows_known(crm, None) == [row for row in before if row[0] != "77"]


def test_a_rewriting_that_was_killed_leaves_a_file_that_counts(crm: Source) -> None:
    compact(crm.settings)
    (path,) = parquet(crm)
    before = whole(crm)
    with pytest.raises(Killed), file_rewritten(path):
        raise Killed
    assert whole(crm) == before


def test_an_ingest_without_its_record_is_adopted_out_of_a_compacted_file(crm: Source) -> None:
    compact(crm.settings)
    before = whole(crm)
    records = sorted((crm.settings.landing / "_ingests" / "crm").glob("*.json"))
    lost = json.loads(records[4].read_text())
    records[4].unlink()
    parts = landing_parts(crm.settings, completed_ingests(crm.settings, "crm"))
    assert len(parts["salesforce"]["Lead"].load_ids or []) == LOADS - 1
    rows: Rows = [{"Id": "0", "Name": f"n{LOADS - 1}"}]
    report = crm.ingest(feed([batch(rows)], is_complete=False))
    (figures,) = report.objects
    assert (figures.landed_rows, figures.adopted_rows) == (0, lost["objects"][0]["landed_rows"])
    assert whole(crm) == before
    assert len(landing_files(crm.settings, completed_ingests(crm.settings, "crm"))["salesforce"]["Lead"]) == 1


def test_it_waits_for_nobody(crm: Source) -> None:
    import threading

    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with writer_lock(crm.settings, "build 1"):
            held.set()
            done.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert held.wait(20)
        with pytest.raises(PipelineError, match="build 1"):
            compact(crm.settings)
    finally:
        done.set()
        holder.join()
