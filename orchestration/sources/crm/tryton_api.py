"""Tryton through JSON-RPC: parties, opportunities with their revisions, employees.

Belongs here: signing in, calls, and how one ingest goes through them. The cursor is `windows`; fields are
those of the catalog, related ones with a dot (`currency.code`).
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from pydantic import SecretStr

from orchestration.catalog import objects_of
from orchestration.crm_accounts import TrytonAccount
from orchestration.errors import PipelineError
from orchestration.records import Batch, ObjectFeed
from orchestration.sources.crm.windows import ApiRun, Window, iso, moment_of, open_window
from orchestration.sources.json_rows import Ids, Tally, chunks, field
from orchestration.sources.transport import RequestFailed, Transport
from orchestration.sources.transport_auth import Credentials

_PAGE = 1000  # the most records that a server gives by default
_REVISIONS = "opportunity_revisions"
_MODELS = {"parties": "party.party", "opportunities": "sale.opportunity", "employees": "company.employee"}


def tryton_api_feeds(account: TrytonAccount, run: ApiRun) -> Iterator[ObjectFeed]:
    """One feed per object of the catalog, to be read in this order: revisions are asked for the
    opportunities that the feed before gave. Raises PipelineError where one cannot be read."""
    with (
        Transport(run.caller, account.url, _Gate(account, run)) as gate,
        Transport(run.caller, account.url, _Session(gate, account, run)) as transport,
        Ids() as changed,
    ):
        reader = _Reader(account, run, transport)
        for name in _MODELS:
            window = open_window(
                run,
                name,
                overlap_minutes=account.overlap_minutes,
                complete_every_days=account.complete_every_days,
            )
            batches = reader.records(name, window, changed if name == "opportunities" else None)
            yield _feed(name, window.is_complete, batches, window)
        # What has been revised stays so: each revision is read once, and none is ever taken back.
        window = open_window(
            run, _REVISIONS, overlap_minutes=account.overlap_minutes, complete_every_days=None
        )
        yield _feed(_REVISIONS, False, reader.revisions(changed, window), window)


def _feed(name: str, is_complete: bool, batches: Iterator[Batch], window: Window) -> ObjectFeed:
    key = objects_of("tryton")[name].key
    return ObjectFeed("tryton", name, key, is_complete, batches, files=(f"api:{name}",), state=window.state)


class _Gate(Credentials):
    """Of the request that signs in: nothing is put on it, and its password is repeated to nobody."""

    def __init__(self, account: TrytonAccount, run: ApiRun) -> None:
        self._password = SecretStr(run.secret(account.password_env))

    def secrets(self) -> Iterable[str]:
        return (self._password.get_secret_value(),)


class _Session(Credentials):
    """A session, opened with user and password when first needed and once more when it has ended."""

    def __init__(self, gate: Transport, account: TrytonAccount, run: ApiRun) -> None:
        self._gate, self._path = gate, f"/{account.database}/rpc/"
        self._user = run.secret(account.user_env)
        self._password = SecretStr(run.secret(account.password_env))
        self._session: SecretStr | None = None
        self.described = f"environment variables {account.user_env} and {account.password_env}"

    def headers(self) -> Mapping[str, str]:
        if self._session is None:
            self.renew()
        assert self._session is not None  # noqa: S101 - renew() sets it or raises
        return {"Authorization": f"Session {self._session.get_secret_value()}"}

    def renew(self) -> bool:
        params = [self._user, {"password": self._password.get_secret_value()}]
        try:
            answer = self._gate.post(self._path, {"id": 0, "method": "common.db.login", "params": params})
        except RequestFailed as error:
            check = f"Check {self.described}, address and database."
            refused = PipelineError(error.message, error.remedy if error.is_transient else check)
            refused.is_transient = error.is_transient
            raise refused from None
        found = field(answer, "result")
        if not isinstance(found, list) or len(found) < 2:
            raise PipelineError("Tryton did not open a session.", f"Check {self.described}.")
        self._session = SecretStr(b64encode(f"{self._user}:{found[0]}:{found[1]}".encode()).decode())
        return True

    def secrets(self) -> Iterable[str]:
        return [value.get_secret_value() for value in (self._password, self._session) if value]


class _Reader:
    def __init__(self, account: TrytonAccount, run: ApiRun, transport: Transport) -> None:
        self._run, self._transport, self._path = run, transport, f"/{account.database}/rpc/"

    def records(self, name: str, window: Window, ids: Ids | None) -> Iterator[Batch]:
        """The records of the window in the order of ids, those that were switched off too."""
        tally = Tally(self._run.caller, name, objects_of("tryton")[name].key)
        fields, last = list(objects_of("tryton")[name].types), 0
        while True:
            domain: list[Any] = [["id", ">", last]]
            if window.since is not None:
                since = _encoded(window.since)
                domain.append(["OR", ["create_date", ">=", since], ["write_date", ">=", since]])
            call = (domain, 0, _PAGE, [["id", "ASC"]], fields)
            page = [_flat(record) for record in self._call(name, "search_read", *call, active_test=False)]
            for record in page:
                window.saw(field(record, "write_date") or field(record, "create_date"))
            if ids is not None:
                ids.add(str(record["id"]) for record in page)
            yield tally.batch(page, f"api:{name}")
            if len(page) < _PAGE:
                return tally.done()
            last = int(page[-1]["id"])

    def revisions(self, changed: Ids, window: Window) -> Iterator[Batch]:
        """What each opportunity was after each of its changes: a request per moment at which any changed."""
        tally = Tally(self._run.caller, _REVISIONS, objects_of("tryton")[_REVISIONS].key)
        fields = [name for name in objects_of("tryton")[_REVISIONS].types if not name.startswith("revised_")]
        for part in chunks(iter(changed), _PAGE):
            found = self._call("opportunities", "history_revisions", [int(text) for text in part])
            moments: dict[str, dict[int, str | None]] = {}
            for encoded, key, user in found:
                moments.setdefault(_plain(encoded), {})[key] = user
            for text, users in sorted(moments.items()):
                moment = moment_of(text)
                if moment is None or (window.since is not None and moment < window.since):
                    continue
                then = {"_datetime": _encoded(moment)}
                records = self._call("opportunities", "read", list(users), fields, active_test=False, **then)
                rows = [
                    {**_flat(record), "revised_at": text, "revised_by": users.get(record["id"])}
                    for record in records
                ]
                yield tally.batch(rows, "api:opportunities?history")
                window.saw(iso(moment))
        tally.done()

    def _call(self, name: str, method: str, *params: Any, **context: Any) -> list[Any]:
        called = f"model.{_MODELS[name]}.{method}"
        answer = self._transport.post(self._path, {"id": 0, "method": called, "params": [*params, context]})
        found = field(answer, "result")
        if not isinstance(found, list):
            raise PipelineError(
                f"Source {self._run.caller.source}: Tryton refused {called}: {field(answer, 'error')}",
                "Check that the module sale_opportunity is active and that the user may read it.",
            )
        return found


def _encoded(moment: datetime) -> dict[str, Any]:
    """A UTC moment as JSON-RPC writes it."""
    names = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    return {"__class__": "datetime", **{name: getattr(moment, name) for name in names}}


def _plain(value: Any) -> Any:
    """A value as text: what JSON has no type for comes as an object with `__class__`."""
    kind = field(value, "__class__")
    if kind == "Decimal":
        return value["decimal"]
    if kind == "date":
        return f"{value['year']:04}-{value['month']:02}-{value['day']:02}"
    if kind == "datetime":
        day = f"{value['year']:04}-{value['month']:02}-{value['day']:02}"
        time = f"{value['hour']:02}:{value['minute']:02}:{value['second']:02}.{value['microsecond']:06}"
        return f"{day}T{time}Z"
    return value


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of related records beside the record's own: `currency.` {code: EUR} is `currency.code`."""
    row: dict[str, Any] = {}
    for name, value in record.items():
        if not name.endswith("."):
            row[name] = _plain(value)
        elif isinstance(value, Mapping):
            row.update({f"{name}{part}": _plain(inner) for part, inner in value.items() if part != "id"})
    return row
