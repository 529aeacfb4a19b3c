"""Tables that Fivetran replicated from Salesforce or HubSpot, exported as files: `layout: fivetran`.

Belongs here: what turns such tables into the vendor's objects, so that everything after landing is that
of the API and the export. The names are in `fivetran_names`, tables that are put together (associations,
pipelines) in `fivetran_folds`.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import duckdb

from orchestration.catalog import objects_of
from orchestration.errors import PipelineError
from orchestration.records import SOURCE_FILE, SOURCE_ROW, Batch, ObjectFeed
from orchestration.sources.crm.fivetran_folds import Spool, folded_feeds, is_folded
from orchestration.sources.crm.fivetran_names import (
    ACTIVE,
    DELETED,
    DELETED_FLAG,
    END,
    HUBSPOT_TABLES,
    START,
    TableShape,
    salesforce_tables,
    table_name,
)
from orchestration.sources.exports import Part, Progress, parts_of
from orchestration.sources.files import find_files, header_of, not_read, read_file
from orchestration.sources_file import SourceEntry

_OWN = (SOURCE_FILE, SOURCE_ROW)


def fivetran_feeds(entry: SourceEntry, progress: Progress) -> Iterator[ObjectFeed]:
    """One feed per object of the vendor that the tables hold; the first names the files that were not read.

    A table with `_fivetran_start` holds versions: each lands as a version of its record, modified when it
    began, and one more for a record that ended without another: deleted. Raises PipelineError where no
    file is a known table, or a table lacks the columns of its key.
    """
    assert entry.path is not None  # noqa: S101 - the sources file requires it
    files = find_files(entry.path, entry.name, encoding=entry.encoding)
    shapes = salesforce_tables() if entry.system == "salesforce" else dict(HUBSPOT_TABLES)

    def is_table(name: str) -> bool:
        table = table_name(name)
        return table in shapes or table.removesuffix("_history") in shapes or is_folded(entry.system, table)

    plain: dict[str, list[tuple[TableShape, Part]]] = {}
    folded: dict[str, list[Part]] = {}
    for part in parts_of(files, entry.name, is_table):
        table = table_name(part.name)
        shape = _shape_of(entry, shapes, table, part)
        if shape is not None:
            _check_key(entry, shape, part)
            plain.setdefault(shape.object, []).append((shape, part))
        elif is_folded(entry.system, table):
            folded.setdefault(table, []).append(part)
    if not plain and not folded:
        raise PipelineError(
            f"Source {entry.name}: none of the {len(files)} files in {entry.path} is a table that Fivetran"
            f" fills from {entry.system} (found: {', '.join(file.name for file in files[:10])}).",
            f"Name the files after the tables: {', '.join(sorted(shapes))}.",
        )
    taken = {part.file.name for parts in plain.values() for _, part in parts}
    taken |= {part.file.name for parts in folded.values() for part in parts}
    warnings = not_read([file for file in files if file.name not in taken])
    for name, spec in objects_of(entry.system).items():
        if name in plain:
            yield ObjectFeed(
                system=entry.system,
                object=name,
                key=spec.key,
                is_complete=entry.is_complete,
                batches=_batches(entry, plain[name], progress),
                files=tuple(dict.fromkeys(part.file.name for _, part in plain[name])),
                warnings=warnings,
            )
            warnings = ()
    yield from folded_feeds(entry, folded, progress, warnings)


def _shape_of(
    entry: SourceEntry, shapes: Mapping[str, TableShape], table: str, part: Part
) -> TableShape | None:
    """`opportunity_history` is two things: OpportunityHistory, and Fivetran's versions of opportunities,
    which have a beginning and no column of another record's id."""
    base = table.removesuffix("_history")
    if base != table and base in shapes:
        header = {name.lower() for name in header_of(part.file, entry.name, part.sheet)}
        if START in header and f"{base}_id" not in header:
            return shapes[base]
    return shapes.get(table)


def _check_key(entry: SourceEntry, shape: TableShape, part: Part) -> None:
    header = {name.lower() for name in header_of(part.file, entry.name, part.sheet)}
    for target in objects_of(entry.system)[shape.object].key:
        sources = shape.columns.get(target, (target.lower(),))
        if target not in shape.constants and not header & set(sources):
            raise PipelineError(
                f"Source {entry.name}, file {part.file.name}: column {sources[0]}, which identifies its"
                " records, is missing.",
                f"Export the table with {sources[0]}, or take the file out of the folder.",
            )


def _batches(
    entry: SourceEntry, parts: Sequence[tuple[TableShape, Part]], progress: Progress
) -> Iterator[Batch]:
    versions = []
    with duckdb.connect() as connection:
        for shape, part in parts:
            header = header_of(part.file, entry.name, part.sheet)
            if START in {name.lower() for name in header} and not shape.is_events:
                versions.append((shape, part))
                continue
            progress(f"{entry.name}: reading {part.file.name}")
            select = ", ".join(_columns(entry.system, shape, header))
            for batch in read_file(part.file, entry.name, part.sheet):
                rows = connection.from_arrow(batch.rows).query("rows", f"select {select} from rows")
                yield Batch(rows.to_arrow_table(), batch.rejected, warnings=batch.warnings)
    if versions:
        yield from _versions(entry, versions[0][0], [part for _, part in versions], progress)


def _versions(
    entry: SourceEntry, shape: TableShape, parts: Sequence[Part], progress: Progress
) -> Iterator[Batch]:
    """All versions of all files together: whether a record ended is seen only among all its versions.
    The row that says so bears the number of the last version with a minus."""
    spec = objects_of(entry.system)[shape.object]
    with Spool(entry, progress) as spool:
        header = spool.load("versions", parts, (START, END, ACTIVE))
        key = _quoted(shape.columns[spec.key[0]][0])
        flag = DELETED_FLAG[entry.system]
        columns = partial(_columns, entry.system, shape, header, modified=spec.modified)
        ended = (
            f"lower({ACTIVE}) = 'false' and (next_start is null"
            f" or next_start > try_cast({END} as timestamp) + interval 1 second)"
        )
        yield from spool.batches(
            f"with v as (select *, lead(try_cast({START} as timestamp)) over (partition by {key}"
            f" order by try_cast({START} as timestamp)) as next_start from versions)"
            f" select {', '.join(columns(modified_from=START, flag=(flag, None)))} from v"
            f" union all by name select {', '.join(columns(modified_from=END, flag=(flag, 'true')))}"
            f" from v where {ended}"
        )


def _columns(
    system: str,
    shape: TableShape,
    header: Sequence[str],
    *,
    modified: str | None = None,
    modified_from: str | None = None,
    flag: tuple[str, str | None] | None = None,
) -> list[str]:
    """The select list: the vendor's columns, then every other under its own name. `flag`: the column that
    says deleted, and its value (None: as the version has it)."""
    present = {name.lower(): name for name in header}
    chosen: dict[str, str] = {}
    used: set[str] = set()
    for target, sources in shape.columns.items():
        found = [present[name] for name in sources if name in present]
        if found:
            chosen[target] = f"coalesce({', '.join(map(_quoted, found))})"
            used.add(found[0])
    chosen.update({target: f"'{text}'" for target, text in shape.constants.items()})
    if modified and modified_from:
        chosen[modified] = _quoted(modified_from)
    name, value = flag or (DELETED_FLAG[system], None)
    if name in objects_of(system)[shape.object].types:
        own = [present[column] for column in ("is_deleted", DELETED) if column in present]
        used.update(own)
        signs = [f"lower({_quoted(column)}) = 'true'" for column in own]
        if flag is None:
            active = [present[column] for column in shape.active if column in present]
            signs.extend(f"lower({_quoted(column)}) = 'false'" for column in active)
        chosen[name] = f"'{value}'" if value else f"case when {' or '.join(signs) or 'false'} then 'true' end"
    taken = {target.lower() for target in chosen}
    for column in header:
        if column in used and not column.startswith("_fivetran"):
            continue
        plain = column.removeprefix("property_") if system == "hubspot" else column
        target = column if plain.lower() in taken else plain
        if target.lower() not in taken:
            taken.add(target.lower())
            chosen[target] = _quoted(column)
    types = objects_of(system)[shape.object].types
    for target, sql in chosen.items():
        if types.get(target) == "timestamp":
            chosen[target] = _in_utc(sql)
    row = f"-{SOURCE_ROW}" if value else SOURCE_ROW
    return [f"{sql} as {_quoted(target)}" for target, sql in chosen.items()] + [
        SOURCE_FILE,
        f"{row} as {SOURCE_ROW}",
    ]


def _in_utc(sql: str) -> str:
    """Fivetran writes moments in UTC, and an export may leave the zone out: then it is said here, since the
    source's own zone is that of the CRM's days."""
    is_without_zone = (
        f"{sql} like '____-__-_____:__%' and right({sql}, 1) between '0' and '9'"
        f" and not contains({sql}, '+') and not contains(substr({sql}, 11), '-')"
    )
    return f"case when {is_without_zone} then {sql} || 'Z' else {sql} end"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
