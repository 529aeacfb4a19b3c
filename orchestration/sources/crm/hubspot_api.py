"""HubSpot through its API: records with all their properties, owners, pipelines, associations, history.

Belongs here: which objects there are and how one ingest goes through them. What stands in a request and
how pages follow each other is `hubspot_requests`; the cursor is `windows`.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from orchestration.catalog import objects_of
from orchestration.crm_accounts import HubspotAccount
from orchestration.records import Batch, ObjectFeed, record_key
from orchestration.sources.crm.hubspot_requests import HubspotRequests
from orchestration.sources.crm.windows import ApiRun, Window, open_window
from orchestration.sources.json_rows import Ids, Tally, chunks, field
from orchestration.sources.transport import Transport
from orchestration.sources.transport_auth import Token

ACTIVITIES = ("calls", "emails", "meetings", "tasks", "notes", "communications")
RECORDS = ("contacts", "companies", "deals", "leads", "line_items", *ACTIVITIES)
ASSOCIATED: Mapping[str, tuple[str, ...]] = {
    "contacts": ("companies",),
    "deals": ("contacts", "companies"),
    "leads": ("contacts", "companies"),
    "line_items": ("deals",),
    **dict.fromkeys(ACTIVITIES, ("contacts", "companies", "deals", "leads")),
}
# Object -> what its history lands as, under which name the record's id, and the properties.
HISTORIES: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "contacts": (
        "contact_property_history",
        "contactId",
        ("lifecyclestage", "hs_lead_status", "hubspot_owner_id"),
    ),
    "deals": (
        "deal_property_history",
        "dealId",
        ("dealstage", "pipeline", "amount", "closedate", "hubspot_owner_id"),
    ),
    "leads": ("lead_property_history", "leadId", ("hs_pipeline_stage", "hubspot_owner_id")),
}
_WITH_PIPELINES = ("deals", "leads")
_ENVELOPE = ("id", "createdAt", "updatedAt", "archived", "archivedAt")
_TAKEN = frozenset(name.lower() for name in _ENVELOPE)


def hubspot_api_feeds(account: HubspotAccount, run: ApiRun) -> Iterator[ObjectFeed]:
    """One feed per object of the catalog, to be read in this order: associations and history are asked
    for the records that the feeds before gave. An object that the account may not see gives an empty feed
    with a warning. Raises PipelineError where it cannot be read."""
    with Transport(run.caller, account.base_url, Token(account.token_env, run.secret)) as transport:
        yield from hubspot_feeds(account, run, transport)


def hubspot_feeds(account: HubspotAccount, run: ApiRun, transport: Transport) -> Iterator[ObjectFeed]:
    """As `hubspot_api_feeds`, over a transport."""
    reader = _Reader(run, HubspotRequests(run.caller.source, transport))
    changed: dict[str, Ids] = {}
    windows: dict[str, Window] = {}
    with contextlib.ExitStack() as stack:
        for name in RECORDS:
            if not reader.requests.is_open(name):
                yield _closed(name)
                continue
            windows[name] = open_window(
                run,
                name,
                overlap_minutes=account.overlap_minutes,
                complete_every_days=account.complete_every_days,
            )
            changed[name] = stack.enter_context(Ids())
            properties, warnings = reader.properties(name)
            batches = reader.records(name, properties, windows[name], changed[name])
            yield _feed(name, windows[name].is_complete, batches, windows[name], warnings)
        for name, (history, *_) in HISTORIES.items():
            if name in changed:
                # Never complete: HubSpot keeps the last values only, and what fell out was true all the same.
                yield _feed(history, False, reader.history(name, changed[name]))
        # Of an object that was read before and may not be today nothing is known: nothing of it has ended.
        lost = {name for name in RECORDS if name not in changed and name in run.state}
        is_complete = not lost and all(window.is_complete for window in windows.values())
        yield _feed("associations", is_complete, reader.associations(changed, is_complete))
        yield _feed("owners", True, reader.owners())
        yield _feed(
            "pipelines",
            lost.isdisjoint(_WITH_PIPELINES),
            reader.pipelines([name for name in _WITH_PIPELINES if name in changed]),
        )


def _feed(
    name: str,
    is_complete: bool,
    batches: Iterator[Batch],
    window: Window | None = None,
    warnings: tuple[str, ...] = (),
) -> ObjectFeed:
    return ObjectFeed(
        "hubspot",
        name,
        objects_of("hubspot")[name].key,
        is_complete,
        batches,
        files=(f"api:{name}",),
        warnings=warnings,
        state=window.state if window else None,
    )


def _closed(name: str) -> ObjectFeed:
    warning = f"{name} are not part of this account, or its token may not read them: not read"
    return ObjectFeed("hubspot", name, objects_of("hubspot")[name].key, False, iter(()), warnings=(warning,))


class _Reader:
    def __init__(self, run: ApiRun, requests: HubspotRequests) -> None:
        self._run, self.requests = run, requests

    def _tally(self, name: str) -> Tally:
        return Tally(self._run.caller, name, objects_of("hubspot")[name].key)

    def properties(self, name: str) -> tuple[list[str], tuple[str, ...]]:
        """Names of all properties of an object, else of those that staging reads, and a warning."""
        known = [column for column in objects_of("hubspot")[name].types if column not in _ENVELOPE]
        found = self.requests.property_names(name)
        if found is None:
            return known, (
                f"{name}: the token may not list properties, so only {len(known)} known ones were read",
            )
        return found, ()

    def records(self, name: str, properties: list[str], window: Window, ids: Ids) -> Iterator[Batch]:
        """Live records of the window, then all archived ones (HubSpot keeps them for 90 days)."""
        tally = self._tally(name)
        label = f"api:{name}"
        live = self.requests.listed(name) if window.since is None else self.requests.modified(name, window)
        for part in chunks(live, 100):
            found = self.requests.read(name, part, properties)
            ids.add(part)
            for record in found:
                window.saw(field(record, "updatedAt"))
            yield tally.batch([_flat(record) for record in found], label)
        for part in chunks(self.requests.listed(name, archived=True), 100):
            found = self.requests.read(name, part, properties, archived=True)
            yield tally.batch([_flat(record) for record in found], f"{label}?archived")
        tally.done()

    def history(self, name: str, ids: Ids) -> Iterator[Batch]:
        """Past values of the properties that move a record, oldest first."""
        history, id_column, properties = HISTORIES[name]
        tally = self._tally(history)
        for part in chunks(iter(ids), 50):  # the most that HubSpot gives with history
            found = self.requests.read(name, part, [], history=properties)
            rows = [row for record in found for row in _history_rows(record, id_column)]
            yield tally.batch(rows, f"api:{name}?history")
        tally.done()

    def associations(self, changed: Mapping[str, Ids], is_complete: bool) -> Iterator[Batch]:
        """One row per record and kind of other end, with the list of what it is associated with. In an
        incremental read a record with none ends what was there before."""
        tally = self._tally("associations")
        for start, ids in changed.items():
            # HubSpot refuses to name ends that the token may not read
            for end in (name for name in ASSOCIATED.get(start, ()) if name in changed):
                for part in chunks(iter(ids), 1000):
                    found = self.requests.associated(start, end, part)
                    rows = [
                        {"fromObjectType": start, "fromObjectId": text, "toObjectType": end, "to": others}
                        for text, others in found.items()
                        if others
                    ]
                    none = [text for text in part if not found.get(text)] if not is_complete else []
                    yield replace(
                        tally.batch(rows, f"api:associations/{start}/{end}"),
                        deleted=tuple(record_key(start, text, end) for text in none),
                    )
        tally.done()

    def owners(self) -> Iterator[Batch]:
        """Active and archived owners: old deals still name those who left."""
        tally = self._tally("owners")
        for page in self.requests.owners():
            yield tally.batch(page, "api:owners")
        tally.done()

    def pipelines(self, names: Sequence[str]) -> Iterator[Batch]:
        tally = self._tally("pipelines")
        for name in names:
            rows = [
                {"objectType": name, **pipeline} if isinstance(pipeline, dict) else pipeline
                for pipeline in self.requests.pipelines(name)
            ]
            yield tally.batch(rows, f"api:pipelines/{name}")
        tally.done()


def _flat(record: Any) -> Any:
    """Properties as columns beside the envelope, whose names come first: a property that bears one of
    them lands as `property_<name>`."""
    properties = field(record, "properties")
    if not isinstance(properties, dict):
        return record
    flat = {name: record[name] for name in _ENVELOPE if name in record}
    flat.update(zip(_names_beside_envelope(tuple(properties)), properties.values(), strict=True))
    return flat


@lru_cache(maxsize=256)  # nearly always the same ones, page after page
def _names_beside_envelope(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"property_{name}" if name.lower() in _TAKEN else name for name in names)


def _history_rows(record: Any, id_column: str) -> list[Any]:
    histories = field(record, "propertiesWithHistory")
    if not isinstance(histories, dict):
        return []
    return [
        {id_column: field(record, "id"), "property": name, **value} if isinstance(value, dict) else value
        for name, values in histories.items()
        for value in reversed(values if isinstance(values, list) else [values])
    ]
