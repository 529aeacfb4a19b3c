"""Published tables as CSV or Excel files, for people: no cell of them is a formula.

Belongs here: what is written beside the publication on request. What BI reads is `publisher`.

A spreadsheet runs a text that begins like a formula (OWASP, "CSV Injection"); names, titles and notes of
leads are typed by strangers. Such a text gets an apostrophe in front, which spreadsheets show as text.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import duckdb

from orchestration.errors import PipelineError
from orchestration.lib.content import quoted, text
from orchestration.lib.publisher import open_published
from orchestration.settings import Settings

FORMATS = ("csv", "xlsx")
EXCEL_ROWS = 1_048_576  # of a sheet, its header among them
# = + - @, their full-width forms, tab and carriage return, also behind blanks and quotes
FORMULA = r"^[\s'\"]*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]|^[\t\r]"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # XML has no way to write these


def export_tables(
    settings: Settings, folder: Path, file_format: str, tables: Sequence[str] = ()
) -> list[tuple[Path, int]]:
    """Write published tables (all of them by default) to `folder`, one file each.

    Returns (file, rows). `file_format`: `csv` (UTF-8, comma, header) or `xlsx`. Raises PipelineError where
    nothing is published, a table is not, one has more rows than a sheet of Excel, or the folder cannot be
    written.
    """
    if file_format not in FORMATS:
        raise PipelineError(
            f"{file_format} is not a format of export", f"Choose one of {', '.join(FORMATS)}."
        )
    with open_published(settings) as reader:
        known = {name for (name,) in reader.execute("select table_name from duckdb_tables()").fetchall()}
        path = reader.execute("select path from duckdb_databases() where path is not null").fetchone()
    unknown = sorted(set(tables) - known)
    if unknown or path is None:
        raise PipelineError(
            f"{', '.join(unknown)} is not published", f"Published are: {', '.join(sorted(known))}."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _written(path[0], folder, file_format, sorted(tables or known))
    except (OSError, duckdb.IOException) as error:
        raise PipelineError(
            f"{folder} cannot be written: {error}", "Give --to a folder that may be written and has space."
        ) from error


def _written(published: str, folder: Path, file_format: str, tables: Sequence[str]) -> list[tuple[Path, int]]:
    written = []
    with duckdb.connect(published, read_only=True) as connection:
        for table in tables:
            target = folder / f"{table}.{file_format}"
            relation = f"main.{quoted(table)}"
            rows = connection.execute(f"select count(*) from {relation}").fetchone() or (0,)
            select = f"select {', '.join(_columns(connection, relation))} from {relation}"
            if file_format == "csv":
                connection.execute(f"copy ({select}) to {text(target)} (format csv, header true)")
            else:
                if rows[0] >= EXCEL_ROWS:
                    raise PipelineError(
                        f"{table} has {rows[0]:,} rows; a sheet of Excel holds {EXCEL_ROWS:,}",
                        "Export it as csv.",
                    )
                _write_sheet(connection, select, table, target)
            written.append((target, int(rows[0])))
    return written


def _columns(connection: duckdb.DuckDBPyConnection, relation: str) -> list[str]:
    """Each column; a text that begins like a formula with an apostrophe in front."""
    described = connection.execute(f"describe select * from {relation}").fetchall()
    return [
        f"case when regexp_matches({quoted(name)}, {text(FORMULA)}) then '''' || {quoted(name)}"
        f" else {quoted(name)} end as {quoted(name)}"
        if kind == "VARCHAR"
        else quoted(name)
        for name, kind, *_ in described
    ]


def _write_sheet(connection: duckdb.DuckDBPyConnection, select: str, table: str, target: Path) -> None:
    from openpyxl import Workbook  # dear to import, and for this alone

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(table[:31])
    result = connection.execute(select)
    sheet.append([name for name, *_ in result.description or []])
    while rows := result.fetchmany(10_000):
        for row in rows:
            sheet.append([_cell(value) for value in row])
    workbook.save(target)


def _cell(value: object) -> object:
    if isinstance(value, str):
        return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", value)
    return str(value) if isinstance(value, list | dict) else value
