"""Telling people of troubles: each once when it begins and once when it is over.

Belongs here: what was told already (`$PIPELINE_HOME/alerts.json`) and how runs ended. What is a trouble
is `troubles`, the sending `notify`. Off where `PIPELINE_ALERT_URLS` is not set.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from orchestration.errors import PipelineError
from orchestration.lib import builds
from orchestration.lib.notify import send
from orchestration.lib.troubles import Trouble, troubles_now
from orchestration.lib.warehouse import named_lock
from orchestration.settings import ALERT_URLS, Settings
from orchestration.sources_file import SourceEntry

STATE = "alerts.json"
_WAIT_SECONDS = 60.0  # for another process that is telling
_LONGEST = 600  # characters of a run's reason
_PRIVATE = (
    (re.compile(r"(\w+://)[^\s/@]*:[^\s/@]*@"), r"\1"),
    (re.compile(r"(\w+://[^\s?]+)\?\S+"), r"\1"),
    (re.compile(r"[\w.+%-]+@[\w.-]+\w"), "[address]"),
    (re.compile(r"(?:\+|\b00)\d[\d ()./-]{6,}\d"), "[number]"),
)

Send = Callable[[str, str], bool]


@dataclass(frozen=True)
class RunEnd:
    """How a run ended. `reason`: of a failure, in words that may be told; None: it succeeded, or another
    trouble tells of it. `source`: of an ingest of one source."""

    job: str
    source: str | None
    run_id: str
    ended_at: float
    reason: str | None

    @property
    def key(self) -> str:
        return f"{self.job}:{self.source}" if self.source else self.job


def tell(
    settings: Settings,
    entries: Sequence[SourceEntry],
    ends: Sequence[RunEnd] = (),
    *,
    now: datetime | None = None,
    deliver: Send | None = None,
) -> list[str]:
    """Take note of how runs ended, then tell what is new and what is over; returns the titles told.

    The same trouble is told once, whoever asks and how often; what could not be delivered is tried again
    at the next call. `deliver`: title and body to "somebody took it", by default the configured addresses.
    Does nothing where alerts are not configured. Raises PipelineError where an address is wrong.
    """
    if deliver is None and not settings.are_alerts_wanted:
        return []
    deliver = deliver or _to_addresses(settings)
    moment = now or datetime.now(UTC)
    with named_lock(settings.home / "alerts.lock", "telling of troubles", wait_seconds=_WAIT_SECONDS):
        state = _State(settings)
        for end in sorted(ends, key=lambda end: end.ended_at):
            state.note(end)
        limits = {key: known["limit"] for key, known in state.known.items() if known["limit"] is not None}
        state.forget_but({entry.name for entry in entries})
        troubles = [*state.failed_runs(), *troubles_now(settings, entries, moment, limits)]
        told = [*_tell_new(state, troubles, moment, deliver), *_tell_over(state, troubles, deliver)]
        state.write()
    return told


def send_test(settings: Settings) -> None:
    """Send one message to the configured addresses. Raises PipelineError where nobody takes it."""
    if not _to_addresses(settings)("Pipeline Truth: test", "A test: troubles will be told here."):
        raise PipelineError(
            "Nobody took the test message.", f"Check {ALERT_URLS}, and that the receivers can be reached."
        )


def without_people(text: str) -> str:
    """A reason as it may leave the house: no addresses, no numbers, no credentials in links, not long."""
    for pattern, replacement in _PRIVATE:
        text = pattern.sub(replacement, text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


def _to_addresses(settings: Settings) -> Send:
    addresses = settings.secret(ALERT_URLS)
    return lambda title, body: send(addresses, title, body, variable=ALERT_URLS)


def _tell_new(state: "_State", troubles: Sequence[Trouble], now: datetime, deliver: Send) -> list[str]:
    told = []
    for trouble in troubles:
        title = f"Pipeline Truth: {trouble.title}"
        if trouble.key not in state.known and deliver(title, trouble.text):
            state.known[trouble.key] = {
                "title": trouble.title,
                "since": now.astimezone(UTC).strftime("%Y-%m-%d %H:%M"),
                "limit": trouble.limit,
            }
            told.append(title)
    return told


def _tell_over(state: "_State", troubles: Sequence[Trouble], deliver: Send) -> list[str]:
    told = []
    for key in sorted(set(state.known) - {trouble.key for trouble in troubles}):
        known = state.known[key]
        title = f"Pipeline Truth: recovered: {known['title']}"
        if deliver(title, f"It is over. It was told of at {known['since']} UTC."):
            del state.known[key]
            told.append(title)
    return told


def _source_of(run_key: str) -> str | None:
    return run_key.partition(":")[2] or None


class _State:
    """`known`: troubles told and not over; `runs`: how the last run of each job and source ended."""

    def __init__(self, settings: Settings) -> None:
        self._path = settings.home / STATE
        try:
            document: Mapping[str, Any] = builds.read_json(self._path)
        except (FileNotFoundError, PipelineError):  # damaged: what still holds is told again
            document = {}
        self.known: dict[str, dict[str, Any]] = dict(document.get("known", {}))
        self.runs: dict[str, dict[str, Any]] = dict(document.get("runs", {}))

    def note(self, end: RunEnd) -> None:
        """An end that is older than the one known says nothing new (sensors look back)."""
        covered = {end.key}
        if end.source is None and end.reason is None:  # a run of all sources
            covered |= {key for key in self.runs if key.startswith(f"{end.job}:")}
        for key in covered:
            if end.ended_at >= self.runs.get(key, {}).get("ended_at", 0.0):
                self.runs[key] = {"run_id": end.run_id, "ended_at": end.ended_at, "reason": end.reason}

    def forget_but(self, sources: Collection[str]) -> None:
        """A source that is no longer in the sources file will never run again, so never recover."""
        self.runs = {key: run for key, run in self.runs.items() if _source_of(key) in {None, *sources}}

    def failed_runs(self) -> list[Trouble]:
        return [
            Trouble(
                f"run_failed:{key}",
                f"{key.replace(':', ' of ')} failed",
                f"{run['reason']}\nThe whole log: Dagster's UI, run {run['run_id']}.",
            )
            for key, run in sorted(self.runs.items())
            if run["reason"] is not None
        ]

    def write(self) -> None:
        builds.write_json(self._path, {"known": self.known, "runs": self.runs})
