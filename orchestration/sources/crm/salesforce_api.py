"""Salesforce through its API: the same objects, under the same names, as its data export.

Belongs here: what is asked for and how pages follow each other. Large answers go through `salesforce_bulk`,
requests through the transport, the cursor is `windows`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import quote

import pyarrow.compute as pc

from orchestration.catalog import objects_of
from orchestration.crm_accounts import SalesforceAccount
from orchestration.errors import PipelineError
from orchestration.records import Batch, ObjectFeed
from orchestration.sources.crm.private_events import KEPT_OF_SALESFORCE
from orchestration.sources.crm.salesforce_bulk import bulk_batches
from orchestration.sources.crm.salesforce_export import PURGED
from orchestration.sources.crm.windows import ApiRun, Window, iso, open_window, whole
from orchestration.sources.json_rows import PageTokens, Tally, field, items
from orchestration.sources.transport import Caller, RequestFailed, Transport
from orchestration.sources.transport_auth import Credentials, OAuth

# Compound fields repeat their parts and are refused by the Bulk API; base64 fields are files.
_NOT_SELECTED = frozenset({"address", "location", "base64"})
_CURSORS = ("SystemModstamp", "LastModifiedDate", "CreatedDate")
_QUERY_CHARACTERS = 14_000  # of an address of at most 16,384 bytes


def salesforce_api_feeds(account: SalesforceAccount, run: ApiRun) -> Iterator[ObjectFeed]:
    """One feed per object of the catalog. An object that the organisation does not have, or does not let
    the account see, gives an empty feed with a warning. Raises PipelineError where it cannot be read, or has
    lost a field."""
    credentials = _credentials(account, run)
    credentials.renew()
    address = credentials.answer.get("instance_url", "")
    if not address:
        raise PipelineError(
            f"Source {run.caller.source}: signing in at {account.login_url} named no instance_url.",
            "Give login_url as https://<domain>.my.salesforce.com.",
        )
    with Transport(run.caller, address, credentials) as transport:
        reader = _Reader(account, run.caller, transport)
        for position, (name, spec) in enumerate(objects_of("salesforce").items()):
            told = (_rotation(account),) if position == 0 and credentials.is_rotated else ()
            shape = reader.describe(name)
            if shape is None:
                warning = f"{name} does not exist here, or the account may not see it: not read"
                yield ObjectFeed("salesforce", name, spec.key, False, iter(()), warnings=(*told, warning))
                continue
            if not run.accepts_loss:
                _require_fields(run, shape)
            read_fields = _read_by_staging(shape)
            shape, warnings = _without_words(shape)
            window = whole(run)
            if shape.cursor is not None:
                window = open_window(
                    run,
                    name,
                    overlap_minutes=account.overlap_minutes,
                    complete_every_days=account.complete_every_days,
                )
            yield ObjectFeed(
                "salesforce",
                name,
                spec.key,
                window.is_complete,
                reader.batches(shape, window),
                files=(transport.label(f"{reader.root}/queryAll/{name}"),),
                warnings=(*told, *warnings),
                state=partial(_state, window, read_fields),
                keeps_missing=name in PURGED,
            )


def _rotation(account: SalesforceAccount) -> str:
    return (
        f"the app rotates refresh tokens: the one in {account.refresh_token_env} is void now and the next"
        " ingest will be refused. Switch the rotation off in the app and take a new token, or use the"
        " client-credentials flow"
    )


def _credentials(account: SalesforceAccount, run: ApiRun) -> OAuth:
    flow = "refresh_token" if account.refresh_token_env else "client_credentials"
    variables = {
        "client_id": account.client_id_env,
        "client_secret": account.client_secret_env,
        "refresh_token": account.refresh_token_env,
    }
    return OAuth(
        Transport(run.caller, account.login_url, Credentials()),
        "/services/oauth2/token",
        flow,
        {name: variable for name, variable in variables.items() if variable},
        run.secret,
    )


@dataclass(frozen=True)
class _Shape:
    """An object as this organisation has it: its plain fields and the one that dates a change."""

    name: str
    fields: tuple[str, ...]
    times: frozenset[str]
    cursor: str | None


def _read_by_staging(shape: _Shape) -> list[str]:
    return [name for name in objects_of("salesforce")[shape.name].types if name in shape.fields]


def _state(window: Window, fields: list[str]) -> dict[str, Any]:
    return {**window.state(), "fields": fields}


def _require_fields(run: ApiRun, shape: _Shape) -> None:
    """Raises PipelineError where a standard field that staging reads was there before: without the right to
    see it, what changes from now on would land as if somebody had emptied it. Custom ones come and go."""
    lost = [
        name
        for name in run.state.get(shape.name, {}).get("fields", ())
        if name not in shape.fields
        and not name.endswith("__c")
        and name != "IsPrivate"  # has a rule of its own
    ]
    if lost:
        raise PipelineError(
            f"Source {run.caller.source}: {shape.name} has no {', '.join(lost)} any more, which the last"
            " ingest had: the account has lost the right to see it.",
            "Give the account the right to read it; if it is meant so, set `accept_shrink: true` on the"
            " source for one ingest.",
        )


def _without_words(shape: _Shape) -> tuple[_Shape, tuple[str, ...]]:
    """Events of which the account may not see whether they are private: what they are about is not even
    asked for, and a warning says so."""
    if shape.name != "Event" or "IsPrivate" in shape.fields:
        return shape, ()
    kept = tuple(name for name in shape.fields if name.lower() in KEPT_OF_SALESFORCE)
    warning = (
        "Event: the account may not see IsPrivate, so nothing tells which events are private: all of them"
        " land as busy time, without what they are about. Give the account the right to read that field"
    )
    return replace(shape, fields=kept), (warning,)


class _Reader:
    def __init__(self, account: SalesforceAccount, caller: Caller, transport: Transport) -> None:
        self._account, self._caller, self._transport = account, caller, transport
        self._source = caller.source
        self.root = f"/services/data/v{account.api_version}"

    def describe(self, name: str) -> _Shape | None:
        """The fields that the account may see, all of them: staging takes what it knows, landing keeps
        the rest. None where there is no such object."""
        path = f"{self.root}/sobjects/{name}/describe"
        try:
            answer = self._transport.get(path)
        except RequestFailed as error:
            if error.status == 404:
                return None
            raise
        found = {
            item["name"]: item.get("type", "")
            for item in items(answer, "fields", f"Source {self._source}, GET {path}")
            if isinstance(field(item, "name"), str)
        }
        fields = tuple(name for name, kind in found.items() if kind not in _NOT_SELECTED)
        times = frozenset(name for name, kind in found.items() if kind == "datetime")
        if field(answer, "queryable") is False or not fields:
            return None
        return _Shape(name, fields, times, next((name for name in _CURSORS if name in times), None))

    def batches(self, shape: _Shape, window: Window) -> Iterator[Batch]:
        """Every record of the window, deleted ones too (IsDeleted), by the API that its size asks for."""
        condition = self._condition(shape, window)
        query = f"SELECT {','.join(shape.fields)} FROM {shape.name}{condition}"
        is_long = len(quote(query)) > _QUERY_CHARACTERS
        tally = Tally(self._caller, shape.name, objects_of("salesforce")[shape.name].key)
        pages: Iterator[Batch] | None = None
        if is_long or self._expected_rows(shape, condition) >= self._account.bulk_from_rows:
            pages = bulk_batches(self._transport, self.root, query, tally)
            if pages is None and is_long:
                raise PipelineError(
                    f"Source {self._source}: {shape.name} has too many fields for a request, and the Bulk API"
                    " does not take it.",
                    "Take from the account the right to see fields that are not needed.",
                )
        for batch in pages or self._pages(shape, query, tally):
            if shape.cursor in batch.rows.column_names:
                window.saw(pc.max(batch.rows[shape.cursor]).as_py())
            yield batch
        tally.done()

    def _condition(self, shape: _Shape, window: Window) -> str:
        # A complete listing has no end: a record that changes meanwhile would look deleted.
        if window.since is None or shape.cursor is None:
            return ""
        return f" WHERE {shape.cursor} >= {iso(window.since)} AND {shape.cursor} <= {iso(window.until)}"

    def _expected_rows(self, shape: _Shape, condition: str) -> int:
        try:
            answer = self._transport.get(
                f"{self.root}/queryAll", q=f"SELECT COUNT() FROM {shape.name}{condition}"
            )
        except RequestFailed as error:
            if error.status == 400:  # QUERY_TIMEOUT: too many even to be counted
                return self._account.bulk_from_rows
            raise
        total = field(answer, "totalSize")
        return total if isinstance(total, int) else 0

    def _pages(self, shape: _Shape, query: str, tally: Tally) -> Iterator[Batch]:
        path = f"{self.root}/queryAll"
        label = self._transport.label(f"{path}/{shape.name}")
        where = f"Source {self._source}, GET {path} ({shape.name})"
        tokens = PageTokens(where)
        answer = self._transport.get(path, q=query)
        while True:
            yield tally.batch(
                [_plain(record, shape.times) for record in items(answer, "records", where)], label
            )
            following = tokens.follow(field(answer, "nextRecordsUrl"))
            if following is None:
                break
            if not following.startswith(f"{self.root}/query"):
                raise PipelineError(
                    f"{where}: the next page is said to be elsewhere.",
                    "Report it to Salesforce; nothing was landed.",
                )
            answer = self._next_page(following, where)

    def _next_page(self, path: str, where: str) -> Any:
        try:
            return self._transport.get(path)
        except RequestFailed as error:
            if "INVALID_QUERY_LOCATOR" not in error.said:
                raise
        closed = PipelineError(
            f"{where}: Salesforce closed the listing before it was read to its end.",
            "Run the ingest again; if it stays so, give this source a user of its own: Salesforce keeps few"
            " listings open for one user.",
        )
        closed.is_transient = True
        raise closed


def _plain(record: Any, times: frozenset[str]) -> Any:
    """Without `attributes`, which is about the answer; times end in Z, as the Bulk API and the data
    export write them, so that a record is the same whichever way it came."""
    if not isinstance(record, Mapping):
        return record
    return {
        name: f"{value.removesuffix('+0000')}Z"
        if name in times and isinstance(value, str) and value.endswith("+0000")
        else value
        for name, value in record.items()
        if name != "attributes"
    }
