"""CalDAV: the calendars of a server, by sync token.

Plain sync-collection and calendar-multiget through the transport, not the `caldav` library: its requests
know neither our bounds on time, size and repetition nor our rule that no secret gets into a message, and
of what it offers (finding, searching, editing) nothing else is needed.

Recurring events are expanded here, one resource at a time, in the process that can be killed. So an
unchanged resource must be read again when the window has moved on: its mark does not hold then
(`sync.Marks`), and the whole collection is read, once a month.

Belongs here: what is asked for, and what the answers mean. XML is `caldav_xml`.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping

from pydantic import SecretStr

from orchestration.calendar_accounts import CalDavCollection, CalDavServer
from orchestration.catalog import objects_of
from orchestration.errors import PipelineError
from orchestration.records import Batch, Coverage, ObjectFeed
from orchestration.sources.calendar.caldav_xml import (
    Multistatus,
    Resource,
    listing_request,
    multiget_request,
    parse_multistatus,
    plain_path,
    sync_request,
)
from orchestration.sources.calendar.occurrence_rows import occurrence_batch
from orchestration.sources.calendar.shapes import Expansion, ExpansionLimits, Rejection, Scope
from orchestration.sources.calendar.sync import CalendarRun, Marks, PassedOver
from orchestration.sources.calendar.worker import ExpansionWorker
from orchestration.sources.json_rows import PageTokens, chunks
from orchestration.sources.transport import XML, RequestFailed, Transport
from orchestration.sources.transport_auth import Credentials, Secret, Token

_PER_REQUEST = 50
_CUT_SHORT = 507
# How servers refuse a token that they no longer know; RFC 6578 3.2 asks for the condition valid-sync-token.
_TOKEN_REFUSED = frozenset({400, 403, 409, 410, 412, _CUT_SHORT})
# How servers say that they have no sync-collection at all, or none for so large a calendar (RFC 6578 3.6:
# where they cannot cut an answer short they refuse it as a whole, as Google's and Yandex's do).
_NO_SYNC = frozenset({400, 403, 405, 415, 422, 501, _CUT_SHORT})


def caldav_feeds(
    server: CalDavServer,
    run: CalendarRun,
    limits: ExpansionLimits = ExpansionLimits(),  # noqa: B008 - frozen
) -> Iterator[ObjectFeed]:
    """One feed, `icalendar.occurrences`. Raises PipelineError where no collection can be read."""
    with Transport(run.caller, _root(server), _credentials(server, run.secret)) as transport:
        reader = _Reader(server, run, transport, limits)
        yield ObjectFeed(
            system="icalendar",
            object="occurrences",
            key=objects_of("icalendar")["occurrences"].key,
            is_complete=False,
            batches=reader.batches(),
            files=tuple(_file(_folder(item)) for item in server.collections),
            listed_between=run.window.listed_between("occurrence_start"),
            state=reader.marks.state,
        )


class _UserAndPassword(Credentials):
    def __init__(self, server: CalDavServer, secret: Secret) -> None:
        user, password = server.user_env or "", server.password_env or ""
        self.described = f"environment variables {user} and {password}"
        self._password = SecretStr(secret(password))
        pair = f"{secret(user)}:{self._password.get_secret_value()}".encode()
        self._pair = SecretStr(base64.b64encode(pair).decode())

    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Basic {self._pair.get_secret_value()}"}

    def secrets(self) -> Iterable[str]:
        return (self._password.get_secret_value(), self._pair.get_secret_value())


def _credentials(server: CalDavServer, secret: Secret) -> Credentials:
    if server.user_env is not None:
        return _UserAndPassword(server, secret)
    return Token(server.token_env, secret) if server.token_env is not None else Credentials()


def _root(server: CalDavServer) -> str:
    """Without a path: those of collections count from the server's root, as it names them itself."""
    return "/".join(server.url.split("/")[:3])


def _folder(collection: CalDavCollection) -> str:
    return plain_path(collection.path.rstrip("/")) + "/"


def _file(path: str) -> str:
    return f"caldav:{path}"


class _Reader:
    def __init__(
        self, server: CalDavServer, run: CalendarRun, transport: Transport, limits: ExpansionLimits
    ) -> None:
        self._server, self._run, self._transport, self._limits = server, run, transport, limits
        self.marks = Marks.of(run)

    def batches(self) -> Iterator[Batch]:
        passed = PassedOver()
        with ExpansionWorker(self._limits) as worker:
            for collection in self._server.collections:
                folder = _folder(collection)
                try:
                    yield from self._collection(worker, collection, folder)
                    passed.was_read()
                except RequestFailed as error:
                    if not passed.is_one(error):
                        raise
                    passed.note(error)
                    self.marks.leave(folder)
                    warning = (
                        f"{folder} could not be read ({error.status}): it does not exist, or the account may"
                        " not read it; its events stay as they were"
                    )
                    yield occurrence_batch([], resources=True, warnings=(warning,))
        passed.finish()

    def _collection(
        self, worker: ExpansionWorker, collection: CalDavCollection, folder: str
    ) -> Iterator[Batch]:
        made_with = (collection.owner, self._run.time_zone)
        mark = self.marks.mark(folder, *made_with)
        warnings: tuple[str, ...] = ()
        if token := mark.get("token"):
            try:
                changes = self._changes(folder, token)
            except RequestFailed as error:
                if error.status not in _TOKEN_REFUSED:
                    raise
                warnings = (
                    f"{folder}: the server no longer knows its sync token ({error.status}), so the whole"
                    " calendar was read again; of what changed in between only the outcome is known",
                )
            else:
                yield from self._resources(worker, collection, folder, changes.resources, is_all=False)
                self.marks.keep(folder, *made_with, previous=mark, token=changes.sync_token)
                return
        everything, listing = self._everything(folder)
        if warnings:
            yield occurrence_batch([], resources=True, warnings=warnings)
        if listing is not None and listing == mark.get("listing"):
            self.marks.keep(folder, *made_with, previous=mark, listing=listing)
            return
        yield from self._resources(worker, collection, folder, everything.resources, is_all=True)
        self.marks.keep(folder, *made_with, previous={}, token=everything.sync_token, listing=listing)

    def _everything(self, folder: str) -> tuple[Multistatus, str | None]:
        """All resources with the token to go on from, or, where the server has none, with a digest of
        their ETags."""
        try:
            return self._changes(folder, ""), None
        except RequestFailed as error:
            if error.status not in _NO_SYNC:
                raise
        found = self._ask("PROPFIND", folder, listing_request(), depth="1")
        lines = sorted(f"{item.path} {item.etag}" for item in found.resources)
        has_all_etags = all(item.etag or item.is_collection for item in found.resources)
        digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]
        return found, digest if has_all_etags else None

    def _changes(self, folder: str, token: str) -> Multistatus:
        """A sync-collection report to its end: a server may cut it short and go on from a new token."""
        where = f"Source {self._run.caller.source}, REPORT {folder}"
        tokens = PageTokens(where)
        found: dict[str, Resource] = {}
        while True:
            part = self._ask("REPORT", folder, sync_request(token), depth="0")
            is_cut_short = any(item.status == _CUT_SHORT for item in part.resources)
            found.update((item.path, item) for item in part.resources if item.status != _CUT_SHORT)
            if not is_cut_short:
                return Multistatus(tuple(found.values()), part.sync_token)
            following = tokens.follow(part.sync_token)
            if following is None:
                raise PipelineError(
                    f"{where}: the server cut its listing short and names no token to go on from.",
                    "Run the ingest again; if it stays so, report it to whoever keeps the server.",
                )
            token = following

    def _resources(
        self,
        worker: ExpansionWorker,
        collection: CalDavCollection,
        folder: str,
        listed: tuple[Resource, ...],
        *,
        is_all: bool,
    ) -> Iterator[Batch]:
        """The occurrences of what was listed, and what follows for those that landing knows."""
        inside = [
            item for item in listed if item.path.startswith(folder) and item.path.rstrip("/") + "/" != folder
        ]
        inside = [item for item in inside if not item.is_collection and not item.path.endswith("/")]
        gone = tuple(_file(item.path) for item in inside if item.status == 404)
        if gone:
            yield occurrence_batch([], resources=True, coverage=Coverage(gone=gone))
        read = 0
        wanted = [item.path for item in inside if item.status != 404]
        for paths in chunks(iter(wanted), _PER_REQUEST):
            yield self._expanded(worker, collection, folder, paths, is_all=is_all)
            read += len(paths)
            if read % 1000 == 0:
                self._run.caller.progress(f"{self._run.caller.source}: {folder}: {read:,} of {len(wanted):,}")
        self._run.caller.progress(
            f"{self._run.caller.source}: {folder}: {read:,} resources read, {len(gone):,} deleted"
        )
        if is_all:
            yield occurrence_batch([], resources=True, coverage=Coverage(complete=(_file(folder),)))

    def _expanded(
        self,
        worker: ExpansionWorker,
        collection: CalDavCollection,
        folder: str,
        paths: list[str],
        *,
        is_all: bool,
    ) -> Batch:
        window = self._run.window
        scope = Scope(window.start, window.end, self._run.time_zone, owner=collection.owner)
        answer = self._ask("REPORT", folder, multiget_request(paths), depth="0")
        texts = {item.path: item.data for item in answer.resources if item.data is not None}
        expansions = [
            (_file(path), self._expansion(worker, texts[path], scope)) for path in paths if path in texts
        ]
        # What has been deleted since the listing says so in the next one.
        unread = tuple(_file(path) for path in paths if path not in texts)
        replaced = () if is_all else tuple(name for name, _ in expansions)
        return occurrence_batch(
            expansions, resources=True, coverage=Coverage(replaced=replaced, incomplete=unread)
        )

    def _expansion(self, worker: ExpansionWorker, text: str, scope: Scope) -> Expansion:
        content = text.encode("utf-8", "surrogatepass")
        most = self._limits.max_file_bytes
        if len(content) > most:
            reason = f"{len(content):,} bytes, allowed are {most:,}"
            return Expansion(rejected=[Rejection(0, "too_large", reason, "")])
        return worker.expand(content, scope)

    def _ask(self, method: str, folder: str, content: bytes, *, depth: str) -> Multistatus:
        headers = {"Depth": depth, "Content-Type": "application/xml; charset=utf-8"}
        answer = self._transport.ask(method, folder, accept=XML, headers=headers, content=content)
        try:
            return parse_multistatus(answer.body)
        except ValueError as error:
            problem = str(error)
        raise PipelineError(
            f"Source {self._run.caller.source}: the answer cannot be read, {problem}. Request: {method}"
            f" {folder}.",
            "Check that the address is that of a CalDAV calendar.",
        )
