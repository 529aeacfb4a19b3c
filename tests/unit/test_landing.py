"""Landing: only what is new, tombstones, the ledger. When something goes wrong: test_landing_mishaps."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pyarrow.parquet as pq
import pytest

from orchestration.errors import PipelineError
from orchestration.lib import landing, landing_spool, landing_state
from orchestration.lib.landing import completed_ingests, landing_files
from orchestration.lib.landing_parquet import LandingParquet
from orchestration.lib.warehouse import named_lock
from orchestration.records import LANDING_COLUMNS, Rejected
from tests.unit.landing_doubles import START, Rows, Source, batch, feed, many

A, B = {"Id": "1", "Name": "a"}, {"Id": "1", "Name": "b"}


@pytest.fixture
def crm(tmp_path: Path) -> Source:
    return Source(tmp_path / "home")


def test_rows_land_as_the_source_sent_them(crm: Source) -> None:
    name = 'It\'s "new"\n{news}'
    figures = crm.leads([{"Id": "12345678901234567890", name: " x ", "Empty": None}])
    assert (figures["read_rows"], figures["landed_rows"], figures["files"]) == (1, 1, ["f.csv"])
    files = landing_files(crm.settings, completed_ingests(crm.settings, "crm"))["salesforce"]["Lead"]
    (row,) = pq.read_table(files[0]).to_pylist()
    assert row["Id"] == "12345678901234567890"
    assert (row[name], row["Empty"]) == (" x ", None)
    assert set(LANDING_COLUMNS) <= set(row)
    assert row["_loaded_at"] == (START + timedelta(hours=1)).replace(tzinfo=None)
    assert (row["_source_system"], row["_source_instance"], row["_change"]) == ("salesforce", "crm", "upsert")
    assert (row["_source_file"], row["_source_row"]) == ("f.csv", 1)
    assert files[0].name.startswith(f"crm.{row['_dlt_load_id']}.")


def test_the_same_again_lands_nothing_and_is_recorded(crm: Source) -> None:
    crm.leads(many(30))
    figures = crm.leads(many(30))
    assert (figures["unchanged_rows"], figures["landed_rows"], figures["deleted_rows"]) == (30, 0, 0)
    records = completed_ingests(crm.settings, "crm")
    assert [len(record["loads"]) for record in records] == [1, 0]
    assert records[1]["finished_at"] > records[0]["finished_at"]
    assert len(crm.landed()) == 30


def test_changes_are_compared_in_memory_that_what_has_landed_does_not_fill(
    crm: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten million landed records were too many for the comparison's memory, which is 256 MB."""
    everything = many(400_000)
    crm.leads(everything)
    monkeypatch.setattr(landing, "_MEMORY_LIMIT", "24MB")
    changed = [row | {"Name": "changed"} for row in everything[:50]]
    figures = crm.leads(changed, is_complete=False)
    assert (figures["landed_rows"], figures["deleted_rows"]) == (50, 0)


def test_back_to_an_earlier_state_is_a_change(crm: Source) -> None:
    for rows in ([A], [B], [A], [A]):
        crm.leads(rows)
    assert crm.changes() == [("1", "upsert", "a"), ("1", "upsert", "b"), ("1", "upsert", "a")]


def test_a_record_that_comes_back_lands_again(crm: Source) -> None:
    other = {"Id": "2", "Name": "x"}
    for rows in ([A, other], [other], [other], [A, other]):
        crm.leads(rows)
    assert crm.changes() == [
        ("1", "upsert", "a"),
        ("2", "upsert", "x"),
        ("1", "delete", None),
        ("1", "upsert", "a"),
    ]


def test_equal_rows_in_one_listing_land_once(crm: Source) -> None:
    assert crm.leads([A, A, A])["landed_rows"] == 1
    assert crm.leads([A, A])["landed_rows"] == 0


@pytest.mark.parametrize("kept", [0, 3, 1 << 20])
def test_a_key_that_comes_again_batches_later_lands_once(
    crm: Source, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    monkeypatch.setattr("orchestration.lib.landing_spool.ADMISSION_ROWS", 1)
    monkeypatch.setattr("orchestration.lib.key_hashes._HELD", kept)
    rows: Rows = [{"Id": f"{number}", "Name": "n"} for number in range(5)]
    report = crm.ingest(feed([batch(rows[:3]), batch(rows[3:]), batch(rows[1:2])])).to_dict()
    assert report["objects"][0]["landed_rows"] == 5
    assert sorted(crm.landed("_record_key")) == [(f"{number}",) for number in range(5)]


def test_different_rows_of_one_key_land_together_and_stay_quiet(crm: Source) -> None:
    assert crm.leads([A, B])["landed_rows"] == 2
    assert crm.leads([A, B])["landed_rows"] == 0
    assert crm.leads([B, A])["landed_rows"] == 0
    changed = {"Id": "1", "Name": "c"}
    assert crm.leads([A, changed])["landed_rows"] == 2
    assert crm.leads([A, changed])["landed_rows"] == 0


def test_one_of_two_contents_that_goes_is_a_change_though_nothing_is_new(crm: Source) -> None:
    other = {"Id": "2", "Name": "x"}
    crm.leads([A, B, other])
    assert crm.leads([B, other])["landed_rows"] == 1
    assert crm.changes()[-1] == ("1", "upsert", "b")
    assert crm.leads([B, other])["landed_rows"] == 0


@pytest.mark.parametrize("seed", [2, 5])
def test_comparing_while_reading_lands_what_comparing_afterwards_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Listing after listing with changes, returns, equal rows, several contents of one key, what the source
    says is deleted, rejected rows and listings cut short: every row and figure must be the same."""
    monkeypatch.setattr(landing_spool, "ADMISSION_ROWS", 7)
    random = Random(seed)  # noqa: S311 - no secret
    told: list[list[Any]] = []
    listings = []
    for _ in range(7):
        names = random.choice(["a", "ab", "abc"])
        rows = [{"Id": str(random.randrange(30)), "Name": random.choice(names)} for _ in range(50)]
        rows = rows[: random.choice([6, 50, 50])] + random.choice([[], [{"Id": None, "Name": "3"}]])
        deleted = tuple(str(key) for key in random.sample(range(30), random.choice([0, 0, 2])))
        listings.append((rows, deleted))
    for most in (landing_state.MOST_HASHES, 0):
        monkeypatch.setattr(landing_state, "MOST_HASHES", most)
        source = Source(tmp_path / str(most))
        figures = []
        for rows, deleted in listings:
            numbered = batch(rows, deleted=deleted)
            parts = [
                replace(numbered, rows=numbered.rows.slice(at, 5), deleted=())
                for at in range(0, len(rows), 5)
            ]
            (found,) = source.ingest(
                feed([*parts, replace(numbered, rows=numbered.rows.slice(0, 0))])
            ).objects
            figures.append(found)
        columns = '_record_key, _change, "Name", _record_hash, _source_file, _source_row, _loaded_at'
        told.append([figures, sorted(source.landed(columns), key=str)])
    assert told[0] == told[1]
    assert any(figures.unchanged_rows for figures in told[0][0])


def test_a_listing_that_says_nothing_new_is_not_written(crm: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"Id": str(number), "Name": "x"} for number in range(30)]
    crm.leads(rows)
    written: list[int] = []
    write = LandingParquet.write
    monkeypatch.setattr(
        LandingParquet, "write", lambda self, table: (written.append(table.num_rows), write(self, table))
    )
    assert crm.leads(rows)["unchanged_rows"] == 30 and written == []
    assert crm.leads([*rows[:-1], {"Id": "29", "Name": "y"}])["landed_rows"] == 1
    assert written[0] == 1  # to the work folder


def test_a_new_empty_column_lands_nothing(crm: Source) -> None:
    crm.leads([A])
    assert crm.leads([{**A, "New": None}])["landed_rows"] == 0
    assert crm.leads([{**A, "New": "x"}])["landed_rows"] == 1


def test_a_column_in_other_case_stays_one_column(crm: Source) -> None:
    crm.leads([A])
    assert crm.ingest(feed([batch([{"ID": "2", "NAME": "b"}], ())], key=("ID",), is_complete=False)).loads
    assert crm.landed('"Id", "Name"') == [("1", "a"), ("2", "b")]
    files = landing_files(crm.settings, completed_ingests(crm.settings, "crm"))["salesforce"]["Lead"]
    assert {"ID", "NAME"}.isdisjoint(pq.read_schema(files[-1]).names)


def test_without_a_key_occurrences_are_counted(crm: Source) -> None:
    task, other = {"Name": "call"}, {"Name": "mail"}
    assert crm.leads([task, task, other], key=())["landed_rows"] == 3
    assert crm.leads([task, other, task], key=())["landed_rows"] == 0
    assert crm.leads([task, task, task, other], key=())["landed_rows"] == 1
    figures = crm.leads([task, other], key=())
    assert (figures["landed_rows"], figures["deleted_rows"]) == (0, 2)
    assert crm.leads([task, task, other], key=())["landed_rows"] == 1
    keys = [key for (key,) in crm.landed("_record_key") if key.endswith(("#2", "#3"))]
    assert len(keys) == 5  # two landed, one more, two tombstones and one back: #2 three times, #3 twice


def test_a_partial_export_deletes_nothing(crm: Source) -> None:
    crm.leads(many(30))
    figures = crm.leads(many(1), is_complete=False)
    assert (figures["deleted_rows"], figures["is_complete"], figures["warnings"]) == (0, False, [])


@pytest.mark.parametrize(
    ("known", "listed", "deleted"), [(30, 15, 15), (30, 14, 0), (19, 1, 18), (3, 0, 0), (30, 0, 0)]
)
def test_a_listing_cut_short_deletes_nothing(crm: Source, known: int, listed: int, deleted: int) -> None:
    crm.leads(many(known))
    figures = crm.leads(many(listed))
    assert figures["deleted_rows"] == deleted
    assert bool(figures["warnings"]) == (deleted == 0)
    if not deleted:
        assert "accept_shrink" in figures["warnings"][0]


def test_a_shrunk_listing_is_taken_where_the_user_says_so(tmp_path: Path) -> None:
    crm = Source(tmp_path / "home", accept_shrink=True)
    crm.leads(many(30))
    assert crm.leads([])["deleted_rows"] == 30


def test_tombstones_hold_the_key_alone(crm: Source) -> None:
    rows: Rows = [{"Id": f"{n}", "Name": "x", "Mail": "m"} for n in range(3)]
    crm.leads(rows, key=("Id", "Name"))
    crm.leads(rows[1:], key=("Id", "Name"))
    (tombstone,) = crm.landed('_record_key, "Id", "Name", "Mail", _record_hash, _source_row')[-1:]
    assert crm.landed("_change")[-1] == ("delete",)
    assert tombstone == ("0|x", "0", "x", None, None, None)


def test_a_record_that_a_rejected_row_mentions_is_not_deleted(crm: Source) -> None:
    rows = many(30)
    crm.leads(rows)
    ragged = Rejected("f.csv", 30, "ragged", "1 fields, the header has 2", "0030,n,too much")
    report = crm.ingest(feed([batch(rows[1:29], rejected=[ragged])]))
    (figures,) = report.objects
    assert (figures.deleted_rows, figures.rejected_rows, figures.is_complete) == (1, 1, False)
    assert "rejected rows mention" in figures.warnings[0]
    assert [key for key, change, _ in crm.changes() if change == "delete"] == ["0001"]


@pytest.mark.parametrize(("code", "deleted"), [("sum_row", 1), ("ragged", 0)])
def test_a_rejected_row_that_is_no_record_hides_none(crm: Source, code: str, deleted: int) -> None:
    rows = many(30)
    last = Rejected("f.csv", 31, code, "no record", "Total")
    crm.ingest(feed([batch(rows, rejected=[last])], key=()))
    (figures,) = crm.ingest(feed([batch(rows[1:], rejected=[last])], key=())).objects
    assert (figures.deleted_rows, figures.is_complete) == (deleted, bool(deleted))


@pytest.mark.parametrize(("code", "kept"), [("unclosed_quote", True), ("cut_off", True), ("ragged", False)])
def test_what_a_file_that_is_cut_off_lacks_is_not_deleted(crm: Source, code: str, kept: bool) -> None:
    rows = many(30)
    crm.leads(rows)
    last = Rejected("f.csv", 20, code, "the file ends in it", '0020,"n')
    for files in (("f.csv",), ("f_2026-07.csv",)):  # of an export whose name bears its date
        cut = batch(rows[:19], rejected=[Rejected(files[0], 20, code, last.reason, last.record)])
        (figures,) = crm.ingest(feed([cut], files=files)).objects
        if kept:
            assert (figures.deleted_rows, figures.is_complete) == (0, False)
            assert figures.warnings == (
                f"11 missing records were not taken for deleted: what is missing of {files[0]} may hold them",
            )
        else:
            assert figures.is_complete is False
    assert len([1 for _, change, _ in crm.changes() if change == "delete"]) == (0 if kept else 10)


def test_only_the_records_of_other_files_are_deleted_where_one_is_cut_off(crm: Source) -> None:
    rows = many(30)
    crm.leads(rows)  # all of f.csv
    cut = batch(rows[1:25], rejected=[Rejected("g.csv", 1, "cut_off", "the file ends in it", "0100,x")])
    (figures,) = crm.ingest(feed([cut], files=("f.csv", "g.csv"))).objects
    assert figures.deleted_rows == 6


def test_what_lies_outside_the_listed_window_is_not_deleted(crm: Source) -> None:
    rows: Rows = [{"Id": day, "Name": day} for day in ("2026-01-01", "2026-02-01", "2026-03-01")]
    crm.leads(rows)
    figures = crm.leads(rows[2:], listed_between=("Name", "2026-01-15", "2026-12-31"))
    assert figures["deleted_rows"] == 1
    assert ("2026-02-01", "delete", None) in crm.changes()


def test_keys_that_the_source_calls_deleted(crm: Source) -> None:
    crm.leads(many(3))
    report = crm.ingest(feed([batch(many(1, 9), deleted=("0002", "never seen"))], is_complete=False))
    assert (report.objects[0].landed_rows, report.objects[0].deleted_rows) == (1, 1)
    assert [key for key, change, _ in crm.changes() if change == "delete"] == ["0002"]


def test_rejected_rows_are_kept_whole(crm: Source) -> None:
    ragged = Rejected("f.csv", 7, "ragged", "1 fields, the header has 2", "x,y,z")
    report = crm.ingest(feed([batch([A, {"Id": None, "Name": "no key"}], rejected=[ragged])]))
    (path,) = (crm.settings.rejected / "salesforce" / "Lead").glob(f"crm.{report.ingest_id}.jsonl")
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert lines[0] == {
        "source_instance": "crm", "system": "salesforce", "object": "Lead", "file": "f.csv", "row": 7,
        "code": "ragged", "reason": "1 fields, the header has 2", "record": "x,y,z",
    }  # fmt: skip
    assert (lines[1]["code"], lines[1]["row"]) == ("no_key", 2)
    assert (report.objects[0].read_rows, report.objects[0].extracted_rows) == (3, 3)


def test_what_the_next_feed_goes_on_from_is_kept(crm: Source) -> None:
    crm.ingest(feed([batch([A])], state=lambda: {"modified_until": "2026-01-01"}))
    crm.leads([A])
    assert landing.feed_states(crm.settings, "crm") == {"Lead": {"modified_until": "2026-01-01"}}


def test_what_a_source_purges_stays(crm: Source) -> None:
    crm.leads(many(30))
    figures = crm.leads(many(3), keeps_missing=True)
    assert (figures["deleted_rows"], figures["is_complete"], figures["warnings"]) == (0, True, [])


def test_a_listing_that_is_not_believed_is_asked_for_again(crm: Source) -> None:
    def listed(rows: Rows, at: str) -> Any:
        return crm.ingest(feed([batch(rows)], state=lambda: {"listed_at": at})).objects[0]

    listed(many(30), "monday")
    assert "accept_shrink" in listed(many(3), "tuesday").warnings[0]
    assert landing.feed_states(crm.settings, "crm") == {"Lead": {"listed_at": "monday"}}
    assert not listed(many(30), "wednesday").warnings
    assert landing.feed_states(crm.settings, "crm") == {"Lead": {"listed_at": "wednesday"}}


def test_damaged_ids_are_told(crm: Source) -> None:
    figures = crm.leads([{"Id": "120.0"}, {"Id": "1.2E+18"}])
    assert "120.0" in figures["warnings"][0]
    assert (figures["landed_rows"], figures["rejected_rows"]) == (1, 1)


def test_an_object_without_rows_gets_its_columns(crm: Source) -> None:
    figures = crm.leads([])
    assert (figures["read_rows"], figures["landed_rows"]) == (0, 0)
    files = landing_files(crm.settings, completed_ingests(crm.settings, "crm"))["salesforce"]["Lead"]
    assert pq.read_table(files[0]).num_rows == 0
    assert {"Id", "Name", *LANDING_COLUMNS} <= set(pq.read_schema(files[0]).names)
    crm.leads([])
    assert len(list(files[0].parent.iterdir())) == 1


def test_two_instances_of_one_system_stay_apart(tmp_path: Path) -> None:
    one, two = Source(tmp_path / "home", "crm"), Source(tmp_path / "home", "crm_two")
    one.leads([A])
    assert two.leads([A])["landed_rows"] == 1
    assert two.leads([A])["landed_rows"] == 0
    assert (len(one.landed()), len(two.landed())) == (1, 1)


def test_several_systems_in_one_ingest(crm: Source) -> None:
    feeds = [feed([batch([A])]), feed([batch([A])], system="planning", object="teams")]
    report = crm.ingest(*feeds)
    assert [system for system, _ in report.loads] == ["salesforce", "planning"]
    assert len(crm.landed(name="teams", system="planning")) == 1


def test_known_at_selects_ingests(crm: Source) -> None:
    crm.leads([A])
    crm.leads([B])
    first = START + timedelta(hours=1, minutes=30)
    (record,) = completed_ingests(crm.settings, "crm", first)
    assert record["objects"][0]["landed_rows"] == 1
    assert completed_ingests(crm.settings, "crm", START) == []


def test_a_clock_set_back_hides_nothing(crm: Source) -> None:
    crm.leads([A])
    crm.now = START - timedelta(days=1)
    assert crm.leads([B])["landed_rows"] == 1
    assert crm.leads([B])["landed_rows"] == 0
    assert [name for _, _, name in crm.changes()] == ["a", "b"]


def test_one_wrong_object_lands_nothing_of_the_source(crm: Source) -> None:
    wrong = feed([batch([{"Id": "1", "_record_key": "x"}])], object="Contact")
    with pytest.raises(PipelineError, match="_record_key"):
        crm.ingest(feed([batch([A])]), wrong)
    assert completed_ingests(crm.settings, "crm") == []
    assert not list(crm.settings.landing.rglob("*.parquet"))
    assert not (crm.settings.work / "ingest" / "crm").exists()


def test_objects_that_are_missing_now_are_named(crm: Source) -> None:
    crm.ingest(feed([batch([A])]), feed([batch([A])], object="Contact"))
    report = crm.ingest(feed([batch([A])]))
    assert "salesforce Contact" in report.warnings[0]


def test_one_ingest_of_a_source_at_a_time(crm: Source) -> None:
    lock = crm.settings.work / "locks" / "ingest-crm.lock"
    import threading

    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with named_lock(lock, "Ingest of crm"):
            held.set()
            done.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert held.wait(20)
        with pytest.raises(PipelineError, match="Ingest of crm"):
            crm.leads([A])
    finally:
        done.set()
        holder.join()
    assert crm.leads([A])["landed_rows"] == 1
