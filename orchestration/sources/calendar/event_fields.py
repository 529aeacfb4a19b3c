"""What an event says about itself, apart from when it takes place.

Belongs here: one VEVENT to text columns, and the rule that a private event keeps its time only.
Runs in the expansion process: what is dropped here never leaves it.
"""

import datetime as dt
import hashlib
import json
import re
from urllib.parse import unquote

from icalendar.cal.component import Component
from icalendar.prop import vCalAddress

from orchestration.sources.calendar.time_zones import UTC, to_utc

Fields = dict[str, str | None]

NO_UID = "no-uid:"
# Dropped from a private event.
CONTENT_COLUMNS = (
    "summary",
    "description",
    "location",
    "organizer_email",
    "attendees",
    "conference_url",
    "categories",
)
_CONFERENCE_PROPERTIES = (
    "CONFERENCE",
    "X-GOOGLE-CONFERENCE",
    "X-MICROSOFT-SKYPETEAMSMEETINGURL",
    "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK",
)
_CONFERENCE_LINK = re.compile(
    r"https://[\w.-]{0,80}(?:zoom\.us/(?:j|my|w)/|zoomgov\.com/j/|meet\.google\.com/"
    r"|teams\.microsoft\.com/(?:l/meetup-join|meet)/|teams\.live\.com/meet/|webex\.com/"
    r"|gotomeeting\.com/join/|gotomeet\.me/|meet\.goto\.com/|whereby\.com/|meet\.jit\.si/|bluejeans\.com/\d"
    r"|chime\.aws/\d)[^\s<>\"'\])]{0,1000}",
    re.IGNORECASE,
)
# Outlook's free/busy state; Google's API has the same kinds as `eventType`.
_EVENT_TYPES = {"OOF": "outOfOffice", "WORKINGELSEWHERE": "workingLocation"}
_FREE_STATES = {"FREE", "WORKINGELSEWHERE"}


def is_private(event: Component, calendar: Component | None, *, inherited: bool = False) -> bool:
    """Whether only the time may be kept: CLASS, or CalendarServer's access, is anything but PUBLIC.

    RFC 5545 3.8.1.3: an unknown class counts as private. An override that does not say takes its
    series' word (`inherited`); a CLASS line that could not be parsed counts as private.
    """
    own = _classes(event)
    whole = _classes(calendar) if calendar is not None else []
    return any(name != "PUBLIC" for name in own + whole) or (inherited and not own)


def describe(event: Component, *, private: bool, method: str, owner: str) -> Fields:
    """The columns of an event that do not depend on the occurrence.

    `method`: METHOD of the calendar; CANCEL makes all its events cancelled. `owner`: whose answer is kept
    of a private event, which says whether the time is taken, and nothing of what or with whom. Absent
    values are null; `transparency` and `visibility` have the defaults that RFC 5545 gives them. A value
    that cannot be read stays as written: typing is staging's.
    """
    busy = _word(event, "X-MICROSOFT-CDO-BUSYSTATUS")
    transparency = _word(event, "TRANSP") or ("TRANSPARENT" if busy in _FREE_STATES else "OPAQUE")
    if (
        busy == "WORKINGELSEWHERE"
    ):  # free, as Graph has it; Exchange writes OPAQUE, as TRANSP knows no such state
        transparency = "TRANSPARENT"
    status = stated_status(event)
    if busy == "TENTATIVE" and status in (None, "CONFIRMED") and "ATTENDEE" not in event:
        # Exchange confirms the event, not the answer of the calendar's owner. Where people are listed their
        # answers tell; an invitation keeps this line when it has been accepted elsewhere.
        status = "TENTATIVE"
    classes = [name for name in _classes(event) if name != "PUBLIC"] or _classes(event)
    fields: Fields = {
        "status": "CANCELLED" if method == "CANCEL" else status,
        "transparency": transparency,
        "visibility": classes[0] if classes else ("PRIVATE" if private else "PUBLIC"),
        "created": _moment(event, "CREATED"),
        "last_modified": _moment(event, "LAST-MODIFIED") or _sent(event, method),
        "sequence": _text(event, "SEQUENCE"),
        "event_type": _EVENT_TYPES.get(busy or "", "default"),
    }
    if private:
        return fields | dict.fromkeys(CONTENT_COLUMNS) | {"attendees": _own_answer(event, owner)}
    return fields | {
        "summary": _text(event, "SUMMARY"),
        "description": _text(event, "DESCRIPTION"),
        "location": _text(event, "LOCATION"),
        "organizer_email": next((_address(value) for value in _all(event, "ORGANIZER")), None),
        "attendees": _json([_attendee(value) for value in _all(event, "ATTENDEE")]),
        "conference_url": _conference(event),
        "categories": _json(_categories(event)),
    }


def stated_status(event: Component) -> str | None:
    """STATUS as RFC 5545 spells it."""
    status = _word(event, "STATUS")
    return "CANCELLED" if status == "CANCELED" else status


def event_uid(event: Component, *, private: bool) -> str:
    """The UID, else `no-uid:` and a hash of what names the event: its times, and its title unless private.

    The same event has the same made-up UID in every export, as long as neither changes.
    """
    uid = (_text(event, "UID") or "").strip()
    if uid:
        return uid
    names = ["DTSTART", "DTEND", "DURATION", "RRULE", "RECURRENCE-ID"] + ([] if private else ["SUMMARY"])
    parts = [f"{name}:{value.to_ical()!r}" for name in names for value in _all(event, name)]
    return NO_UID + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _all(event: Component, name: str) -> list:
    value = event.get(name)
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(event: Component, name: str) -> str | None:
    values = _all(event, name)
    return str(values[0]) if values else None


def _word(event: Component, name: str) -> str | None:
    """A word out of a fixed set, however it is written; a blank behind it is common."""
    return (_text(event, name) or "").strip().upper() or None


def _classes(event: Component) -> list[str]:
    names = [str(v).strip().upper() for n in ("CLASS", "X-CALENDARSERVER-ACCESS") for v in _all(event, n)]
    if any(name is None and "CLASS" in message.upper() for name, message in event.errors):
        names.append("PRIVATE")
    return [name for name in names if name]


def _moment(event: Component, name: str) -> str | None:
    values = _all(event, name)
    if not values:
        return None
    moment = getattr(values[0], "dt", None) if not isinstance(values[0], str) else None
    if not isinstance(moment, dt.datetime):
        return str(values[0]) if isinstance(values[0], str) else values[0].to_ical().decode()
    return to_utc(moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


def _address(value: vCalAddress) -> str | None:
    """The mail address of an ORGANIZER or ATTENDEE, whose value is a URI of any kind. EMAIL goes first: where
    it is given the URI is only where answers are sent, as iCloud's of imip.me.com."""
    mail = str(value.params.get("EMAIL") or "")
    if "@" not in mail:
        scheme, _, rest = str(value).strip().partition(":")
        if scheme.lower() == "mailto":
            mail = unquote(rest)
        elif ":" not in str(value):
            mail = str(value)
    if mail.strip().endswith(">"):  # Ann <a@x.com>
        mail = mail.rpartition("<")[2].rpartition(">")[0]
    return mail.strip().strip("'") if "@" in mail else None


def _attendee(value: vCalAddress) -> dict[str, str | None]:
    names = {"name": "CN", "response": "PARTSTAT", "role": "ROLE", "type": "CUTYPE"}
    params = {field: value.params.get(name) for field, name in names.items()}
    return {"email": _address(value)} | {name: _parameter(found) for name, found in params.items()}


def _own_answer(event: Component, owner: str) -> str | None:
    people = (_attendee(value) for value in _all(event, "ATTENDEE"))
    answers = [p["response"] for p in people if (p["email"] or "").lower() == owner.lower() and p["response"]]
    return _json([{"email": owner, "response": answers[0]}]) if answers else None


def _sent(event: Component, method: str) -> str | None:
    """When an invitation or its cancellation was written, which is what tells them apart that lie in two
    files. Of a calendar DTSTAMP is often the moment of the export: every event would change every time."""
    return _moment(event, "DTSTAMP") if method in ("REQUEST", "CANCEL") else None


def _parameter(value: str | list[str] | None) -> str | None:
    """A parameter as one text; unquoted `Doe, John` is a list of two to the parser."""
    return (
        ",".join(value).strip() if isinstance(value, list) else None if value is None else str(value).strip()
    )


def _categories(event: Component) -> list[str]:
    return [str(name) for value in _all(event, "CATEGORIES") for name in getattr(value, "cats", [value])]


def _conference(event: Component) -> str | None:
    for name in _CONFERENCE_PROPERTIES:
        for value in _all(event, name):
            if str(value).lower().startswith(("http://", "https://")):
                return str(value)
    for name in ("LOCATION", "URL", "DESCRIPTION", "X-ALT-DESC"):
        for value in _all(event, name):
            if link := _CONFERENCE_LINK.search(str(value)):
                return link[0].rstrip(".,;>")
    return None


def _json(values: list) -> str:
    return json.dumps(values, ensure_ascii=False)
