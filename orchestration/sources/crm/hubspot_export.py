"""HubSpot's exports from its lists of records: files with the labels that people see.

Belongs here: what turns such a file into the API's object: names of columns, HubSpot's own values, ids in
`Associated … IDs` as associations. So everything after landing is that of the API. Labels are in
`hubspot_labels`, values in `hubspot_values`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from orchestration.catalog import objects_of
from orchestration.errors import PipelineError
from orchestration.records import SOURCE_FILE, SOURCE_ROW, Batch, ObjectFeed
from orchestration.sources.crm.hubspot_api import ASSOCIATED
from orchestration.sources.crm.hubspot_labels import LABELS, SINGULAR, plain
from orchestration.sources.crm.hubspot_values import api_value
from orchestration.sources.exports import Part, Progress, columns_named_twice, parts_of
from orchestration.sources.files import find_files, header_of, not_read, read_file
from orchestration.sources_file import SourceEntry

_MAIN = "Primary"


@dataclass(frozen=True)
class _Table:
    """One file or sheet. `columns`: what lands, to its column; `ends`: (object, is the primary) to the
    column with ids of what a record is associated with."""

    name: str
    part: Part
    columns: Mapping[str, str]
    ends: Mapping[tuple[str, bool], str]
    is_known: bool
    warnings: tuple[str, ...]


def hubspot_export_feeds(entry: SourceEntry, progress: Progress) -> Iterator[ObjectFeed]:
    """One feed per object that the files hold, and one of the associations that they name; the first says
    which files were not read.

    A file is an object when its name says so, as in `hubspot-crm-exports-all-deals-2026-03-01.csv`. Raises
    PipelineError where no file is one, or one has no column with the record's id.
    """
    assert entry.path is not None  # noqa: S101 - the sources file requires it
    files = find_files(entry.path, entry.name, encoding=entry.encoding)
    tables: dict[str, list[_Table]] = {}
    for part in parts_of(files, entry.name, lambda name: _object_of(name) is not None):
        name = _object_of(part.name)
        if name is not None:
            tables.setdefault(name, []).append(_table(entry, name, part))
    if not tables:
        raise PipelineError(
            f"Source {entry.name}: none of the {len(files)} files in {entry.path} says in its name what of"
            f" HubSpot it holds (found: {', '.join(file.name for file in files[:10])}).",
            f"Name the files after the objects: {', '.join(LABELS)}.",
        )
    taken = {table.part.file.name for found in tables.values() for table in found}
    left = [file for file in files if file.name not in taken]
    warnings = not_read(left)
    if left:  # HubSpot names an export after the view that was exported
        warnings += (f"the name of a file must say one thing that it holds: {', '.join(LABELS)}",)
    for name in [name for name in objects_of("hubspot") if name in tables]:
        unknown = tuple(
            f"{table.part.file.name}: no column but the id is known; are the labels the English ones?"
            for table in tables[name]
            if not table.is_known
        )
        told = (*warnings, *unknown, *(text for table in tables[name] for text in table.warnings))
        yield _feed(entry, name, tables[name], _records(entry, tables[name], progress), told)
        warnings = ()
    linked = [table for found in tables.values() for table in found if table.ends]
    if linked:
        yield _feed(entry, "associations", linked, _associations(entry, linked))


def _feed(
    entry: SourceEntry,
    name: str,
    tables: Sequence[_Table],
    batches: Iterator[Batch],
    warnings: tuple[str, ...] = (),
) -> ObjectFeed:
    return ObjectFeed(
        system="hubspot",
        object=name,
        key=objects_of("hubspot")[name].key,
        is_complete=entry.is_complete,
        batches=batches,
        files=tuple(dict.fromkeys(table.part.file.name for table in tables)),
        warnings=warnings,
    )


def _object_of(stem: str) -> str | None:
    """The one object whose name stands in a file's name."""
    text = " ".join(re.findall(r"[a-z]+", stem.lower()))
    names = {name: [name.replace("_", " "), singular] for name, singular in SINGULAR.items()}
    names["owners"] += ["users", "user"]
    found = [name for name, forms in names.items() if re.search(rf"\b({'|'.join(forms)})\b", text)]
    return found[0] if len(found) == 1 else None


def _table(entry: SourceEntry, name: str, part: Part) -> _Table:
    header = header_of(part.file, entry.name, part.sheet)
    properties = objects_of("hubspot")[name].types
    singular = SINGULAR[name]
    wanted = {
        plain("Record ID"): "id",
        plain(f"{singular} ID"): "id",
        plain(f"{singular} owner"): "hubspot_owner_id",
        **{plain(property_name): property_name for property_name in properties},
        **{plain(label): target for label, target in LABELS[name].items()},
    }
    columns: dict[str, str] = {}
    for column in header:
        target = wanted.get(plain(column))
        if target in properties and target not in columns:
            columns[target] = column
    if name == "owners" and "email" in columns:  # lists of users may come without ids
        columns.setdefault("id", columns["email"])
    if "id" not in columns:
        raise PipelineError(
            f"Source {entry.name}, file {part.file.name}: column Record ID, which identifies its records, is"
            " missing.",
            f"Export the {name} with their Record ID and with column headers in English (the export asks for"
            " their language), or take the file out of the folder. Columns found:"
            f" {', '.join(header[:6])}.",
        )
    is_known = len(columns) > 1
    warnings = tuple(columns_named_twice(entry, part, columns.values()))
    if name == "deals" and is_known and not {"dealstage", "hs_is_closed"} & set(columns):
        # a view need not show it, and a deal that nothing calls closed is open: all of it would look rotten
        warnings += (f"{part.file.name}: no column Deal Stage, so every deal counts as open; export it too",)
    used, landed = set(columns.values()), {target.lower() for target in columns}
    for column in header:
        if column not in used:
            target = f"export_{column}" if column.lower() in landed else column
            landed.add(target.lower())
            columns[target] = column
    ends = {}
    for end in ASSOCIATED.get(name, ()):
        for column in header:
            told = plain(column)
            if plain(f"Associated {SINGULAR[end]} ID") == told.replace("primary", "").removesuffix("s"):
                ends[end, "primary" in told] = column
    return _Table(name, part, columns, ends, is_known, warnings)


def _records(entry: SourceEntry, tables: Sequence[_Table], progress: Progress) -> Iterator[Batch]:
    with duckdb.connect() as connection:
        for table in tables:
            progress(f"{entry.name}: reading {table.part.file.name}")
            select = ", ".join(
                f"{_value(target, table.columns)} as {_quoted(target)}" for target in table.columns
            )
            for batch in read_file(table.part.file, entry.name, table.part.sheet):
                rows = connection.from_arrow(batch.rows)
                chosen = rows.query("rows", f"select {select}, {SOURCE_FILE}, {SOURCE_ROW} from rows")
                yield Batch(chosen.to_arrow_table(), batch.rejected, warnings=batch.warnings)


# A property with a stage to the one with its pipeline.
_PIPELINES = {"dealstage": "pipeline", "hs_pipeline_stage": "hs_pipeline"}


def _value(target: str, columns: Mapping[str, str]) -> str:
    """SQL of a property. Behind a stage may stand its pipeline, `Closed Won (Sales Pipeline)`: stages are
    known by their names."""
    text = _quoted(columns[target])
    if _PIPELINES.get(target) not in columns:
        return api_value(target, text)
    behind = f"' (' || {_quoted(columns[_PIPELINES[target]])} || ')'"
    return f"case when ends_with({text}, {behind}) then left({text}, -length({behind})) else {text} end"


def _associations(entry: SourceEntry, tables: Sequence[_Table]) -> Iterator[Batch]:
    """One row per record and kind of other end, as the API gives them; of a partial export the empty ones
    too, which end what was there before. What could not be read was rejected with the records."""
    with duckdb.connect() as connection:
        for table in tables:
            for batch in read_file(table.part.file, entry.name, table.part.sheet):
                rows = connection.from_arrow(batch.rows)
                for end in dict.fromkeys(end for end, _ in table.ends):
                    main = _quoted_or_null(table.ends.get((end, True)))
                    others = _quoted_or_null(table.ends.get((end, False)))
                    found = rows.query("rows", _ASSOCIATION.format(
                        start=table.name, key=_quoted(table.columns["id"]), end=end, main=main, others=others,
                        with_empty=str(not entry.is_complete).lower(),
                    ))  # fmt: skip
                    yield Batch(found.to_arrow_table())


_ASSOCIATION = f"""
with ends as (
    select *, trim({{main}}) as _main,
        list_filter(list_transform(string_split(concat_ws(';', {{main}}, {{others}}), ';'), x -> trim(x)),
            x -> x <> '') as _ids
    from rows
)
select '{{start}}' as "fromObjectType", trim({{key}}) as "fromObjectId", '{{end}}' as "toObjectType",
    cast(to_json(list_transform(list_distinct(_ids), x -> {{{{
        'toObjectId': x,
        'associationTypes': case when x = _main then [{{{{'label': '{_MAIN}'}}}}] else [] end
    }}}})) as varchar) as "to",
    {SOURCE_FILE}, {SOURCE_ROW}
from ends
where trim({{key}}) <> '' and (len(_ids) > 0 or {{with_empty}})
"""


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quoted_or_null(name: str | None) -> str:
    return "cast(null as varchar)" if name is None else _quoted(name)
