"""Sources of files for the tests: folders, workbooks, zips, and what is read of them."""

import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl

from orchestration.records import ObjectFeed
from orchestration.sources.registry import open_feeds
from orchestration.sources_file import SourceEntry

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def entry(system: str, path: Path, **more: Any) -> SourceEntry:
    return SourceEntry.model_validate({"name": "crm", "system": system, "path": path, **more})


def feeds_of(source: SourceEntry) -> dict[str, ObjectFeed]:
    return {feed.object: feed for feed in open_feeds(source, now=NOW, progress=lambda _: None)}


def rows_of(feed: ObjectFeed) -> list[dict[str, Any]]:
    return [row for batch in feed.batches for row in batch.rows.to_pylist()]


def files_with(folder: Path, contents: Mapping[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def workbook(path: Path, sheets: Mapping[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def zipped(path: Path, contents: Mapping[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in contents.items():
            archive.writestr(name, text)
    return path


def mapping(path: Path, **objects: Any) -> SourceEntry:
    return entry("csv_mapping", path, objects=objects)
