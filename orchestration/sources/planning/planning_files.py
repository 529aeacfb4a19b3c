"""Planning files: quotas, teams, claims and the like, kept by people as CSVs or one workbook.

Belongs here: which file or sheet holds what. Reading is `files`, the objects are in the catalog.
"""

import re
from collections.abc import Collection, Iterator, Sequence

from orchestration.catalog import objects_of
from orchestration.records import Batch, ObjectFeed
from orchestration.sources.exports import Progress, export_feeds
from orchestration.sources.files import find_files
from orchestration.sources.footers import without_sums
from orchestration.sources_file import SourceEntry

# quotas_2026.csv, `Quotas FY2026`, quotas-2026-q1: of which time a file speaks, its rows say.
_YEAR = re.compile(r"[ _-]*(fy ?)?(19|20)\d{2}([ _-]?q[1-4]|([_-]\d{2}){1,2})?$")

# Key columns with names that people give to things: Total is a company too.
_NAMES = ("account", "product")


def planning_feeds(entry: SourceEntry, progress: Progress) -> Iterator[ObjectFeed]:
    """Feeds of a folder with one CSV per object (`quotas.csv`), or a workbook with one sheet per
    object; see `export_feeds`."""
    assert entry.path is not None  # noqa: S101 - the sources file requires it
    catalog = objects_of("planning")

    def object_of(name: str) -> str | None:
        plain = _YEAR.sub("", name.strip().lower()).replace(" ", "_").replace("-", "_")
        return next((form for form in (plain, f"{plain}s") if form in catalog), None)

    def names_of(name: str, header: Sequence[str]) -> Sequence[str]:
        return _known_names(header, catalog[name].types)

    def change(name: str, batch: Batch) -> Batch:
        key = catalog[name].key[0]
        return without_sums(batch, key, names_may_be_sums=key in _NAMES)

    files = find_files(entry.path, entry.name)
    return export_feeds(entry, files, catalog, object_of, progress, names_of=names_of, change=change)


def _known_names(header: Sequence[str], known: Collection[str]) -> list[str]:
    """Columns as the catalog spells them: `Hours per week` is hours_per_week. Where two would become one both
    stay as they are."""
    plain = [re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_") for name in header]
    return [
        new if new in known and plain.count(new) == 1 else name
        for name, new in zip(header, plain, strict=True)
    ]
