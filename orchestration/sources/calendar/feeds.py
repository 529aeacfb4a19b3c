"""From an entry of the sources file to the feed of its calendars, whichever way they come.

Belongs here: what the entry says turned into what the readers need. Reading is theirs.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.catalog import objects_of
from orchestration.errors import PipelineError
from orchestration.records import SOURCE_FILE, Batch, Coverage, ObjectFeed
from orchestration.sources.calendar.sync import CalendarRun, Window, window_around
from orchestration.sources.transport import Caller
from orchestration.sources.transport_auth import Secret
from orchestration.sources_file import SourceEntry

if TYPE_CHECKING:
    from orchestration.sources.files import DataFile

_SUFFIXES = (".ics", ".ical", ".icalendar")
_WHERE = ("calendar_owner", "uid", SOURCE_FILE)
_LEAST_IN_COMMON = 5  # a person's two calendars may share a few invitations
# One address among whatever a browser or a person writes around it: `Kalender ann@acme.io (1).ics`
_ADDRESS = re.compile(r"[^@\s,;()<>\[\]]+@[\w-]+(?:\.[\w-]+)+")


def calendar_feeds(
    entry: SourceEntry,
    caller: Caller,
    *,
    now: datetime,
    state: Mapping[str, Mapping[str, Any]],
    secret: Secret,
) -> Iterator[ObjectFeed]:
    """The one feed of an entry of system icalendar, caldav, google_calendar or microsoft_calendar.

    `state`: object to what its last feed left. Raises PipelineError where nothing can be read.
    """
    window = window_around(now, entry.window_months_back, entry.window_months_ahead)
    today = f"{now.astimezone(UTC):%Y-%m-%d}"
    caller.progress(f"{entry.name}: events from {window.start:%Y-%m-%d} to {window.end:%Y-%m-%d}")

    def run(name: str) -> CalendarRun:
        return CalendarRun(caller, window, entry.time_zone, state.get(name, {}), secret, today)

    if entry.google_calendar_api is not None:
        from orchestration.sources.calendar.google import google_feeds

        yield from google_feeds(entry.google_calendar_api, run("events"))
    elif entry.microsoft_calendar_api is not None:
        from orchestration.sources.calendar.microsoft import microsoft_feeds

        yield from microsoft_feeds(entry.microsoft_calendar_api, run("events"))
    elif entry.caldav_server is not None:
        from orchestration.sources.calendar.caldav import caldav_feeds

        yield from caldav_feeds(entry.caldav_server, run("occurrences"))
    elif entry.urls:
        from orchestration.sources.calendar.ics_urls import url_feeds

        yield from url_feeds(entry.urls, run("occurrences"))
    else:
        yield _file_feed(entry, window, today)


def _file_feed(entry: SourceEntry, window: Window, today: str) -> ObjectFeed:
    from orchestration.sources.files import find_files, not_read

    assert entry.path is not None  # noqa: S101 - the sources file requires it
    files = find_files(entry.path, entry.name, is_deep=True)
    found = [file for file in files if file.kind in _SUFFIXES]
    calendars = [file for file in found if not _is_nobodys(entry, file)]
    if not found:
        raise PipelineError(
            f"Source {entry.name}: there is no .ics file in {entry.path}.",
            "Put the exported calendars there.",
        )
    return ObjectFeed(
        system="icalendar",
        object="occurrences",
        key=objects_of("icalendar")["occurrences"].key,
        is_complete=False,  # the batches say which files are
        batches=_file_batches(entry, calendars, window, today),
        files=tuple(file.name for file in calendars),
        warnings=(
            *not_read([file for file in files if file not in found]),
            *(
                f"{file.name} was not read: it is a calendar of Google's that is no person's; say in `owners`"
                " whose it is"
                for file in found
                if file not in calendars
            ),
            *_idle_owners(entry, found),
        ),
        listed_between=window.listed_between("occurrence_start"),
        identity="uid",
    )


def _file_batches(
    entry: SourceEntry, calendars: "list[DataFile]", window: Window, today: str
) -> Iterator[Batch]:
    from orchestration.sources.calendar.icalendar_files import read_calendar_files
    from orchestration.sources.calendar.occurrence_rows import occurrence_batch

    assert entry.path is not None  # noqa: S101 - the sources file requires it
    files_of: defaultdict[tuple[str, str], set[str]] = defaultdict(set)  # owner and UID: where it stands
    for batch in read_calendar_files(
        [file.path or file for file in calendars],
        base=entry.path if entry.path.is_dir() else entry.path.parent,
        window_start=window.start,
        window_end=window.end,
        floating_zone=entry.time_zone,
        owner_of=lambda path: _owner(entry, path),
        today=today,
    ):
        for event in batch.rows.group_by(list(_WHERE)).aggregate([]).to_pylist():
            files_of[event["calendar_owner"], event["uid"]].add(event[SOURCE_FILE])
        yield batch
    complete = Coverage(complete=("",)) if entry.is_complete else Coverage()
    yield occurrence_batch([], coverage=complete, warnings=tuple(_exported_twice(files_of.values())))


def _exported_twice(places: Collection[set[str]]) -> Iterator[str]:
    """A warning of files of one owner that have most of the smaller one's events in common. `places`: of each
    event the files in which it stands; only those next to each other by name are compared."""
    counts = Counter(file for files in places for file in files)
    shared = Counter(pair for files in places for pair in pairwise(sorted(files)))
    found = [
        (*pair, common, events)
        for pair, common in sorted(shared.items())
        if common >= _LEAST_IN_COMMON and common > (events := min(counts[file] for file in pair)) / 2
    ]
    if found:
        one, other, common, events = found[0]
        more = f" (pairs of files of which that is true: {len(found):,})" if len(found) > 1 else ""
        yield (
            f"{one} and {other} seem to be exports of one calendar: {common:,} of {events:,} events stand in"
            f" both{more}. Keep the newest only: what was deleted since still counts while an older one is"
            " there"
        )


def _is_nobodys(entry: SourceEntry, file: "DataFile") -> bool:
    """Whether a file would go by the name of a team's, a room's or an imported calendar of Google's."""
    name = file.inside.stem
    return (
        entry.owner_from == "file_name"
        and name not in entry.owners
        and name.lower().endswith("calendar.google.com")
    )


def _idle_owners(entry: SourceEntry, files: "list[DataFile]") -> Iterator[str]:
    """A warning of the names in `owners` that nothing is called: mostly a misspelled file or folder."""
    if entry.owner_from is None:
        return
    there = {name for file in files for name in _names(entry, file.path or file.inside)}
    kind = "folder" if entry.owner_from == "folder_name" else "calendar file"
    if missing := sorted(set(entry.owners) - there):
        yield f"`owners` names what no {kind} is called: {', '.join(missing)}"


def _owner(entry: SourceEntry, path: Path) -> str | None:
    """Whose calendar a file is; None where the entry does not tell, then the calendar itself may."""
    if entry.owner is not None:
        return entry.owner
    found = (entry.owners.get(name) or _address_in(name) for name in _names(entry, path))
    return next((owner for owner in found if owner), None)


def _names(entry: SourceEntry, path: Path) -> tuple[str, ...]:
    """The names that may tell whose calendar a file is. Of folders the nearest that does: within a person's
    folder Google's zips have folders of their own (`Takeout/Calendar`), and people sort by year."""
    if entry.owner_from != "folder_name":
        return (path.stem,)
    assert entry.path is not None  # noqa: S101 - the sources file requires it
    top = entry.path if entry.path.is_dir() else entry.path.parent
    inside = path.relative_to(top) if path.is_relative_to(top) else path
    return (*(folder.name for folder in inside.parents if folder.name), top.resolve().name)


def _address_in(name: str) -> str | None:
    """The one address in a name; none where it cannot be told from what is written around it."""
    found = list(_ADDRESS.finditer(name.removesuffix(".ical")))
    if len(found) != 1:
        return None
    is_glued = found[0].start() > 0 and "_" in found[0][0].partition("@")[0]  # John Doe_john@acme.io
    return None if is_glued else found[0][0]
