"""From an entry of the sources file to the feeds of its objects: the one list of systems.

Belongs here: which module fetches which system, and what each can hold. Vendors' modules are imported
only when their system is read, so that a code location loads fast.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from orchestration.catalog import objects_of
from orchestration.records import SOURCE_FILE, SOURCE_ROW, Batch, ObjectFeed
from orchestration.settings import Settings
from orchestration.sources.crm.private_events import without_private_events
from orchestration.sources_file import SourceEntry

if TYPE_CHECKING:
    from orchestration.sources.crm.windows import ApiRun
    from orchestration.sources.transport import Caller

Progress = Callable[[str], None]
Secret = Callable[[str], str]

# The generated organisation comes in the shapes of these systems and takes the same road as they do.
DEMO_SYSTEMS = ("salesforce", "google_calendar", "planning")
_NOT_IN_DEMO = {("salesforce", "Event")}  # its meetings are on the calendar
# A CalDAV server sends what .ics files hold, so it lands where they do.
_LANDS_AS = {"caldav": "icalendar"}


def declared_objects(entry: SourceEntry) -> list[tuple[str, str]]:
    """(system, object) of everything the entry may land, without looking at its data."""
    if entry.system == "csv_mapping":
        return [("csv_mapping", name) for name in entry.objects]
    if entry.system == "demo":
        pairs = [(system, name) for system in DEMO_SYSTEMS for name in objects_of(system)]
        return [pair for pair in pairs if pair not in _NOT_IN_DEMO]
    system = _LANDS_AS.get(entry.system, entry.system)
    return [(system, name) for name in objects_of(system)]


def open_feeds(
    entry: SourceEntry,
    *,
    now: datetime,
    progress: Progress,
    state: Mapping[str, Mapping[str, Any]] | None = None,
    secret: Secret = Settings.secret,
    landing: Path | None = None,
) -> Iterator[ObjectFeed]:
    """The objects that the source holds now, each to be read once and in this order.

    `now`: with a time zone; calendars are expanded around it. `state`: object to what its last feed left.
    `secret`: value of an environment variable. `landing`: what all sources landed, for a system that asks
    about it. Raises PipelineError, at the first step of the iteration,
    where a file or a column is missing or an account cannot be reached.
    """
    match entry.system:
        case "salesforce" if entry.salesforce_api is not None:
            from orchestration.sources.crm.salesforce_api import salesforce_api_feeds

            feeds = salesforce_api_feeds(entry.salesforce_api, _api_run(entry, now, progress, state, secret))
            yield from map(without_private_events, feeds)
        case "hubspot" if entry.hubspot_api is not None:
            from orchestration.sources.crm.hubspot_api import hubspot_api_feeds

            yield from hubspot_api_feeds(entry.hubspot_api, _api_run(entry, now, progress, state, secret))
        case "pipedrive" if entry.pipedrive_api is not None:
            from orchestration.sources.crm.pipedrive_api import pipedrive_api_feeds

            yield from pipedrive_api_feeds(entry.pipedrive_api, _api_run(entry, now, progress, state, secret))
        case "tryton" if entry.tryton_api is not None:
            from orchestration.sources.crm.tryton_api import tryton_api_feeds

            yield from tryton_api_feeds(entry.tryton_api, _api_run(entry, now, progress, state, secret))
        case "salesforce" | "hubspot" if entry.layout == "fivetran":
            from orchestration.sources.crm.fivetran_tables import fivetran_feeds

            yield from map(without_private_events, fivetran_feeds(entry, progress))
        case "salesforce":
            from orchestration.sources.crm.salesforce_export import salesforce_feeds

            yield from map(without_private_events, salesforce_feeds(entry, progress))
        case "hubspot":
            from orchestration.sources.crm.hubspot_export import hubspot_export_feeds

            yield from hubspot_export_feeds(entry, progress)
        case "zoho":
            from orchestration.sources.crm.zoho_export import zoho_feeds

            yield from zoho_feeds(entry, progress)
        case "csv_mapping":
            from orchestration.sources.crm.csv_mapping import mapping_feeds

            yield from mapping_feeds(entry, progress)
        case "planning":
            from orchestration.sources.planning.planning_files import planning_feeds

            yield from planning_feeds(entry, progress)
        case "icalendar" | "caldav" | "google_calendar" | "microsoft_calendar":
            from orchestration.sources.calendar.feeds import calendar_feeds

            yield from calendar_feeds(
                entry, _caller(entry, progress), now=now, state=state or {}, secret=secret
            )
        case "mail_dns" | "demo":
            yield from _made_feeds(entry, landing, now, progress)


def _api_run(
    entry: SourceEntry,
    now: datetime,
    progress: Progress,
    state: Mapping[str, Mapping[str, Any]] | None,
    secret: Secret,
) -> "ApiRun":
    from orchestration.sources.crm.windows import ApiRun

    return ApiRun(_caller(entry, progress), now, state or {}, secret, accepts_loss=entry.accept_shrink)


def _caller(entry: SourceEntry, progress: Progress) -> "Caller":
    from orchestration.sources.transport import Caller, Limits

    return Caller(entry.name, progress, Limits(deadline_seconds=entry.deadline_hours * 3600))


def _made_feeds(
    entry: SourceEntry, landing: Path | None, now: datetime, progress: Progress
) -> Iterator[ObjectFeed]:
    """Records that nobody sends: they are asked for, or generated."""
    if entry.dns is not None and landing is not None:
        from orchestration.sources.mail_domains import mail_domain_feeds

        yield from mail_domain_feeds(entry.dns, entry.name, landing, now=now, progress=progress)
    if entry.system == "demo":
        yield from _demo_feeds(entry, progress)


def _demo_feeds(entry: SourceEntry, progress: Progress) -> Iterator[ObjectFeed]:
    from orchestration.sources.demo import DemoOptions, stream

    progress(f"{entry.name}: generating the organisation (seed {entry.seed}, scale {entry.scale:g})")
    options = DemoOptions(
        seed=entry.seed,
        scale=entry.scale,
        end_date=entry.end_date,
        cadence_emails_per_lead=entry.cadence_emails_per_lead,
    )
    for (system, name), tables in stream(options):
        yield ObjectFeed(
            system=system,
            object=name,
            key=objects_of(system)[name].key,
            is_complete=True,
            batches=_table_batches(tables, f"demo/{system}/{name}"),
        )


def _table_batches(tables: Iterator[pa.Table], file: str) -> Iterator[Batch]:
    first = 1
    for table in tables:
        rows = table.append_column(SOURCE_FILE, pa.repeat(pa.scalar(file), table.num_rows))
        numbers = pa.array(np.arange(first, first + table.num_rows, dtype=np.int64))
        first += table.num_rows
        yield Batch(rows.append_column(SOURCE_ROW, numbers))
