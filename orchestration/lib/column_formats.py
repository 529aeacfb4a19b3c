"""How the text columns of a file source are to be read: day or month first, comma or point.

Decided once per build, for a whole column of a source instance, from the rows that leave no doubt;
where none does, the sources file must say (`date_order`, `decimal_separator`), or the other columns:
of dates those of the same object, of numbers those of the source too. Never per row.
Belongs here: the decision. The parsing itself is dbt's (`macros/parse`).
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.catalog import objects_of
from orchestration.errors import PipelineError
from orchestration.sources_file import SourceEntry, SourcesFile

_TIMES = ("date", "month", "timestamp")
_NUMBERS = ("decimal", "percent", "integer")
FILE_SYSTEMS = ("salesforce", "hubspot", "zoho", "csv_mapping", "planning")
# Written by people, or by an export in the language of its reader.
_HAND_KEPT = ("csv_mapping", "planning")
# Sums of money, which bear thousands sooner than thousandths - but in these currencies, whose smallest coin
# is one.
_SUMS = ("amount", "list_amount", "annual_revenue")
_OF_THOUSANDTHS = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
_PRICES = ("list_price", "unit_price", "price")

# Two numbers and a year: 1/11/2021, 02/23/26 08:55 PM, 5.1.2026, 05-01-2026.
_TWO_FIRST = r"^\s*(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})(\D|$)"
# 2026-05-01 and what follows: no value of that form can be one of the above.
_ISO = r"^\d{4}-\d{1,2}-\d{1,2}"
# Any other form that macros/parse reads: ISO, 2021-01 for a month, 20210105, 2021/01/05, 04 Apr, 2021,
# 5. März 2026, 12 de mayo de 2026, April 4 2021, Monday, April 4th, 2021, Excel's number of a day, 45293 or
# 45293.5, seconds and milliseconds since 1970. Where a column holds months also Jan-26, März 2026, 01/2026.
_OTHER_FORM = (
    r"^\s*(\d{4}-\d{2}\s*$|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{8}(\D|$)"
    r"|([A-Za-z]+[., ]+)?\d{1,2}(st|nd|rd|th|er)?[. /\-]+(de |of )?[A-Za-zÀ-ÿ]{3,10}"
    r"|([A-Za-z]+[., ]+)?[A-Za-zÀ-ÿ]{3,10}[. ]+\d{1,2}"
    r"|[2-7]\d{4}([.,]\d+)?\s*$|1\d{9}(\d{3})?\s*$|(19|20|21)\d{10}(\d{2})?\s*$)"
)
_MONTH_ALONE = r"^\s*(\pL{3,10}[^\pL\d]+(\d{2}|\d{4})|\d{1,2}[/.\-]\d{4})\s*$"


@dataclass(frozen=True)
class ColumnFormats:
    """Decisions in the build manifest's form: one record per (system, object, column, instance)."""

    date_orders: list[dict[str, str]]
    decimal_commas: list[dict[str, str]]


@dataclass(frozen=True)
class _Column:
    entry: SourceEntry
    system: str
    object: str
    # as the source, the catalog or the mapping names it, whatever the case in the file; several where they
    # fill the same field, so that one decision holds for all of them
    names: tuple[str, ...]
    field: str  # as the catalog names it
    kind: str  # one of _TIMES or _NUMBERS

    @property
    def name(self) -> str:
        return " or ".join(self.names)

    @property
    def of_object(self) -> tuple[str, str, str]:
        return self.entry.name, self.system, self.object

    def where(self) -> list[dict[str, str]]:
        place = {"system": self.system, "object": self.object}
        return [{**place, "column": name, "source_instance": self.entry.name} for name in self.names]


_Profiled = tuple[_Column, dict[str, Any]]  # a column, and the counts of its values


def decide_formats(
    landing: dict[str, dict[str, list[dict[str, Any]]]], sources: SourcesFile
) -> ColumnFormats:
    """Look at every date and money column of the landed files of file sources.

    `landing` as in the build manifest: system -> object -> [{source_instance, files, load_ids}]. Raises one
    PipelineError that lists every column that cannot be read at all, or in two ways.
    """
    times: list[_Profiled] = []
    numbers: list[_Profiled] = []
    # by source: whether all its dates of two numbers and a year have points
    dotted_dates: dict[str, bool] = {}
    problems: list[str] = []
    entries = {entry.name: entry for entry in sources.sources}
    with duckdb.connect() as connection:
        for columns, part in _typed_columns(landing, entries):
            for column, counts in _profile(connection, columns, part):
                if column.kind in _TIMES:
                    times.append((column, counts))
                    if counts["two_first"]:
                        name = column.entry.name
                        has_points = counts["dotted"] == counts["two_first"]
                        dotted_dates[name] = has_points and dotted_dates.get(name, True)
                else:
                    numbers.append((column, counts))
    date_orders = [
        {**place, "order": order}
        for column, counts in times
        if (order := _date_order(column, counts, times, problems))
        for place in column.where()
    ]
    decimal_commas = [
        place
        for column, counts in numbers
        if _has_decimal_comma(
            column,
            counts,
            numbers=numbers,
            has_dotted_dates=dotted_dates.get(column.entry.name, False),
            currency=column.entry.currency or sources.reporting.currency,
            problems=problems,
        )
        for place in column.where()
    ]
    if problems:
        raise PipelineError(
            "\n".join(problems),
            "Correct the file, or say in the sources file how that source writes dates and numbers:"
            ' `date_order: dmy` or `date_order: mdy`, `decimal_separator: ","` or `decimal_separator: "."`;'
            " map a column that holds no dates to another field.",
        )
    return ColumnFormats(date_orders, decimal_commas)


def _typed_columns(
    landing: dict[str, dict[str, list[dict[str, Any]]]], entries: dict[str, SourceEntry]
) -> Iterator[tuple[list[_Column], dict[str, Any]]]:
    for system in sorted(set(landing) & set(FILE_SYSTEMS)):
        for object_name, parts in sorted(landing[system].items()):
            spec = objects_of(system).get(object_name)
            for part in parts if spec else ():
                entry = entries[part["source_instance"]]
                types = dict(spec.types) if spec else {}
                if system == "csv_mapping":
                    mapped = entry.objects[object_name].columns
                else:
                    mapped = {name: (name,) for name in types}
                typed = {name: of for name, of in mapped.items() if types[name] in (*_TIMES, *_NUMBERS)}
                columns = [
                    _Column(entry, system, object_name, names, field, types[field])
                    for names, field in sorted(_columns_by_field(typed))
                ]
                if columns and part["files"]:
                    yield columns, part


def _columns_by_field(mapped: Mapping[str, tuple[str, ...]]) -> list[tuple[tuple[str, ...], str]]:
    """Source columns that are decided on together, each in one place only, with a field that they fill: those
    of one field, and where they fill another one too, those of that."""
    groups: list[tuple[tuple[str, ...], str]] = []
    for field, columns in mapped.items():
        shared = [group for group in groups if set(group[0]) & set(columns)]
        names = dict.fromkeys(name for group in (*shared, (columns, field)) for name in group[0])
        groups = [*(group for group in groups if group not in shared), (tuple(names), field)]
    return groups


def _profile(
    connection: duckdb.DuckDBPyConnection, columns: list[_Column], part: dict[str, Any]
) -> Iterator[_Profiled]:
    """One pass over the rows; counts per column, as `_date_counts` and `_decimal_counts` name them."""
    files = part["files"]
    relation = "read_parquet($files, union_by_name = true)"
    present = {
        row[0].lower()
        for row in connection.execute(f"describe select * from {relation}", {"files": files}).fetchall()
    }
    places = [(column, name) for column in columns for name in column.names if name.lower() in present]
    if not places:
        return
    packs, shortened = [], []
    for index, (column, name) in enumerate(places):
        text = '"' + name.replace('"', '""') + '"'
        if column.kind in _TIMES:
            # almost every value there is, and plain: asked once each, not by the nine questions that follow
            shortened.append(
                f"case when regexp_matches({text}, '{_ISO}') then null else {text} end as odd{index},"
                f" {text} is not null and odd{index} is null as is_iso{index}"
            )
            counts = _date_counts(f"odd{index}", f"is_iso{index}", column.kind)
        else:
            counts = _decimal_counts(text, column.kind)
        packs.append("{" + ", ".join(f"'{name}': {sql}" for name, sql in counts.items()) + f"}} as c{index}")
    loads = part.get("load_ids")
    within = "" if loads is None else " and list_contains($loads, _dlt_load_id)"
    row = connection.execute(
        f"select {', '.join(packs)}"
        f" from (select {', '.join(['*', *shortened])} from {relation} where _change = 'upsert'{within})",
        {"files": files} if loads is None else {"files": files, "loads": loads},
    ).fetchone()
    for column, found in itertools.groupby(zip(places, row or (), strict=True), key=lambda item: item[0][0]):
        yield column, _added([counts for _, counts in found])


def _added(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Counts of several columns as those of one; of examples and files the first."""
    first, *others = found
    if not others:
        return first
    told = {name: [counts[name] for counts in found if counts[name] is not None] for name in first}
    return {
        name: sum(values) if values and isinstance(values[0], int) else min(values, default=None)
        for name, values in told.items()
    }


def _date_counts(text: str, is_iso: str, kind: str) -> dict[str, str]:
    """`text`: the value where it does not begin as an ISO date does, else null and `is_iso`."""
    other = f"{_OTHER_FORM}|{_MONTH_ALONE}" if kind == "month" else _OTHER_FORM
    first = f"try_cast(regexp_extract({text}, '{_TWO_FIRST}', 1) as integer)"
    second = f"try_cast(regexp_extract({text}, '{_TWO_FIRST}', 2) as integer)"
    two_first = f"regexp_matches({text}, '{_TWO_FIRST}')"
    in_doubt = f"{two_first} and {first} <= 12 and {second} <= 12 and {first} <> {second}"
    return {
        "filled": f"count(*) filter ({is_iso} or trim({text}) <> '')",
        "two_first": f"count(*) filter ({two_first})",
        "day_first": f"count(*) filter ({two_first} and {first} > 12 and {second} <= 12)",
        "month_first": f"count(*) filter ({two_first} and {second} > 12 and {first} <= 12)",
        "neither": f"count(*) filter ({two_first} and {first} > 12 and {second} > 12)",
        "in_doubt": f"count(*) filter ({in_doubt})",
        "dotted": f"count(*) filter ({two_first} and regexp_matches({text}, '^\\s*\\d+\\.\\d+\\.'))",
        "first_varies": f"count(*) filter ({two_first} and {first} <> 1)",
        "second_varies": f"count(*) filter ({two_first} and {second} <> 1)",
        "other_form": f"count(*) filter ({is_iso} or regexp_matches({text}, '{other}'))",
        "example": f"min({text}) filter (trim({text}) <> '')",
        "doubtful_example": f"min({text}) filter ({in_doubt})",
        "files": "min(_source_file)",
    }


def _decimal_counts(text: str, kind: str) -> dict[str, str]:
    """Values that only one reading allows: 3,5, 0,925, 1234,567, 1.234,5, 1.234.- and 1.234.567
    against the same with the marks exchanged; of a whole number also 1.250 and 1,250, of a share
    12,500 and 12.500. And those that both allow."""
    comma = r"\d,(\d{1,2}|\d{4,}|[-–—]+)\D*$|\d\.\d{3}([.,]\d|\.[-–—])|(^|[^\d.,])0,\d|\d{4},\d{3}\D*$"
    point = r"\d\.(\d{1,2}|\d{4,}|[-–—]+)\D*$|\d,\d{3}[.,]\d|(^|[^\d.,])0\.\d|\d{4}\.\d{3}\D*$"
    if kind == "integer":
        no_fraction = r"(\d\d[1-9]|\d[1-9]\d|[1-9]\d\d)\D*$"
        comma, point = rf"{comma}|\d\.{no_fraction}", rf"{point}|\d,{no_fraction}"
    if kind == "percent":
        comma, point = rf"{comma}|\d,\d{{3}}\D*$", rf"{point}|\d\.\d{{3}}\D*$"
    pointed, with_comma = r"^\D*[1-9]\d{0,2}\.\d{3}\D*$", r"^\D*[1-9]\d{0,2},\d{3}\D*$"
    return {
        "comma": f"count(*) filter (regexp_matches({text}, '{comma}'))",
        "point": f"count(*) filter (regexp_matches({text}, '{point}'))",
        "either_pointed": f"count(*) filter (regexp_matches({text}, '{pointed}'))",
        "either_with_comma": f"count(*) filter (regexp_matches({text}, '{with_comma}'))",
        "ungrouped": f"count(*) filter (regexp_matches({text}, '^\\D*\\d{{4,}}\\D*$'))",
        "doubtful_example": f"min({text}) filter (regexp_matches({text}, '{pointed}|{with_comma}'))",
        "files": "min(_source_file)",
    }


def _date_order(
    column: _Column, counts: dict[str, Any], times: Sequence[_Profiled], problems: list[str]
) -> str | None:
    """dmy or mdy, by the column's own values, the sources file, the other dates of the object; None where the
    column needs no decision. Adds to `problems` what cannot be read."""
    where = f"Source {column.entry.name}, file {counts['files'] or column.object}, column {column.name}"
    readable = counts["two_first"] - counts["neither"] + counts["other_form"]
    if counts["filled"] and not readable:
        problems.append(
            f"{where}: none of its {counts['filled']:,} values can be read as a date"
            f" (for example {str(counts['example'])[:40]!r})."
        )
        return None
    if own := _own_order(counts):
        return own
    if column.entry.date_order or not counts["in_doubt"]:
        return column.entry.date_order
    order = _order_by_others(column, counts, times)
    if order is None:
        problems.append(
            f"{where}: {counts['in_doubt']:,} values such as {counts['doubtful_example']!r} can be read"
            " day first or month first, and no value of the column decides it."
        )
    return order


def _order_by_others(column: _Column, counts: Mapping[str, Any], times: Sequence[_Profiled]) -> str | None:
    """dmy or mdy of a column whose values can be either, by what they are and by the other dates."""
    if column.kind == "month" and not (counts["first_varies"] and counts["second_varies"]):
        return "dmy" if counts["second_varies"] else "mdy"  # 1/2/2026, 1/3/2026: first days
    if counts["dotted"] == counts["two_first"]:
        return "dmy"  # 5.1.2026: no country writes the month first with points
    # one program wrote the table; dates with points say nothing of those without
    orders = {
        _own_order(seen)
        for other, seen in times
        if other.of_object == column.of_object and seen["dotted"] < seen["two_first"]
    } - {None}
    return orders.pop() if len(orders) == 1 else None


def _own_order(counts: Mapping[str, Any]) -> str | None:
    if counts["day_first"] == counts["month_first"]:
        return None
    return "dmy" if counts["day_first"] > counts["month_first"] else "mdy"


def _has_decimal_comma(
    column: _Column,
    counts: dict[str, Any],
    *,
    numbers: Sequence[_Profiled],
    has_dotted_dates: bool,
    currency: str,
    problems: list[str],
) -> bool:
    """By the column's own values, the sources file, the other numbers of the object, of the source, its
    dates; in that order. Adds to `problems` a column in which 1.500 can be either and nothing tells."""
    entry = column.entry
    if counts["comma"] != counts["point"]:
        return bool(counts["comma"] > counts["point"])
    pointed, with_comma = counts["either_pointed"], counts["either_with_comma"]
    if entry.decimal_separator or not (pointed or with_comma):
        return entry.decimal_separator == ","
    of_source = [(other, seen) for other, seen in numbers if other.entry.name == entry.name]
    of_object = [seen for other, seen in of_source if other.of_object == column.of_object]
    for siblings in (of_object, [seen for _, seen in of_source]):
        commas, points = (sum(seen[mark] for seen in siblings) for mark in ("comma", "point"))
        if commas != points:
            return bool(commas > points)
    is_sum = column.field in _SUMS
    if has_dotted_dates and not (is_sum and with_comma):
        return True  # who writes 31.12.2026 writes 1.500,00
    if column.system not in _HAND_KEPT or column.kind != "decimal":
        return False
    if is_sum:
        is_doubtful = pointed and (with_comma or counts["ungrouped"] or currency in _OF_THOUSANDTHS)
    else:
        is_doubtful = pointed if column.field in _PRICES else with_comma and column.field == "rate"
    if is_doubtful:
        problems.append(
            f"Source {entry.name}, file {counts['files'] or column.object}, column {column.name}:"
            f" {pointed + with_comma:,} values such as {counts['doubtful_example']!r} can be read as"
            " thousands or as a number with three decimals, and nothing of the source decides it."
        )
    return bool(is_sum and pointed)
