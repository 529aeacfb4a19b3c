"""Google Calendar: events of people's calendars, by sync token.

`singleEvents=true`: Google expands the series. Its instances have ids of their own, so one that was
moved, cancelled or answered alone is a row like any other, and the expansion cannot differ from what
people see. The price is that a listing must have an end (a series has none) and that a sync token speaks
only for the time it was made for: hence the window of `sync.py`, listed anew when it moves on.

Belongs here: what is asked for, and what the answers mean. Signing in: `google_auth`, `transport_auth`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from orchestration.calendar_accounts import GoogleCalendars
from orchestration.catalog import objects_of
from orchestration.errors import PipelineError
from orchestration.records import Batch, Coverage, ObjectFeed, record_key
from orchestration.sources.calendar.google_auth import SIGN_IN_PATH, ServiceAccount
from orchestration.sources.calendar.json_events import EventRows
from orchestration.sources.calendar.sync import CalendarRun, Marks, PassedOver, message_batch, short
from orchestration.sources.json_rows import PageTokens, Tally, field, items
from orchestration.sources.transport import Answer, RequestFailed, Transport
from orchestration.sources.transport_auth import Credentials, OAuth, SignInFailed

_PAGE = 2500  # the most there is
_TOKEN_EXPIRED = 410
_QUOTA_PAUSES = (5, 15, 45, 120, 300)  # seconds; Google's quota is counted per minute
_TIME_FIELDS = (
    "id",
    "status",
    "start_dateTime",
    "start_date",
    "start_timeZone",
    "end_dateTime",
    "end_date",
    "end_timeZone",
    "recurringEventId",
    "originalStartTime_dateTime",
    "originalStartTime_date",
    "transparency",
    "visibility",
    "eventType",
    "created",
    "updated",
)


def google_feeds(account: GoogleCalendars, run: CalendarRun) -> Iterator[ObjectFeed]:
    """One feed, `events`. Raises PipelineError where no calendar can be read."""
    reader = _Reader(account, run)
    yield ObjectFeed(
        system="google_calendar",
        object="events",
        key=objects_of("google_calendar")["events"].key,
        is_complete=False,
        batches=reader.batches(),
        files=tuple(map(_file, account.calendars)),
        listed_between=run.window.listed_between("start_dateTime", "start_date"),
        state=reader.marks.state,
    )


def _file(calendar: str) -> str:
    return f"api:/calendars/{calendar}/events"


def _may_be_kept(event: Mapping[str, Any]) -> bool:
    return event.get("visibility", "default") in ("default", "public")


def _own_answer(event: Mapping[str, Any]) -> dict[str, Any]:
    """Of the people of a private event only what the calendar's own answered."""
    people = event.get("attendees")
    answers = [
        {"self": True, "responseStatus": answer}
        for person in (people if isinstance(people, list) else [])
        if field(person, "self") is True and isinstance(answer := field(person, "responseStatus"), str)
    ]
    return {"attendees": answers or None}


def _is_bare(event: Any) -> bool:
    is_undated = field(event, "start") is None and field(event, "originalStartTime") is None
    return is_undated and field(event, "status") == "cancelled" and isinstance(event.get("id"), str)


class _Reader:
    def __init__(self, account: GoogleCalendars, run: CalendarRun) -> None:
        self._account, self._run = account, run
        self.marks = Marks.of(run)
        self._rows = EventRows("google_calendar", "calendarId", _TIME_FIELDS, _may_be_kept, _own_answer)
        self._tally = Tally(run.caller, "events")

    def batches(self) -> Iterator[Batch]:
        passed = PassedOver()
        for calendar in self._account.calendars:
            try:
                with self._transport(calendar) as transport:
                    yield from self._calendar(transport, calendar)
                passed.was_read()
            except (RequestFailed, SignInFailed) as error:
                if not passed.is_one(error):
                    raise
                passed.note(error)
                self.marks.leave(calendar)
                why = (
                    "nobody of this address can be signed in for"
                    if isinstance(error, SignInFailed)
                    else "it does not exist, or is not shared with this account"
                )
                yield message_batch(
                    self._rows.columns,
                    warning=f"calendar {short(calendar)} could not be read ({error.status}): {why}; its"
                    " events stay as they were",
                )
        passed.finish()
        self._tally.done()

    def _transport(self, calendar: str) -> Transport:
        account, run = self._account, self._run
        endpoint = Transport(run.caller, account.sign_in_url, Credentials())
        if account.service_account_env:
            credentials: Credentials = ServiceAccount(
                endpoint,
                account.service_account_env,
                run.secret,
                subject=calendar,
                audience=f"{account.sign_in_url}{SIGN_IN_PATH}",
            )
        else:
            variables = {
                "client_id": account.client_id_env or "",
                "client_secret": account.client_secret_env or "",
                "refresh_token": account.refresh_token_env or "",
            }
            credentials = OAuth(endpoint, SIGN_IN_PATH, "refresh_token", variables, run.secret)
        return Transport(run.caller, account.api_url, credentials)

    def _calendar(self, transport: Transport, calendar: str) -> Iterator[Batch]:
        mark = self.marks.mark(calendar)
        if token := mark.get("token"):
            try:
                yield from self._listing(transport, calendar, {"syncToken": token}, mark)
                return
            except RequestFailed as error:
                if error.status != _TOKEN_EXPIRED:
                    raise
            yield message_batch(
                self._rows.columns,
                warning=f"calendar {short(calendar)}: its sync token had expired (410), so everything in the"
                " window was read again; of what changed in between only the outcome is known",
            )
        window = self._run.window
        bounds = {
            "timeMin": f"{window.start:%Y-%m-%dT%H:%M:%SZ}",
            "timeMax": f"{window.end:%Y-%m-%dT%H:%M:%SZ}",
        }
        yield from self._listing(transport, calendar, bounds, {})
        yield message_batch(self._rows.columns, coverage=Coverage(complete=(_file(calendar),)))

    def _listing(
        self, transport: Transport, calendar: str, first: Mapping[str, str], mark: Mapping[str, Any]
    ) -> Iterator[Batch]:
        """All pages of one listing, and the token that it ends with. `first`: what it is a listing of."""
        path = f"/calendars/{quote(calendar, safe='')}/events"
        shown = f"/calendars/{short(calendar)}/events"
        where = f"Source {self._run.caller.source}, GET {shown}"
        asked: dict[str, str | int] = {
            "singleEvents": "true",
            # What was deleted comes as cancelled; with a sync token Google insists on it.
            "showDeleted": "true",
            "maxResults": _PAGE,
            "fields": f"nextPageToken,nextSyncToken,items({','.join(self._rows.fields)})",
            **first,
        }
        tokens = PageTokens(where)
        following: str | None = None
        while True:
            page = {"pageToken": following} if following else {}
            answer = self._ask(transport, path, {**asked, **page}, shown).value
            is_empty = isinstance(answer, Mapping) and "items" not in answer
            yield self._batch(calendar, [] if is_empty else items(answer, "items", where))
            following = tokens.follow(field(answer, "nextPageToken"))
            if following is None:
                break
        token = field(answer, "nextSyncToken")
        if not isinstance(token, str):
            raise PipelineError(
                f"{where}: the last page names no sync token.",
                "Run the ingest again; if it stays so, report it to Google.",
            )
        self.marks.keep(calendar, previous=mark, token=token)

    def _ask(self, transport: Transport, path: str, params: Mapping[str, Any], shown: str) -> Answer:
        """Google says 403, not 429, where a quota of its calendar is used up."""
        for seconds in _QUOTA_PAUSES:
            try:
                return transport.ask("GET", path, params=params, shown=shown)
            except RequestFailed as error:
                if error.status != 403 or "limit" not in error.said.lower():
                    raise
            transport.pause(seconds)
        return transport.ask("GET", path, params=params, shown=shown)

    def _batch(self, calendar: str, events: list[Any]) -> Batch:
        """Cancelled instances are rows; what is known of only by its id has been deleted."""
        gone = [event for event in events if _is_bare(event)]
        left = [event for event in events if not _is_bare(event)]
        batch = self._rows.batch(self._tally, _file(calendar), calendar, left)
        return replace(batch, deleted=tuple(record_key(calendar, event["id"]) for event in gone))
