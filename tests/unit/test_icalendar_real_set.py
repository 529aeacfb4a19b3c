"""The .ics files of three calendar libraries: every one is answered for, and samples are right."""

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

from orchestration.records import Batch
from orchestration.sources.calendar.icalendar_files import read_calendar_files
from tests.conftest import shared_data

ICALENDAR = "collective+icalendar/src/icalendar/tests"
BIWEEKLY = "mangstadt+biweekly/src/test/resources/biweekly"
KHAL = "pimutils+khal/tests/ics"


@pytest.fixture(scope="module")
def batches() -> dict[str, Batch]:
    folder = shared_data("calendars")
    read = read_calendar_files(
        [folder],
        base=folder,
        window_start=dt.datetime(1990, 1, 1, tzinfo=dt.UTC),
        window_end=dt.datetime(2030, 1, 1, tzinfo=dt.UTC),
        floating_zone="Europe/Berlin",
        owner_of=lambda _: None,
    )
    files = sorted(p for p in Path(folder).rglob("*") if p.suffix.lower() in {".ics", ".ical", ".icalendar"})
    return {file.relative_to(folder).as_posix(): batch for file, batch in zip(files, read, strict=True)}


def test_every_file_is_landed_or_rejected_with_a_reason(batches: dict[str, Batch]) -> None:
    rejected = [rejection for batch in batches.values() for rejection in batch.rejected]
    assert len(batches) == 269
    assert sum(batch.rows.num_rows for batch in batches.values()) > 1_400
    assert all(rejection.reason for rejection in rejected)
    assert not {r.code for r in rejected} & {
        "unreadable",
        "too_slow",
        "worker_ended",
        "out_of_memory",
        "defect",
    }
    whole = Counter(rejection.code for rejection in rejected if rejection.row == 0)
    assert set(whole) == {"not_icalendar", "truncated"}
    assert sum(whole.values()) < 30


def test_keys_are_never_null(batches: dict[str, Batch]) -> None:
    for batch in batches.values():
        for name in ("calendar_owner", "uid", "occurrence_start", "starts_at", "ends_at"):
            assert batch.rows[name].null_count == 0


def rows(batch: Batch, *columns: str) -> list[tuple[str | None, ...]]:
    return [tuple(row[name] for name in columns) for row in batch.rows.to_pylist()]


def test_sample_with_a_moved_and_a_cancelled_occurrence(batches: dict[str, Batch]) -> None:
    sample = batches[f"{KHAL}/event_rrule_recuid_cancelled.ics"]
    assert rows(sample, "_source_row", "occurrence_start", "starts_at", "status")[:4] == [
        (1, "2014-06-30T05:00:00+00:00", "2014-06-30T05:00:00+00:00", None),
        (2, "2014-07-07T05:00:00+00:00", "2014-07-07T07:00:00+00:00", None),
        (3, "2014-07-14T05:00:00+00:00", "2014-07-14T05:00:00+00:00", "CANCELLED"),
        (1, "2014-07-21T05:00:00+00:00", "2014-07-21T05:00:00+00:00", None),
    ]
    assert sample.rows.num_rows == 6


def test_sample_with_exdates_on_several_lines(batches: dict[str, Batch]) -> None:
    (days,) = batches[f"{ICALENDAR}/events/issue_112_missing_tzinfo_on_exdate.ics"].rows.select(["starts_at"])
    found = [day.as_py()[:10] for day in days]
    assert len(found) == 11
    assert found[0] == "2013-09-07"
    assert not {"2013-10-11", "2013-10-12"} & set(found)


def test_sample_with_all_day_occurrences(batches: dict[str, Batch]) -> None:
    sample = batches[f"{KHAL}/mult_uids_and_recuid_no_order.ics"]
    days = [row for row in rows(sample, "is_all_day", "occurrence_start", "starts_at") if row[0] == "true"]
    assert days[:2] == [
        ("true", "2013-03-01", "2013-02-28T23:00:00+00:00"),
        ("true", "2013-05-01", "2013-04-30T22:00:00+00:00"),
    ]


@pytest.mark.parametrize(
    ("file", "starts_at", "zone"),
    [
        (f"{KHAL}/tz_windows_format.ics", "2019-11-20T00:00:00+00:00", "Pacific/Auckland"),
        (f"{BIWEEKLY}/io/text/outlook-2010.ics", "2013-06-10T16:00:00+00:00", "America/New_York"),
        (f"{BIWEEKLY}/issues/issue115-1.ics", "2022-10-29T06:00:00+00:00", "Europe/Berlin"),
    ],
)
def test_samples_with_windows_zones(batches: dict[str, Batch], file: str, starts_at: str, zone: str) -> None:
    assert rows(batches[file], "starts_at", "time_zone") == [(starts_at, zone)]


def test_sample_with_a_period_and_an_override(batches: dict[str, Batch]) -> None:
    sample = batches[f"{ICALENDAR}/calendars/rfc_7265_appendix_example_2_ical.ics"]
    found = rows(sample, "occurrence_start", "starts_at", "ends_at")
    assert ("2006-01-02T20:00:00+00:00", "2006-01-02T20:00:00+00:00", "2006-01-02T22:00:00+00:00") in found
    assert ("2006-01-04T17:00:00+00:00", "2006-01-04T19:00:00+00:00", "2006-01-04T20:00:00+00:00") in found
    assert len(found) == 6
