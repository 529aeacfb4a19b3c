"""Microsoft 365 calendars through Graph: the calendar view of each mailbox, by delta token.

The view is the expanded one: occurrences have ids of their own, and changes to one occurrence come as
that occurrence. A delta token speaks for the time it was made for, so the window of `sync.py` holds here
too. An occurrence that equals its series comes with its times only; the series itself comes once, as a
`seriesMaster`, and staging joins the two.

A round says `@removed` of single events and whole series only. Of a series that was changed it brings the
master and all occurrences that are left: one that was deleted alone, or that a series which was moved or
cut short no longer has, is told by its absence. So every series is a file of its own, which such a round
replaces.

Belongs here: what is asked for, and what the answers mean.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.calendar_accounts import MicrosoftCalendars
from orchestration.catalog import objects_of
from orchestration.errors import PipelineError
from orchestration.records import SOURCE_FILE, Batch, Coverage, ObjectFeed, record_key
from orchestration.sources.calendar.json_events import EventRows
from orchestration.sources.calendar.sync import CalendarRun, Marks, PassedOver, message_batch, short
from orchestration.sources.json_rows import PageTokens, Tally, field, items
from orchestration.sources.transport import RequestFailed, Transport
from orchestration.sources.transport_auth import Credentials, OAuth

_HEADERS = {
    # UTC for all times; ids that stay when an item is moved; notes without markup; large pages.
    "Prefer": 'outlook.timezone="UTC", IdType="ImmutableId", outlook.body-content-type="text",'
    " odata.maxpagesize=500"
}
_TOKEN_EXPIRED = 410
_TOKEN_REFUSED = ("syncstatenotfound", "syncstateinvalid", "resyncrequired", "badly formed token")
_TIME_FIELDS = (
    "id",
    "type",
    "seriesMasterId",
    "start_dateTime",
    "start_timeZone",
    "end_dateTime",
    "end_timeZone",
    "originalStart",
    "originalStartTimeZone",
    "isAllDay",
    "isCancelled",
    "showAs",
    "sensitivity",
    "responseStatus_response",  # the owner's own: whether the time is taken
    "createdDateTime",
    "lastModifiedDateTime",
)


def microsoft_feeds(account: MicrosoftCalendars, run: CalendarRun) -> Iterator[ObjectFeed]:
    """One feed, `events`. Raises PipelineError where no mailbox can be read."""
    endpoint = Transport(run.caller, account.sign_in_url, Credentials())
    variables = {"client_id": account.client_id_env, "client_secret": account.client_secret_env}
    host = "/".join(account.api_url.split("/")[:3])
    credentials = OAuth(
        endpoint,
        f"/{account.tenant}/oauth2/v2.0/token",
        "client_credentials",
        variables,
        run.secret,
        constants={"scope": f"{host}/.default"},
    )
    with Transport(run.caller, account.api_url, credentials) as transport:
        reader = _Reader(account, run, transport)
        yield ObjectFeed(
            system="microsoft_calendar",
            object="events",
            key=objects_of("microsoft_calendar")["events"].key,
            is_complete=False,
            batches=reader.batches(),
            files=tuple(map(_file, account.mailboxes)),
            listed_between=run.window.listed_between("start_dateTime"),
            state=reader.marks.state,
        )


def _file(mailbox: str) -> str:
    return f"api:/users/{mailbox}/calendarView"


def _file_of_series(mailbox: str, series: str) -> str:
    return f"{_file(mailbox)}/{series}"


def _may_be_kept(event: Mapping[str, Any]) -> bool:
    """An occurrence never says whether it is private, its series does; so it keeps its times, which is
    all that Graph gives of it."""
    return event.get("sensitivity") == "normal" and event.get("type") != "occurrence"


class _Reader:
    def __init__(self, account: MicrosoftCalendars, run: CalendarRun, transport: Transport) -> None:
        self._account, self._run, self._transport = account, run, transport
        self.marks = Marks.of(run)
        self._rows = EventRows("microsoft_calendar", "mailbox", _TIME_FIELDS, _may_be_kept)
        self._tally = Tally(run.caller, "events")

    def batches(self) -> Iterator[Batch]:
        passed = PassedOver()
        for mailbox in self._account.mailboxes:
            try:
                yield from self._mailbox(mailbox)
                passed.was_read()
            except RequestFailed as error:
                if not passed.is_one(error):
                    raise
                passed.note(error)
                self.marks.leave(mailbox)
                yield message_batch(
                    self._rows.columns,
                    warning=f"mailbox {short(mailbox)} could not be read ({error.status}): it does not exist,"
                    " or the application may not read it; its events stay as they were",
                )
        passed.finish()
        self._tally.done()

    def _mailbox(self, mailbox: str) -> Iterator[Batch]:
        mark = self.marks.mark(mailbox)
        if token := mark.get("token"):
            try:
                yield from self._round(mailbox, self._relative(token, mailbox), mark)
                return
            except RequestFailed as error:
                if not _is_expired(error):
                    raise
            yield message_batch(
                self._rows.columns,
                warning=f"mailbox {short(mailbox)}: its delta token had expired, so everything in the window"
                " was read again; of what changed in between only the outcome is known",
            )
        window = self._run.window
        bounds = {
            "startDateTime": f"{window.start:%Y-%m-%dT%H:%M:%SZ}",
            "endDateTime": f"{window.end:%Y-%m-%dT%H:%M:%SZ}",
        }
        path = f"/users/{quote(mailbox, safe='')}/calendarView/delta?{urlencode(bounds)}"
        is_whole = True
        for batch in self._round(mailbox, path, {}):
            is_whole = is_whole and not batch.rejected
            yield batch
        if is_whole:
            yield message_batch(self._rows.columns, coverage=Coverage(complete=(_file(mailbox),)))

    def _round(self, mailbox: str, path: str, mark: Mapping[str, Any]) -> Iterator[Batch]:
        """All pages of one round, and the delta link that it ends with. `mark`: what it goes on from; empty
        for a listing of everything."""
        where = f"Source {self._run.caller.source}, GET {_shown(mailbox)}"
        pages = PageTokens(where)
        series = _SeriesOfRound()
        while True:
            answer = self._transport.ask("GET", path, headers=_HEADERS, shown=_shown(mailbox)).value
            events = items(answer, "value", where)
            series.note(events)
            yield self._batch(mailbox, events)
            following = pages.follow(field(answer, "@odata.nextLink"))
            if following is None:
                break
            path = self._relative(following, mailbox)
        token = field(answer, "@odata.deltaLink")
        if not isinstance(token, str):
            raise PipelineError(
                f"{where}: the last page names no delta link.",
                "Run the ingest again; if it stays so, report it to Microsoft.",
            )
        if mark:
            replaced = tuple(_file_of_series(mailbox, item) for item in series.told_whole())
            yield message_batch(self._rows.columns, coverage=Coverage(replaced=replaced))
        self.marks.keep(mailbox, previous=mark, token=token)

    def _relative(self, link: str, mailbox: str) -> str:
        """A link of Graph's as a path below the API's address: the token goes to no other host."""
        if not link.startswith(self._account.api_url + "/"):
            raise PipelineError(
                f"Source {self._run.caller.source}, GET {_shown(mailbox)}: the next page is said to be"
                " elsewhere.",
                "Check api_url; nothing was landed.",
            )
        return link.removeprefix(self._account.api_url)

    def _batch(self, mailbox: str, events: list[Any]) -> Batch:
        gone = [event["id"] for event in events if _is_removed(event)]
        left = [event for event in events if not _is_removed(event)]
        batch = self._rows.batch(self._tally, _file(mailbox), mailbox, left)
        return replace(
            batch,
            rows=_by_series(batch.rows, mailbox),
            deleted=tuple(record_key(mailbox, event) for event in gone),
        )


class _SeriesOfRound:
    """The series of which a round of changes says everything: those of which the master came with
    occurrences, and what was removed, which may have been a series. A master that comes without any says
    nothing: one that has none left in the window is not in the view at all."""

    def __init__(self) -> None:
        self._removed: dict[str, None] = {}
        self._masters: dict[str, None] = {}
        self._with_occurrences: set[Any] = set()

    def note(self, events: list[Any]) -> None:
        """A page of the round."""
        for event in events:
            kind = field(event, "type")
            if _is_removed(event):
                self._removed[event["id"]] = None
            elif kind == "seriesMaster" and isinstance(field(event, "id"), str):
                self._masters[event["id"]] = None
            elif kind == "occurrence":
                self._with_occurrences.add(field(event, "seriesMasterId"))

    def told_whole(self) -> list[str]:
        """Their ids."""
        return [*self._removed, *(series for series in self._masters if series in self._with_occurrences)]


def _by_series(rows: pa.Table, mailbox: str) -> pa.Table:
    """The rows, those of a series and its occurrences as of a file of their own."""
    own = pc.if_else(pc.equal(rows["type"], "seriesMaster"), rows["id"], pa.scalar(None, pa.string()))
    series = pc.coalesce(rows["seriesMasterId"], own)
    of_series = pc.binary_join_element_wise(_file(mailbox), series, "/")
    files = pc.coalesce(of_series, rows[SOURCE_FILE])
    return rows.set_column(rows.column_names.index(SOURCE_FILE), SOURCE_FILE, files)


def _shown(mailbox: str) -> str:
    return f"/users/{short(mailbox)}/calendarView/delta"


def _is_removed(event: Any) -> bool:
    return field(event, "@removed") is not None and isinstance(field(event, "id"), str)


def _is_expired(error: RequestFailed) -> bool:
    said = error.said.lower()
    return error.status == _TOKEN_EXPIRED or any(words in said for words in _TOKEN_REFUSED)
