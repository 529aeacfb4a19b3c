"""HTTP for sources that are APIs: one request, tried within bounds, answered or explained.

Belongs here: time-outs, retries, what counts as an answer, and errors that name source and request but
never a secret. Signing in is `transport_auth`, pages to rows is `json_rows`, what to ask for the
vendors' modules.

Sent by requests, repeated by tenacity (both come with dlt in any case; tenacity's
`wait_random_exponential` is back-off with full jitter). Not dlt's own `helpers.requests`: it reads the
body outside of its retries, waits for a Retry-After of any length, and knows neither jitter nor deadline.
"""

import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self
from urllib.parse import urlsplit

import requests
from tenacity import RetryCallState, Retrying, retry_if_result, stop_after_attempt, wait_random_exponential
from urllib3.exceptions import HTTPError, ReadTimeoutError

from orchestration.errors import PipelineError
from orchestration.progress import NowAndThen
from orchestration.sources.http_values import dav_conditions, messages, parsed_json, retry_after_seconds
from orchestration.sources.transport_auth import Credentials, without_secrets

Progress = Callable[[str], None]

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
# 423 and 477 are HubSpot's: an account that is locked for seconds, or on its way to another data centre. 501,
# 505 and 507 (an answer that is too large) stay as they are.
_TRANSIENT = frozenset({408, 423, 425, 429, 477, *range(500, 600)} - {501, 505, 507})
# Salesforce's word under status 403: its requests are used up, for the day or for the moment.
_USED_UP = "REQUEST_LIMIT_EXCEEDED"
_MORE_HOURS = "Give the source more `deadline_hours` in the sources file; nothing of it was landed."
_CHUNK = 1 << 16
_JSON, _CSV = "application/json", "text/csv"
XML, CALENDAR = "application/xml", "text/calendar"
_KINDS = {
    _JSON: r"(application|text)/([\w.-]+\+)?json",
    _CSV: r"text/csv|application/(octet-stream|csv)",
    XML: r"(application|text)/([\w.-]+\+)?xml",
    CALENDAR: r"text/(calendar|plain|x-vcalendar)|application/(octet-stream|ics|x-ics)",
}


@dataclass(frozen=True)
class Limits:
    """Bounds of one source's requests, in seconds and bytes."""

    connect_seconds: float = 10
    read_seconds: float = 60  # without a single byte
    request_seconds: float = 600  # one attempt as a whole: against a server that drips
    attempts: int = 6
    backoff_seconds: float = 1
    backoff_cap_seconds: float = 60
    retry_after_cap_seconds: float = 300  # longer waits are cut to this, then it is tried again
    deadline_seconds: float = 6 * 3600  # everything that is asked of the source in one ingest
    body_bytes: int = 256 << 20


@dataclass(frozen=True)
class Caller:
    """On whose behalf requests are sent: the source instance, who is told of progress, the bounds.
    `started`: by time.monotonic(), from when the deadline counts, whatever number of transports there is."""

    source: str
    progress: Progress
    limits: Limits = field(default_factory=Limits)
    sleep: Callable[[float], None] = time.sleep
    started: float = field(default_factory=time.monotonic)


class RequestFailed(PipelineError):
    """No answer that can be used: the last status (0: none) and, without secrets, the API's own words."""

    def __init__(self, message: str, remedy: str, status: int, said: str, *, location: str = "") -> None:
        super().__init__(message, remedy)
        self.status = status
        self.said = said
        self.location = location  # of a redirect; not for messages


@dataclass(frozen=True)
class Answer:
    """A body that came whole, and its headers (names in lower case). `value`: of a body that is JSON."""

    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    status: int = 200
    value: Any = field(default=None, repr=False)


@dataclass(frozen=True)
class _Failure:
    what: str
    is_transient: bool = True
    retry_after: float | None = None
    status: int = 0
    said: str = ""
    location: str = field(default="", repr=False)
    is_late: bool = False  # beyond the deadline of everything


@dataclass(frozen=True)
class _Request:
    method: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict, repr=False)
    json_body: Any = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    accept: str = _JSON
    content: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    shown: str = ""  # in messages, instead of a path that is a secret or names a person


class Transport:
    """One account of one API. Not for use by several threads.

    `base_url`: https, or http on loopback. Every error names the caller's source, every wait is told.
    """

    def __init__(self, caller: Caller, base_url: str, credentials: Credentials) -> None:
        self._source, self._limits, self._progress = caller.source, caller.limits, caller.progress
        self._sleep, self._base, self._credentials = caller.sleep, base_url.rstrip("/"), credentials
        self._prefix = urlsplit(self._base).path
        self._now_and_then, self._answers = NowAndThen(caller.progress), 0
        self._session = requests.Session()
        self._session.auth = credentials  # also keeps ~/.netrc from being asked
        self._deadline = caller.started + self._limits.deadline_seconds
        host = urlsplit(self._base).hostname or ""
        if host in _LOOPBACK:
            self._session.trust_env = False  # no proxy stands between us and ourselves
        elif not self._base.startswith("https://"):
            raise PipelineError(
                f"Source {caller.source}: {host or 'its address'} is to be asked without encryption.",
                "Give an address that starts with https://.",
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def get(self, path: str, **params: Any) -> Any:
        """JSON of a GET; parameters that are None are left out. Raises PipelineError."""
        given = {name: value for name, value in params.items() if value is not None}
        return self._json(_Request("GET", path, given))

    def post(self, path: str, body: Any, **params: Any) -> Any:
        """JSON of a POST of JSON that changes nothing at the source. Raises PipelineError."""
        return self._json(_Request("POST", path, params, json_body=body))

    def post_form(self, path: str, form: Mapping[str, str]) -> Any:
        """JSON of a POST of form fields. Raises PipelineError."""
        return self._json(_Request("POST", path, form=form))

    def csv(self, path: str, **params: Any) -> Answer:
        """A CSV answer, undecoded. Raises PipelineError."""
        return self._answer(_Request("GET", path, params, accept=_CSV))[0]

    def ask(
        self,
        method: str,
        path: str,
        *,
        accept: str = _JSON,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        shown: str = "",
    ) -> Answer:
        """Any request that changes nothing at the source: JSON in `value`, XML or a calendar in `body`.
        With If-None-Match or If-Modified-Since among `headers` the status may be 304. `shown`: stands in
        messages for the path. Raises RequestFailed."""
        request = _Request(
            method, path, params or {}, accept=accept, content=content, headers=headers or {}, shown=shown
        )
        answer, value = self._answer(request)
        return replace(answer, value=value)

    def pause(self, seconds: float) -> None:
        """Wait for something that takes time at the source. Raises PipelineError past the deadline."""
        if time.monotonic() + seconds > self._deadline:
            raise PipelineError(
                f"Source {self._source}: {self._late()}.",
                _MORE_HOURS,
            )
        self._sleep(seconds)

    def label(self, path: str) -> str:
        """What rows of this request name as their file."""
        return f"api:{self._prefix}{path}"

    def _late(self) -> str:
        return f"was not finished within {self._limits.deadline_seconds:,.0f} s"

    def _json(self, request: _Request) -> Any:
        return self._answer(request)[1]

    def _answer(self, request: _Request) -> tuple[Answer, Any]:
        renewed = False
        while True:
            outcome = Retrying(
                retry=retry_if_result(lambda result: isinstance(result, _Failure) and result.is_transient),
                stop=self._is_over,
                wait=self._wait,
                sleep=self._sleep,
                before_sleep=lambda state: self._tell(request, state),
                retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
            )(self._attempt, request)
            if not isinstance(outcome, _Failure):
                self._answers += 1
                self._now_and_then(f"{self._source}: {self._answers:,} pages and answers so far")
                return outcome
            if outcome.status == 401 and not renewed and self._credentials.renew():
                renewed = True
                continue
            # Outside of every `except`: the library's exceptions carry addresses with their queries.
            raise self._error(request, outcome)

    def _attempt(self, request: _Request) -> tuple[Answer, Any] | _Failure:
        limits = self._limits
        if time.monotonic() > self._deadline:
            return _Failure(self._late(), is_transient=False, is_late=True)
        ends = time.monotonic() + limits.request_seconds
        try:
            with self._session.request(
                request.method,
                self._base + request.path,
                params=request.params,
                json=request.json_body,
                data=request.content if request.form is None else request.form,
                headers={"Accept": request.accept, **request.headers},
                timeout=(limits.connect_seconds, limits.read_seconds),
                allow_redirects=False,  # credentials go to the configured host and to no other
                stream=True,
            ) as response:
                body = self._body(response, ends)
        except (requests.RequestException, HTTPError) as error:
            return self._broken(error)
        if isinstance(body, _Failure):
            return body
        return self._judged(request, response, body)

    def _broken(self, error: Exception) -> _Failure:
        """What went wrong below HTTP, without the library's words: they repeat the address."""
        if isinstance(error, requests.exceptions.SSLError):
            return _Failure("has no valid certificate", is_transient=False)
        if isinstance(error, requests.ConnectTimeout):
            return _Failure(f"took no connection within {self._limits.connect_seconds:g} s")
        if isinstance(error, requests.Timeout | ReadTimeoutError):
            return _Failure(f"sent nothing for {self._limits.read_seconds:g} s")
        if isinstance(error, HTTPError):
            return _Failure("broke off in the middle of its answer")
        if isinstance(error, requests.ConnectionError):
            return _Failure("cannot be reached, or closed the connection")
        return _Failure(f"cannot be asked ({type(error).__name__})", is_transient=False)

    def _body(self, response: requests.Response, ends: float) -> bytes | _Failure:
        parts: list[bytes] = []
        size = 0
        # read1, not iter_content: that would wait for a whole chunk of a server that drips.
        while part := response.raw.read1(_CHUNK, decode_content=True):
            parts.append(part)
            size += len(part)
            if size > self._limits.body_bytes:
                return _Failure(f"sent more than {self._limits.body_bytes:,} bytes", is_transient=False)
            if time.monotonic() > ends:
                return _Failure(f"needed more than {self._limits.request_seconds:g} s for one answer")
        return b"".join(parts)

    def _judged(
        self, request: _Request, response: requests.Response, body: bytes
    ) -> tuple[Answer, Any] | _Failure:
        """The answer, if it is one: status, content type and form must all be right."""
        status, headers = response.status_code, {k.lower(): v for k, v in response.headers.items()}
        kind = headers.get("content-type", "").split(";")[0].strip().lower()
        if status >= 300:
            if status == 304 and any(name.startswith("If-") for name in request.headers):
                return Answer(b"", headers, status), None
            return self._refusal(request, status, headers, self._said(request, kind, body))
        is_page = body[:200].lstrip().lower().startswith((b"<!doctype html", b"<html"))
        if is_page or kind in ("text/html", "application/xhtml+xml"):
            return _Failure(f"answered {status} with a web page instead of data")
        expected = _KINDS[request.accept]
        # A missing type says nothing; the form of the body then decides.
        if kind and not re.fullmatch(expected, kind):
            return _Failure(f"answered {status} with {kind} instead of {request.accept}")
        try:
            value = parsed_json(body) if request.accept == _JSON else None
        except (ValueError, RecursionError):
            return _Failure(f"answered {status} with {len(body):,} bytes that are no whole JSON")
        return Answer(body, headers, status), value

    def _refusal(self, request: _Request, status: int, headers: Mapping[str, str], said: str) -> _Failure:
        if status < 400:
            location = headers.get("location", "")
            target = urlsplit(location)
            # Where our own path is not to be seen, that of a redirect may be as telling.
            where = f"{target.hostname or ''}{'' if request.shown else target.path}" or "nowhere"
            what = f"sends on to {where} ({status}), as if to sign in"
            return _Failure(what, False, status=status, location=location)
        return _Failure(
            f"answered {status}{f': {said}' if said else ''}",
            is_transient=status in _TRANSIENT or (status == 403 and _USED_UP in said),
            retry_after=retry_after_seconds(headers.get("retry-after")),
            status=status,
            said=said,
        )

    def _said(self, request: _Request, kind: str, body: bytes) -> str:
        """The API's own words about an error, short, without secrets and addresses of people."""
        try:
            if "json" not in kind:
                return dav_conditions(body)[:300] if "xml" in kind else ""
            found = messages(parsed_json(body))
        except (ValueError, RecursionError):
            return ""
        sent = [value for name, value in (request.form or {}).items() if name != "grant_type"]
        said = without_secrets(" ".join("; ".join(found).split()), [*self._credentials.secrets(), *sent])
        return said[:300]

    def _wait(self, state: RetryCallState) -> float:
        failure = state.outcome.result() if state.outcome else None
        limits = self._limits
        if isinstance(failure, _Failure) and failure.retry_after is not None:
            # A little more than was asked for, and not everyone at the same moment.
            return min(failure.retry_after, limits.retry_after_cap_seconds) + random.uniform(0, 1)  # noqa: S311
        return wait_random_exponential(multiplier=limits.backoff_seconds, max=limits.backoff_cap_seconds)(
            state
        )

    def _is_over(self, state: RetryCallState) -> bool:
        is_late = time.monotonic() + state.upcoming_sleep > self._deadline
        return is_late or stop_after_attempt(self._limits.attempts)(state)

    def _tell(self, request: _Request, state: RetryCallState) -> None:
        failure = state.outcome.result() if state.outcome else None
        what = failure.what if isinstance(failure, _Failure) else ""
        self._progress(
            f"{self._source}: {request.method} {self._shown(request)} {what}; trying again in"
            f" {state.upcoming_sleep:.0f} s ({state.attempt_number} of {self._limits.attempts})"
        )

    def _error(self, request: _Request, failure: _Failure) -> RequestFailed:
        host = urlsplit(self._base).netloc.rpartition("@")[2]
        where = self._shown(request)
        tried = f" (tried {self._limits.attempts} times)" if failure.is_transient else ""
        message = f"Source {self._source}: {host} {failure.what}{tried}. Request: {request.method} {where}."
        remedy = self._remedy(failure)
        error = RequestFailed(message, remedy, failure.status, failure.said, location=failure.location)
        error.is_transient = failure.is_transient
        return error

    def _shown(self, request: _Request) -> str:
        return request.shown or f"{self._prefix}{request.path}"

    def _remedy(self, failure: _Failure) -> str:
        if failure.status == 401 or 300 <= failure.status < 400:
            return f"Renew the credentials: {self._credentials.described}."
        if failure.is_late:
            return _MORE_HOURS
        if failure.status == 429 or _USED_UP in failure.said:
            return "The API's limit of requests is used up; run the ingest later, or less often."
        if failure.is_transient:
            return "Run the ingest again later; what has been published stays in place."
        by_status = {
            403: f"Give the account of {self._credentials.described} the right to read this.",
            404: "Check the address of the account; what is asked for does not exist there.",
        }
        return by_status.get(failure.status, "Check the address and the options of this source.")
