"""Calendars that are published as a file under an address: fetched when changed, expanded like files.

The address is often all that protects such a calendar, so it stands in no message, log or landed row.

Belongs here: conditional requests, redirects, and what is refused. What is in a calendar is
`occurrences.py`.
"""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from orchestration.calendar_accounts import CalendarUrl
from orchestration.catalog import objects_of
from orchestration.errors import PipelineError
from orchestration.records import Batch, Coverage, ObjectFeed
from orchestration.sources.calendar.occurrence_rows import occurrence_batch
from orchestration.sources.calendar.shapes import Expansion, ExpansionLimits, Scope
from orchestration.sources.calendar.sync import CalendarRun, Marks, PassedOver, short
from orchestration.sources.calendar.worker import ExpansionWorker
from orchestration.sources.transport import CALENDAR, Answer, Caller, RequestFailed, Transport
from orchestration.sources.transport_auth import Credentials

_REDIRECTS = 5
_NOT_MODIFIED = 304


def url_feeds(
    calendars: tuple[CalendarUrl, ...],
    run: CalendarRun,
    limits: ExpansionLimits = ExpansionLimits(),  # noqa: B008 - frozen
) -> Iterator[ObjectFeed]:
    """One feed, `icalendar.occurrences`. Raises PipelineError where no calendar can be read."""
    reader = _Reader(calendars, run, limits)
    yield ObjectFeed(
        system="icalendar",
        object="occurrences",
        key=objects_of("icalendar")["occurrences"].key,
        is_complete=False,
        batches=reader.batches(),
        files=tuple(calendar.label for calendar in calendars),
        listed_between=run.window.listed_between("occurrence_start"),
        identity="uid",
        state=reader.marks.state,
    )


class _Reader:
    def __init__(self, calendars: tuple[CalendarUrl, ...], run: CalendarRun, limits: ExpansionLimits) -> None:
        self._calendars, self._run, self._limits = calendars, run, limits
        self._caller = _bounded(run.caller, limits)
        self.marks = Marks.of(run)

    def batches(self) -> Iterator[Batch]:
        passed = PassedOver()
        with ExpansionWorker(self._limits) as worker:
            for calendar in self._calendars:
                try:
                    batch = self._calendar(worker, calendar)
                    passed.was_read()
                except RequestFailed as error:
                    # Every address may be another server: the others go on, whatever it is.
                    passed.note(error)
                    self.marks.leave(calendar.label)
                    warning = (
                        f"{_shown(calendar)} could not be read, its events stay as they were: {error.message}"
                    )
                    batch = occurrence_batch([], warnings=(warning,))
                yield batch
        passed.finish()

    def _calendar(self, worker: ExpansionWorker, calendar: CalendarUrl) -> Batch:
        made_with = (calendar.owner, self._run.time_zone)
        mark = self.marks.mark(calendar.label, *made_with)
        headers = {
            name: str(mark[known])
            for name, known in (("If-None-Match", "etag"), ("If-Modified-Since", "last_modified"))
            if mark.get(known)
        }
        answer = self._fetch(calendar, headers)
        if answer.status == _NOT_MODIFIED:
            self.marks.leave(calendar.label)
            return occurrence_batch([])
        window = self._run.window
        scope = Scope(window.start, window.end, self._run.time_zone, owner=calendar.owner)
        expansion = worker.expand(answer.body, scope)
        if not _is_refused(expansion):
            self.marks.keep(
                calendar.label,
                *made_with,
                previous={},
                etag=answer.headers.get("etag"),
                last_modified=answer.headers.get("last-modified"),
            )
        return occurrence_batch(
            [(calendar.label, expansion)],
            today=self._run.today,
            coverage=Coverage(complete=(calendar.label,)),
        )

    def _fetch(self, calendar: CalendarUrl, headers: dict[str, str]) -> Answer:
        """The file, or that it has not changed. Redirects are followed: there is nothing to sign with."""
        address = _address(calendar.url or self._run.secret(calendar.url_env or ""))
        for _ in range(_REDIRECTS):
            host, path = _split(self._run.caller.source, calendar, address)
            with Transport(self._caller, host, Credentials()) as transport:
                try:
                    return transport.ask(
                        "GET", path, accept=CALENDAR, headers=headers, shown=_shown(calendar)
                    )
                except RequestFailed as error:
                    if not error.location:
                        raise
                    address = _address(urljoin(address, error.location))
        raise RequestFailed(
            f"Source {self._run.caller.source}: {_shown(calendar)} leads through more than {_REDIRECTS}"
            " redirects.",
            "Give the address where the calendar is.",
            0,
            "",
        )


def _bounded(caller: Caller, limits: ExpansionLimits) -> Caller:
    return replace(caller, limits=replace(caller.limits, body_bytes=limits.max_file_bytes))


def _shown(calendar: CalendarUrl) -> str:
    return f"calendar {calendar.name} of {short(calendar.owner)}"


def _address(text: str) -> str:
    """webcal:// is how a link says that it is to be subscribed to."""
    scheme, separator, rest = text.strip().partition("://")
    return f"https://{rest}" if scheme.lower() in ("webcal", "webcals") else f"{scheme}{separator}{rest}"


def _split(source: str, calendar: CalendarUrl, address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username:
        raise PipelineError(
            f"Source {source}: the address of {_shown(calendar)} is none that can be asked.",
            "Give an address that starts with https:// or webcal://, without user and password.",
        )
    return f"{parts.scheme}://{parts.netloc}", (parts.path or "/") + (
        f"?{parts.query}" if parts.query else ""
    )


def _is_refused(expansion: Expansion) -> bool:
    return any(rejection.row == 0 for rejection in expansion.rejected)
