"""A day on which one record in a hundred is new or changed, for the builds that go on from the day before.

Belongs here: making the day of what has landed. It lands through the ordinary road: row boundary, comparison
with what has landed, dlt, ledger.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

import duckdb
import pyarrow as pa

from orchestration.catalog import objects_of
from orchestration.lib.content import quoted
from orchestration.lib.ingest_ledger import completed_ingests
from orchestration.lib.landing import ingest
from orchestration.lib.landing_current import source_columns
from orchestration.lib.landing_files import landing_files
from orchestration.records import SOURCE_FILE, SOURCE_ROW, Batch, ObjectFeed
from orchestration.settings import Settings
from orchestration.sources_file import load_sources_file

# What somebody edits in a record of each object; history is only added to.
EDITED: Mapping[tuple[str, str], str | None] = {
    ("salesforce", "Account"): "Industry",
    ("salesforce", "Contact"): "Title",
    ("salesforce", "Lead"): "Title",
    ("salesforce", "LeadHistory"): None,
    ("salesforce", "Opportunity"): "NextStep",
    ("salesforce", "OpportunityFieldHistory"): None,
    ("salesforce", "OpportunityHistory"): None,
    ("salesforce", "Task"): "Subject",
    ("google_calendar", "events"): "summary",
}


def landed_rows(settings: Settings) -> int:
    """Rows that all ingests of a home's one source have landed."""
    (entry,) = load_sources_file(settings.sources_file).sources
    records = completed_ingests(settings, entry.name)
    return sum(item["landed_rows"] for record in records for item in record["objects"])


def land_day(settings: Settings) -> int:
    """Land one day: of every object of EDITED one record in 200 edited and one in 200 new, a little changed.
    Returns the rows that landed. Raises RuntimeError where less than half of them did."""
    (entry,) = load_sources_file(settings.sources_file).sources
    landed = landing_files(settings, completed_ingests(settings, entry.name))
    with duckdb.connect() as connection:
        feeds = [
            _feed(connection, system, name, column, [str(path) for path in landed[system][name]])
            for (system, name), column in EDITED.items()
        ]
        report = ingest(settings, entry, iter(feeds), now=datetime.now(UTC))
    rows = sum(item.landed_rows for item in report.objects)
    if 2 * rows < sum(item.read_rows for item in report.objects) or not rows:
        raise RuntimeError(f"the day was to change one record in a hundred, and {rows} rows landed")
    return rows


def _feed(
    connection: duckdb.DuckDBPyConnection, system: str, name: str, edited: str | None, files: Sequence[str]
) -> ObjectFeed:
    key = objects_of(system)[name].key
    columns = source_columns(connection, files)
    shown = ", ".join(quoted(column) for column in columns)
    landed = (
        f"select {shown}, hash(_record_key) % 200 as pick from read_parquet($files) where _change = 'upsert'"
    )
    own = quoted(key[-1])
    # A Salesforce id begins with three characters that say of what; the text must stay as long.
    renamed = f"substr({own}, 1, 3) || 'N' || substr({own}, 5)"
    parts = [f"select * replace ({renamed} as {own}) from landed where pick = 1"]
    if edited is not None:
        text = quoted(edited)
        parts.append(f"select * replace ({text} || ' (edited)' as {text}) from landed where pick = 0")
    rows = connection.execute(
        f"with landed as ({landed}) select * exclude (pick) from ({' union all '.join(parts)})",
        {"files": list(files)},
    ).to_arrow_table()
    return ObjectFeed(
        system=system,
        object=name,
        key=key,
        is_complete=False,
        files=("the day",),
        batches=_batches(rows),
    )


def _batches(rows: pa.Table) -> Iterator[Batch]:
    count = rows.num_rows
    rows = rows.append_column(SOURCE_FILE, pa.array(["the day"] * count, pa.string()))
    yield Batch(rows.append_column(SOURCE_ROW, pa.array(range(1, count + 1), pa.int64())))
