"""What an incremental read asks for: from where, until when, and where the next one goes on.

Belongs here: the cursor. It is the highest modification time seen, minus an overlap, and never moves
back; the end is fixed before the first request. What that can miss (a change dated back beyond the
overlap, a record that is gone for good) a complete listing every so many days puts right.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from orchestration.sources.transport import Caller
from orchestration.sources.transport_auth import Secret


@dataclass(frozen=True)
class ApiRun:
    """One ingest of one API. `state`: object to what its feed of the last ingest left; `secret`: value
    of an environment variable; `accepts_loss`: what the source no longer gives is meant so."""

    caller: Caller
    now: datetime
    state: Mapping[str, Mapping[str, Any]]
    secret: Secret
    accepts_loss: bool = False


@dataclass
class Window:
    """One object's part of one ingest.

    `since`: inclusive, None in a complete listing. `until`: inclusive, the start of the ingest.
    """

    since: datetime | None
    until: datetime
    _highest: datetime | None
    _listed_at: datetime | None

    @property
    def is_complete(self) -> bool:
        return self.since is None

    def saw(self, modified: object) -> None:
        """Note a record's modification time (ISO text or milliseconds); what is no time is passed over.
        A time after the window's end does not carry the cursor away."""
        moment = moment_of(modified)
        if moment is not None:
            moment = min(moment, self.until)
            self._highest = moment if self._highest is None else max(self._highest, moment)

    def state(self) -> dict[str, Any]:
        """What the next ingest begins with, once everything has been read."""
        listed = self.until if self.is_complete else self._listed_at
        return {
            "modified_until": iso(self._highest) if self._highest else None,
            "listed_at": iso(listed) if listed else None,
        }


def open_window(
    run: ApiRun, name: str, *, overlap_minutes: float, complete_every_days: float | None
) -> Window:
    """The window that follows the last one of object `name`. `complete_every_days`: None for never again
    after the first."""
    state, until = run.state.get(name, {}), run.now.astimezone(UTC)
    highest, listed_at = moment_of(state.get("modified_until")), moment_of(state.get("listed_at"))
    is_due = (
        listed_at is None
        or highest is None
        or (complete_every_days is not None and until - listed_at >= timedelta(days=complete_every_days))
    )
    since = None if is_due or highest is None else highest - timedelta(minutes=overlap_minutes)
    return Window(since=since, until=until, _highest=highest, _listed_at=listed_at)


def whole(run: ApiRun) -> Window:
    """A window without a cursor: everything, every time."""
    return Window(since=None, until=run.now.astimezone(UTC), _highest=None, _listed_at=None)


def moment_of(value: object) -> datetime | None:
    """A UTC moment from ISO text (without an offset: UTC) or milliseconds since 1970."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    try:
        if value.isdigit() and len(value) in (12, 13):
            return datetime.fromtimestamp(int(value) / 1000, UTC)
        moment = datetime.fromisoformat(value)
    except (ValueError, OverflowError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def iso(moment: datetime) -> str:
    """`2026-01-31T08:55:00.123Z`, as the APIs take it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
