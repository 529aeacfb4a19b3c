"""Fivetran's tables that are one object of HubSpot together: associations, and pipelines with their stages.

Belongs here: gathering the rows of such tables on disk, and the SQL that puts them together as HubSpot's
API gives them. Tables that are an object each are `fivetran_tables`.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import duckdb
import pyarrow as pa

from orchestration.catalog import objects_of
from orchestration.records import SOURCE_FILE, SOURCE_ROW, Batch, ObjectFeed, Rejected
from orchestration.sources.crm.fivetran_names import DELETED, HUBSPOT_PAIRS, HUBSPOT_PIPELINES, PairShape
from orchestration.sources.exports import Part, Progress
from orchestration.sources.files import header_of, read_file
from orchestration.sources_file import SourceEntry

_BATCH_ROWS = 1 << 16
_PAIR_COLUMNS = ("type_id", "category", "label", "engagement_type", DELETED)
_STAGE_COLUMNS = (
    "pipeline_id",
    "stage_id",
    "label",
    "display_order",
    "probability",
    "is_closed",
    "updated_at",
)


def is_folded(system: str, table: str) -> bool:
    """Whether the table is one of several that make an object."""
    return system == "hubspot" and (table in HUBSPOT_PAIRS or table in HUBSPOT_PIPELINES)


class Spool:
    """Rows of files in tables of a database on disk, so that memory does not grow with the files."""

    def __init__(self, entry: SourceEntry, progress: Progress) -> None:
        self._entry, self._progress = entry, progress
        self._rejected: list[Rejected] = []
        self._warnings: list[str] = []

    def __enter__(self) -> "Spool":
        self._folder = tempfile.TemporaryDirectory(prefix="fivetran-")
        self._connection = duckdb.connect(str(Path(self._folder.name) / "spool.duckdb"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
        self._folder.cleanup()

    def load(self, table: str, parts: Sequence[Part], needed: Sequence[str]) -> list[str]:
        """Fill a table from files; returns its columns. `needed`: columns it has even where no file does."""
        names: dict[str, str] = {}
        for part in parts:
            for name in header_of(part.file, self._entry.name, part.sheet):
                names.setdefault(name.lower(), name)
        header = list(names.values())
        every = header + [name for name in needed if name not in names]
        columns = ", ".join('"' + name.replace('"', '""') + '" varchar' for name in every)
        self._connection.execute(
            f'create table "{table}" ({columns}, {SOURCE_FILE} varchar, {SOURCE_ROW} bigint)'
        )
        for part in parts:
            self._progress(f"{self._entry.name}: reading {part.file.name}")
            for batch in read_file(part.file, self._entry.name, part.sheet):
                self._rejected += batch.rejected
                self._warnings += batch.warnings
                self._connection.register("arrived", batch.rows)
                self._connection.execute(f'insert into "{table}" by name select * from arrived')
                self._connection.unregister("arrived")
        return header

    def batches(self, sql: str) -> Iterator[Batch]:
        """The rows of a query over the tables; what was rejected while they were filled comes first."""
        reader = self._connection.execute(sql).to_arrow_reader(_BATCH_ROWS)
        yield Batch(reader.schema.empty_table(), tuple(self._rejected), warnings=tuple(self._warnings))
        for rows in reader:
            yield Batch(pa.Table.from_batches([rows]))


def folded_feeds(
    entry: SourceEntry, tables: Mapping[str, Sequence[Part]], progress: Progress, warnings: tuple[str, ...]
) -> Iterator[ObjectFeed]:
    """Feeds of pipelines and associations, as far as the tables are there. `warnings`: for the first."""
    groups = {"pipelines": HUBSPOT_PIPELINES, "associations": tuple(HUBSPOT_PAIRS)}
    for name, members in groups.items():
        found = {table: tables[table] for table in members if table in tables}
        if found:
            rows = _pipelines if name == "pipelines" else _associations
            yield ObjectFeed(
                system=entry.system,
                object=name,
                key=objects_of(entry.system)[name].key,
                is_complete=entry.is_complete,
                batches=rows(entry, found, progress),
                files=tuple(part.file.name for parts in found.values() for part in parts),
                warnings=warnings,
            )
            warnings = ()


def _associations(
    entry: SourceEntry, tables: Mapping[str, Sequence[Part]], progress: Progress
) -> Iterator[Batch]:
    with Spool(entry, progress) as spool:
        for table, parts in tables.items():
            pair = HUBSPOT_PAIRS[table]
            spool.load(table, parts, (*_PAIR_COLUMNS, pair.from_id, pair.to_id))
        yield from spool.batches(
            'select "fromObjectType", "fromObjectId", "toObjectType", to_json(list(ends order by to_id))'
            f' as "to", min({SOURCE_FILE}) as {SOURCE_FILE}, min({SOURCE_ROW}) as {SOURCE_ROW} from ('
            + " union all ".join(_ends_sql(table, HUBSPOT_PAIRS[table]) for table in tables)
            + ") group by 1, 2, 3"
        )


def _ends_sql(table: str, pair: PairShape) -> str:
    """Grain: record × other end. A pair may be associated in several ways, one row each."""
    kind = f"'{pair.from_type}'"
    if pair.from_type == "engagement_type":
        kind = "lower(coalesce(engagement_type, 'engagement')) || 's'"
    primary = "null"
    if pair.primary_type_id:
        primary = f"case when type_id = '{pair.primary_type_id}' then 'Primary' end"
    ways = (
        "list({'category': category, 'typeId': type_id, 'label': coalesce(label, " + primary + ")}"
        " order by type_id)"
    )
    return (
        f'select {kind} as "fromObjectType", {pair.from_id} as "fromObjectId",'
        f" '{pair.to_type}' as \"toObjectType\", {pair.to_id} as to_id,"
        f" {{'toObjectId': {pair.to_id}, 'associationTypes': {ways}}} as ends,"
        f" min({SOURCE_FILE}) as {SOURCE_FILE}, min({SOURCE_ROW}) as {SOURCE_ROW}"
        f" from \"{table}\" where coalesce(lower({DELETED}), 'false') <> 'true' group by 1, 2, 3, 4"
    )


def _pipelines(
    entry: SourceEntry, tables: Mapping[str, Sequence[Part]], progress: Progress
) -> Iterator[Batch]:
    """Stages of a pipeline that is not listed make one without a label."""
    with Spool(entry, progress) as spool:
        for table in HUBSPOT_PIPELINES:
            spool.load(table, tables.get(table, ()), (*_STAGE_COLUMNS, DELETED))
        stage = (
            "{'id': stage_id, 'label': label, 'displayOrder': display_order,"
            " 'metadata': {'probability': probability, 'isClosed': lower(is_closed)}}"
        )
        yield from spool.batches(
            f"with s as (select pipeline_id, to_json(list({stage} order by stage_id)) as stages,"
            f" max(updated_at) as updated_at, min({SOURCE_FILE}) as f, min({SOURCE_ROW}) as r"
            " from deal_pipeline_stage group by 1)"
            " select 'deals' as \"objectType\", coalesce(p.pipeline_id, s.pipeline_id) as id, p.label,"
            ' p.display_order as "displayOrder", s.stages, lower(p._fivetran_deleted) as archived,'
            ' greatest(p.updated_at, s.updated_at) as "updatedAt",'
            f" coalesce(p.{SOURCE_FILE}, s.f) as {SOURCE_FILE}, coalesce(p.{SOURCE_ROW}, s.r) as {SOURCE_ROW}"
            " from deal_pipeline p full join s on p.pipeline_id = s.pipeline_id"
        )
