"""Deletions that a source tells by files: gone, replaced, complete and incomplete ones."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from orchestration.records import SOURCE_FILE, Batch, Coverage, Rejected, record_key
from tests.unit.landing_doubles import Source, batch, feed


def rows(**files: str) -> Batch:
    """File name to the ids of its records, one letter each; the Name of a record is its id."""
    pairs = [(name, key) for name, keys in files.items() for key in keys]
    made = batch([{"Id": key, "Name": key} for _, key in pairs])
    at = made.rows.column_names.index(SOURCE_FILE)
    names = pa.array([name for name, _ in pairs], pa.string())
    return Batch(made.rows.set_column(at, SOURCE_FILE, names))


def covered(source: Source, coverage: Coverage, *batches: Batch, **more: Any) -> tuple[set[str], list[str]]:
    """What is left after an ingest with a coverage, and its warnings."""
    told = Batch(rows().rows, coverage=coverage)
    report = source.ingest(feed([*batches, told], is_complete=False, **more))
    left: dict[str, str] = {}
    for key, change in source.landed("_record_key, _change"):
        left[key] = change
    return {key for key, change in left.items() if change == "upsert"}, list(report.objects[0].warnings)


@pytest.fixture
def source(tmp_path: Path) -> Source:
    made = Source(tmp_path)
    made.ingest(feed([rows(a="123", b="45", c="6")], is_complete=False))
    return made


def test_rows_that_are_not_mentioned_stay(source: Source) -> None:
    assert covered(source, Coverage())[0] == set("123456")


def test_a_file_that_is_gone(source: Source) -> None:
    assert covered(source, Coverage(gone=("a", "unknown"))) == (set("456"), [])


def test_a_record_that_has_moved_out_of_a_file_that_is_gone(source: Source) -> None:
    assert covered(source, Coverage(gone=("a",)), rows(b="1"))[0] == set("1456")


def test_a_file_that_was_read_again(source: Source) -> None:
    assert covered(source, Coverage(replaced=("a",)), rows(a="1"))[0] == set("1456")
    assert covered(source, Coverage(replaced=("a",)))[0] == set("456"), "nothing left in it is an answer too"


def test_a_part_that_was_listed(source: Source) -> None:
    assert covered(source, Coverage(complete=("b",)), rows(b="5"))[0] == set("12356")


def test_everything_was_listed(source: Source) -> None:
    left, _ = covered(source, Coverage(complete=("",)), rows(a="123", b="4"))
    assert left == set("1234")


def test_one_known_record_may_be_replaced_by_another(source: Source) -> None:
    assert covered(source, Coverage(complete=("c",)), rows(c="7"))[0] == set("123457")


def test_an_empty_listing_of_a_part_is_not_believed(source: Source) -> None:
    left, warnings = covered(source, Coverage(complete=("b",)), rows(a="123"))
    assert left == set("123456")
    assert warnings[0].startswith("b: 2 of 2 known records are missing; nothing was taken for deleted")


def test_a_listing_without_most_is_not_believed_unless_accepted(tmp_path: Path) -> None:
    keys = "abcdefghijklmnopqrstuvwxyz"
    for accept, expected in ((False, 26), (True, 2)):
        made = Source(tmp_path / str(accept), accept_shrink=accept)
        made.ingest(feed([rows(x=keys)], is_complete=False))
        assert len(covered(made, Coverage(complete=("",)), rows(x="ab"))[0]) == expected


def test_incomplete_files_keep_their_records(source: Source) -> None:
    coverage = Coverage(complete=("",), replaced=("b",), incomplete=("a", "b"))
    assert covered(source, coverage, rows(a="1", b="4", d="7"))[0] == set("123457")


def test_a_row_that_the_boundary_refuses_makes_its_file_incomplete(source: Source) -> None:
    bad = rows(a="1")
    broken = pa.concat_tables([bad.rows, bad.rows.set_column(0, "Id", pa.array([" "]))])
    assert covered(source, Coverage(complete=("a",)), Batch(broken))[0] == set("123456")


def test_rejections_of_the_source_alone_leave_a_file_complete(source: Source) -> None:
    """The source knows which of them stand for records that it could not read."""
    listed = rows(a="1")
    said = Batch(listed.rows, (Rejected("a", 2, "superseded", "a newer one is there", "2"),))
    assert covered(source, Coverage(replaced=("a",)), said)[0] == set("1456")


def test_listings_speak_for_their_span_only(source: Source) -> None:
    span = ("Name", "2", "3")
    assert covered(source, Coverage(replaced=("a",)), listed_between=span)[0] == set("13456")
    several = (("Missing", "Name"), "1", "2")
    with_missing = Batch(rows(a="3").rows.append_column("Missing", pa.array([None], pa.string())))
    assert covered(source, Coverage(replaced=("a",)), with_missing)[0] == set("3456")
    assert covered(source, Coverage(complete=("a",)), rows(a="9"), listed_between=several)[0] == set("34569")


def test_what_lies_before_the_beginning_of_a_file_was_left_out_and_not_deleted(tmp_path: Path) -> None:
    def events(*events: tuple[str, str, str]) -> Batch:
        made = batch([{"Id": f"{uid} {day}", "Name": day, "Uid": uid} for _, uid, day in events])
        at = made.rows.column_names.index(SOURCE_FILE)
        return Batch(made.rows.set_column(at, SOURCE_FILE, pa.array([file for file, _, _ in events])))

    made = Source(tmp_path)
    old, moved, cancelled = ("a", "old", "3"), ("a", "moved", "4"), ("a", "cancelled", "8")
    stays, elsewhere, too_old = ("a", "stays", "7"), ("b", "elsewhere", "3"), ("a", "too old", "1")
    made.ingest(feed([events(old, moved, cancelled, stays, elsewhere, too_old)], is_complete=False))
    listed = events(stays, ("a", "moved", "6"), ("b", "other", "2"))
    coverage = Coverage(complete=("",), since=(("a", "6"),))
    left, _ = covered(made, coverage, listed, listed_between=("Name", "2", "9"), identity="Uid")
    assert left == {"old 3", "stays 7", "moved 6", "other 2", "too old 1"}


def test_keys_as_landing_writes_them() -> None:
    assert record_key("a|b") == "a|b"
    assert record_key("a|b", "c") == "a||b|c"
