"""Files and folders to batches, and the process that expands them: what it survives."""

import datetime as dt
import os
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from orchestration.errors import PipelineError
from orchestration.records import Batch
from orchestration.sources.calendar.icalendar_files import COLUMNS, ExpansionLimits, read_calendar_files
from orchestration.sources.calendar.worker import ExpansionWorker
from tests.unit.icalendar_builder import DEFAULT_LIMITS, OK_EVENT, YEAR_2026, calendar, event

OK = calendar(*OK_EVENT)
# Every conversion with this zone searches second by second since 1970; the deadline of a single event
# stops at each event, the file as a whole takes longer than it may.
_RULE = ("TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "RRULE:FREQ=SECONDLY", "DTSTART:19700101T000000")
HANG = calendar(
    "BEGIN:VTIMEZONE", "TZID:Slow", "BEGIN:STANDARD", *_RULE, "END:STANDARD",
    "BEGIN:DAYLIGHT", *_RULE, "END:DAYLIGHT", "END:VTIMEZONE",
    *(line for n in range(9) for line in event(f"UID:{n}", "DTSTART;TZID=Slow:20260105T090000")),
)  # fmt: skip


def read(
    folder: Path,
    limits: ExpansionLimits = DEFAULT_LIMITS,
    owner_of: Callable[[Path], str | None] = lambda _: None,
) -> dict[str, Batch]:
    batches = read_calendar_files(
        [folder],
        base=folder,
        window_start=YEAR_2026.window_start,
        window_end=YEAR_2026.window_end,
        floating_zone="Europe/Berlin",
        owner_of=owner_of,
        limits=limits,
    )
    files = sorted(folder.rglob("*.ics"))
    return {file.relative_to(folder).as_posix(): batch for file, batch in zip(files, batches, strict=True)}


def write(folder: Path, **files: bytes) -> Path:
    for name, content in files.items():
        (folder / f"{name}.ics").write_bytes(content)
    return folder


def test_a_batch_per_file_with_text_columns_and_where_each_row_comes_from(tmp_path: Path) -> None:
    (tmp_path / "bob").mkdir()
    write(tmp_path, ann=calendar(*event("UID:0", "SUMMARY:no start"), *OK_EVENT))
    write(tmp_path / "bob", basic=OK)
    batches = read(tmp_path, owner_of=lambda file: "ann@acme.io" if file.stem == "ann" else None)
    ann, bob = batches["ann.ics"], batches["bob/basic.ics"]
    assert ann.rows.schema.names == [*COLUMNS, "_source_file", "_source_row"]
    assert set(ann.rows.schema.types[:-1]) == {pa.string()}
    assert ann.rows.schema.types[-1] == pa.int64()
    (row,) = ann.rows.to_pylist()
    assert (row["_source_file"], row["_source_row"], row["calendar_owner"]) == ("ann.ics", 2, "ann@acme.io")
    assert [(r.file, r.row, r.code) for r in ann.rejected] == [("ann.ics", 1, "no_start")]
    assert bob.rows.to_pylist()[0]["calendar_owner"] == "bob/basic"


def test_tasks_zones_and_free_busy_are_no_error_and_no_rows(tmp_path: Path) -> None:
    task = ("BEGIN:VTODO", "UID:t", "BEGIN:VALARM", "TRIGGER:PT-2H", "END:VALARM", "END:VTODO")
    write(
        tmp_path, tasks=calendar(*task), empty=calendar(), busy=calendar("BEGIN:VFREEBUSY", "END:VFREEBUSY")
    )
    for batch in read(tmp_path).values():
        assert (batch.rows.num_rows, batch.rejected) == (0, ())
        assert batch.rows.schema.names[-1] == "_source_row"


def test_a_broken_alarm_does_not_cost_its_event(tmp_path: Path) -> None:
    alarm = ("BEGIN:VALARM", "TRIGGER:PT-2H", "END:VALARM")
    write(tmp_path, a=calendar(*OK_EVENT[:-1], *alarm, OK_EVENT[-1]))
    assert read(tmp_path)["a.ics"].rows.num_rows == 1


@pytest.mark.parametrize(
    "lines",
    [
        ("REFRESH-INTERVAL;VALUE=DURATION:P1H",),
        (
            "BEGIN:VTIMEZONE", "TZID:Europe/Berlin", "BEGIN:STANDARD", "DTSTART:18930401T000000",
            "TZOFFSETFROM:+5328", "TZOFFSETTO:+0100", "END:STANDARD", "END:VTIMEZONE",
        ),
    ],
    ids=["header", "zone known by name"],
)  # fmt: skip
def test_a_wrong_value_that_nobody_reads_costs_nothing(tmp_path: Path, lines: tuple[str, ...]) -> None:
    at = event("UID:1", "DTSTART;TZID=Europe/Berlin:20260105T090000")
    batch = read(write(tmp_path, a=calendar(*lines, *at)))["a.ics"]
    assert batch.rows["starts_at"].to_pylist() == ["2026-01-05T08:00:00+00:00"]
    assert batch.rejected == ()


TWO = calendar(*OK_EVENT, *event("UID:2", "DTSTART:20260106T090000Z"))
RULES = ("DTSTART:19700101T000000", "TZOFFSETFROM:{0}", "TZOFFSETTO:{0}")
IN_KONTOR = event("UID:k", "DTSTART;TZID=Kontor:20260107T090000")


def kontor(*lines: str) -> tuple[str, ...]:
    return ("BEGIN:VTIMEZONE", "TZID:Kontor", *lines, "END:VTIMEZONE")


@pytest.mark.parametrize(
    "content",
    [
        TWO.replace(b"BEGIN:VEVENT", b"BEGIN:VEVENT "),
        TWO.replace(b"BEGIN:VEVENT", b"BEGIN: VEVENT", 1),
        TWO.replace(b"\r\n", b" \r\n"),
        TWO.replace(b"VERSION:2.0", b"no colon here"),
        TWO.replace(b"VERSION:2.0", b"X-WR-CALDESC:My calendar\r\nsecond line"),
        TWO.replace(b"VERSION:2.0", b"X-FOO;BAR:baz"),
        TWO.replace(b"VERSION:2.0", b"LAST-MODIFIED:2025-01-01"),
        TWO.replace(b"VERSION:2.0", b"CALSCALE:GREGORIAN "),
        TWO.replace(b"VERSION:2.0", b"BEGIN:VTODO\r\nSUMMARY:no end"),
        b"Notice: Undefined index\r\n" + TWO,
        b" \r\n" + TWO,
        TWO + b"<html>Notice</html>",
        TWO + b"\x1a",
        TWO + b"\0" * 100,
        TWO.replace(b"\r\n", b"\r\r\n"),
        TWO.replace(b"\r\n", b"\r"),
    ],
)
def test_what_stands_around_the_events_costs_none(tmp_path: Path, content: bytes) -> None:
    batch = read(write(tmp_path, a=content))["a.ics"]
    assert (batch.rows["uid"].to_pylist(), batch.rejected) == (["ok", "2"], ())
    assert batch.rows["visibility"].to_pylist() == ["PUBLIC", "PUBLIC"]
    assert batch.coverage.incomplete == ()


@pytest.mark.parametrize(
    ("event_lines", "says"),
    [
        (("BEGIN:VEVENT", "UID:b", "DTSTART:20260105T090000Z"), "END:VEVENT is missing"),
        ((*event("UID:b", "DTSTART:20260105T090000Z", "BEGIN:VALARM"),), "END:VEVENT without its BEGIN"),
    ],
)
def test_an_event_that_does_not_parse_costs_no_other(
    tmp_path: Path, event_lines: tuple[str, ...], says: str
) -> None:
    alarmed = event("UID:2", "DTSTART:20260106T090000Z", "BEGIN:VALARM", "END:VALARM")
    write(tmp_path, a=calendar("X-WR-CALNAME:bob@acme.io", *OK_EVENT, *event_lines, *alarmed))
    batch = read(tmp_path)["a.ics"]
    assert batch.rows.select(["uid", "calendar_owner", "_source_row"]).to_pylist() == [
        {"uid": "ok", "calendar_owner": "bob@acme.io", "_source_row": 1},
        {"uid": "2", "calendar_owner": "bob@acme.io", "_source_row": 3},
    ]
    (rejected,) = batch.rejected
    assert (rejected.row, rejected.code) == (2, "not_icalendar")
    assert says in rejected.reason
    assert "UID:b" in rejected.record
    assert batch.coverage.incomplete == ("a.ics",)


@pytest.mark.parametrize(
    "cut", [b"END:VCALENDAR", b"END:VEVENT\r\nEND:VCALENDAR", b"\r\nEND:VEVENT\r\nEND:V"]
)
def test_a_file_that_is_cut_off_lands_its_whole_events_and_is_incomplete(tmp_path: Path, cut: bytes) -> None:
    content = calendar(*OK_EVENT, *event("UID:2", "DTSTART:20260106T090000Z"), *OK_EVENT)
    batch = read(write(tmp_path, a=content[: content.rindex(cut)]))["a.ics"]
    assert sorted(batch.rows["uid"].to_pylist()) == ["2", "ok"]
    (rejected,) = batch.rejected
    assert (rejected.row, rejected.code) == (0, "truncated")
    assert batch.coverage.incomplete == ("a.ics",)


def test_a_cut_off_calendar_after_a_whole_one(tmp_path: Path) -> None:
    batch = read(write(tmp_path, a=OK + OK[:-20]))["a.ics"]
    assert batch.rows["uid"].to_pylist() == ["ok"]
    assert [(r.row, r.code) for r in batch.rejected] == [(0, "truncated")]


@pytest.mark.parametrize(
    "zone",
    [
        kontor(),
        kontor("BEGIN:STANDARD", "TZOFFSETTO:+0100", "DTSTART:19700101T000000", "END:STANDARD"),
        kontor("BEGIN:STANDARD", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0100", "END:STANDARD"),
        kontor("BEGIN:STANDARD", *RULES, "RRULE:FREQ=ANNUAL", "END:STANDARD"),
    ],
)
def test_a_zone_that_cannot_be_read_costs_no_event(tmp_path: Path, zone: tuple[str, ...]) -> None:
    placed = (*zone[:2], "X-LIC-LOCATION:Asia/Tokyo", *zone[2:])
    write(tmp_path, a=calendar(*zone, *OK_EVENT, *IN_KONTOR), placed=calendar(*placed, *OK_EVENT, *IN_KONTOR))
    batches = read(tmp_path)
    for batch, at in ((batches["a.ics"], "08:00"), (batches["placed.ics"], "00:00")):
        assert batch.rejected == ()
        assert batch.rows["starts_at"].to_pylist() == [
            "2026-01-05T09:00:00+00:00",
            f"2026-01-07T{at}:00+00:00",
        ]


@pytest.mark.parametrize(
    ("offset", "at"),
    [("0100", "08:00:00"), ("+01:00", "08:00:00"), ("+5328", "08:06:32"), ("-0100", "10:00:00")],
)
def test_an_offset_however_it_is_written(tmp_path: Path, offset: str, at: str) -> None:
    zone = kontor("BEGIN:STANDARD", *(line.format(offset) for line in RULES), "END:STANDARD")
    batch = read(write(tmp_path, a=calendar(*zone, *IN_KONTOR)))["a.ics"]
    assert batch.rows["starts_at"].to_pylist() == [f"2026-01-07T{at}+00:00"]


def test_several_calendars_in_one_file(tmp_path: Path) -> None:
    second = calendar(*event("UID:2", "DTSTART:20260106T090000Z"))
    write(tmp_path, a=OK + second)
    assert read(tmp_path)["a.ics"].rows["uid"].to_pylist() == ["ok", "2"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = calendar(*OK_EVENT[:-1], "SUMMARY:Gespräch", OK_EVENT[-1]).decode()
    write(tmp_path, a=text.encode(encoding))
    assert read(tmp_path)["a.ics"].rows["summary"].to_pylist() == ["Gespräch"]


@pytest.mark.parametrize(
    ("written", "title"),
    [
        (
            "Müller".encode().replace(b"\xbc", b"\r\n \xbc"),
            "Müller",
        ),  # folded between the bytes of a character
        ("Müller".encode("cp1252"), "Müller"),
        (b"M\xffller", "Mÿller"),
        (b"M\x81ller", "M\ufffdller"),
    ],
)
@pytest.mark.parametrize("mark", [b"", "\ufeff".encode()])
def test_one_odd_line_does_not_change_the_encoding_of_the_others(
    tmp_path: Path, mark: bytes, written: bytes, title: str
) -> None:
    first = calendar(*OK_EVENT[:-1], "SUMMARY:X", OK_EVENT[-1]).replace(b"X", written)
    second = calendar(*event("UID:2", "DTSTART:20260106T090000Z", "SUMMARY:Gespräch"))
    write(tmp_path, a=mark + first + second)
    assert read(tmp_path)["a.ics"].rows["summary"].to_pylist() == [title, "Gespräch"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_icalendar"),
        (b"<!DOCTYPE html><title>Sign in</title>", "not_icalendar"),
        (b"BEGIN:VCARD\r\nFN:Ann\r\nEND:VCARD\r\n", "not_icalendar"),
        (b"\0" * 1000, "not_icalendar"),
        (OK[:-20], "truncated"),
        (OK.replace(b"END:VEVENT\r\n", b""), "not_icalendar"),
        (OK.decode().encode("utf-16") + b"\0", "encoding"),
        (OK.replace(b"VERSION:2.0", b"CALSCALE:JULIAN"), "not_icalendar"),
    ],
)
def test_a_file_that_is_no_whole_calendar_is_rejected_whole(
    tmp_path: Path, content: bytes, code: str
) -> None:
    write(tmp_path, bad=content, good=OK)
    batches = read(tmp_path)
    (rejected,) = batches["bad.ics"].rejected
    assert (rejected.file, rejected.row, rejected.code) == ("bad.ics", 0, code)
    assert rejected.reason
    assert batches["bad.ics"].rows.num_rows == 0
    assert batches["good.ics"].rows.num_rows == 1


def test_a_rejected_file_is_kept_as_received(tmp_path: Path) -> None:
    write(tmp_path, cut=OK[:-20], undecodable=OK.decode().encode("utf-16") + b"\0")
    batches = read(tmp_path)
    assert batches["cut.ics"].rejected[0].record == OK[:-20].decode()
    assert "\\xff" in batches["undecodable.ics"].rejected[0].record


def test_a_file_of_thirty_megabytes_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "big.ics").open("wb") as file:
        file.truncate(30_000_000)
    started = time.monotonic()
    (rejected,) = read(tmp_path)["big.ics"].rejected
    assert (rejected.code, rejected.record) == ("too_large", "")
    assert time.monotonic() - started < 5


def test_a_file_that_takes_too_long_is_killed_and_the_next_one_read(tmp_path: Path) -> None:
    write(tmp_path, a_hang=HANG, b_good=OK)
    started = time.monotonic()
    batches = read(tmp_path, ExpansionLimits(seconds_per_file=1))
    (rejected,) = batches["a_hang.ics"].rejected
    assert (rejected.row, rejected.code) == (0, "too_slow")
    assert "more than 1 s" in rejected.reason
    assert batches["b_good.ics"].rows.num_rows == 1
    assert time.monotonic() - started < 15


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",  # searches until 9999 and finds nothing
        f"FREQ=DAILY;BYHOUR={','.join(map(str, range(24)))};BYMINUTE={','.join(map(str, range(60)))}",
    ],
)
def test_an_event_that_takes_too_long_does_not_cost_the_file(tmp_path: Path, rule: str) -> None:
    slow = event(
        "UID:slow", "DTSTART:19700101T000000Z", f"RRULE:{rule};BYSECOND={','.join(map(str, range(60)))}"
    )
    write(tmp_path, a=calendar(*slow, *OK_EVENT))
    batch = read(tmp_path, ExpansionLimits(seconds_per_file=4))["a.ics"]
    assert batch.rows["uid"].to_pylist() == ["ok"]
    assert [(r.row, r.code) for r in batch.rejected] == [(1, "too_slow")]


def test_two_hundred_thousand_rdates_reject_their_event(tmp_path: Path) -> None:
    first = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    dates = ",".join(f"{first + dt.timedelta(minutes=n):%Y%m%dT%H%M%SZ}" for n in range(200_000))
    write(tmp_path, a=calendar(*event("UID:r", "DTSTART:20260101T000000Z", f"RDATE:{dates}"), *OK_EVENT))
    batch = read(tmp_path, ExpansionLimits(seconds_per_file=60))["a.ics"]
    assert batch.rows["uid"].to_pylist() == ["ok"]
    assert [r.code for r in batch.rejected] == ["too_many_instances"]


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (ExpansionLimits(max_instances_per_file=700), "too_many_instances"),
        (ExpansionLimits(max_file_bytes=20_000), "too_large"),  # 730 times a text of 1,000 characters
    ],
)
def test_a_file_that_expands_to_too_much_is_rejected_whole(
    tmp_path: Path, limits: ExpansionLimits, code: str
) -> None:
    daily = [
        event(f"UID:{n}", "DTSTART:20260101T090000Z", "RRULE:FREQ=DAILY", "DESCRIPTION:" + "x" * 1000)
        for n in (1, 2)
    ]
    write(tmp_path, a=calendar(*daily[0], *daily[1]))
    batch = read(tmp_path, limits)["a.ics"]
    assert batch.rows.num_rows == 0
    assert [(r.row, r.code) for r in batch.rejected] == [(0, code)]


def test_a_megabyte_of_empty_lines_is_no_trouble(tmp_path: Path) -> None:
    write(tmp_path, a=OK + b"\r\n" * 1_000_000, b=OK[:-20] + b"\r\n" * 1_000_000)
    started = time.monotonic()
    batches = read(tmp_path)
    assert batches["a.ics"].rows.num_rows == 1
    assert batches["b.ics"].rejected[0].code == "truncated"
    assert time.monotonic() - started < 15


def test_one_process_serves_all_files_and_ends_with_the_reader(tmp_path: Path) -> None:
    with ExpansionWorker(ExpansionLimits()) as worker:
        assert len(worker.expand(OK, YEAR_2026).rows) == 1
        process = worker._process
        assert process is not None
        assert len(worker.expand(OK, YEAR_2026).rows) == 1
        assert worker._process is process
    assert process.poll() is not None


def test_a_process_that_dies_is_replaced_and_its_calendar_rejected() -> None:
    with ExpansionWorker(ExpansionLimits()) as worker:
        worker.expand(OK, YEAR_2026)
        assert worker._process is not None
        worker._process.kill()
        worker._process.wait()
        assert [r.code for r in worker.expand(OK, YEAR_2026).rejected] == ["worker_ended"]
        assert len(worker.expand(OK, YEAR_2026).rows) == 1


def test_the_process_gets_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_TOKEN", "hunter2")
    with ExpansionWorker(ExpansionLimits()) as worker:
        worker.expand(OK, YEAR_2026)
        assert worker._process is not None
        environment = Path(f"/proc/{worker._process.pid}/environ")
        if not environment.exists():
            pytest.skip("no /proc on this system")
        assert b"hunter2" not in environment.read_bytes()


def test_suffixes_nested_folders_and_a_file_named_twice(tmp_path: Path) -> None:
    nested = tmp_path / "a" / "b"
    nested.mkdir(parents=True)
    for name in ("x.ICS", "y.ical", "z.txt"):
        (nested / name).write_bytes(OK)
    batches = read_calendar_files(
        [tmp_path, nested / "x.ICS"],
        base=tmp_path,
        window_start=YEAR_2026.window_start,
        window_end=YEAR_2026.window_end,
        floating_zone="UTC",
        owner_of=lambda _: None,
    )
    assert [batch.rows["_source_file"].to_pylist() for batch in batches] == [["a/b/x.ICS"], ["a/b/y.ical"]]


def test_what_the_user_must_put_right(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="does not exist"):
        read(tmp_path / "nowhere")
    with pytest.raises(PipelineError, match="not a time zone"):
        list(
            read_calendar_files(
                [tmp_path],
                base=tmp_path,
                window_start=YEAR_2026.window_start,
                window_end=YEAR_2026.window_end,
                floating_zone="Europe/Berlinn",
                owner_of=lambda _: None,
            )
        )
    write(tmp_path, a=OK)
    if os.geteuid() != 0:
        (tmp_path / "a.ics").chmod(0)
        with pytest.raises(PipelineError, match="cannot be read"):
            read(tmp_path)
