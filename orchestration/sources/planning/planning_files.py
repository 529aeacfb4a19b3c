"""Planning files: quotas, teams, claims and the like, kept by people as CSVs or one workbook.

Belongs here: which file or sheet holds what. Reading is `files`, the objects are in the catalog.
"""

import re
from collections.abc import Iterator

from orchestration.catalog import objects_of
from orchestration.records import ObjectFeed
from orchestration.sources.exports import Progress, export_feeds
from orchestration.sources.files import find_files
from orchestration.sources_file import SourceEntry

# quotas_2026.csv, `Quotas FY2026`, quotas-2026-q1: of which time a file speaks, its rows say.
_YEAR = re.compile(r"[ _-]*(fy ?)?(19|20)\d{2}([ _-]?q[1-4]|([_-]\d{2}){1,2})?$")


def planning_feeds(entry: SourceEntry, progress: Progress) -> Iterator[ObjectFeed]:
    """Feeds of a folder with one CSV per object (`quotas.csv`), or a workbook with one sheet per
    object; see `export_feeds`."""
    assert entry.path is not None  # noqa: S101 - the sources file requires it
    catalog = objects_of("planning")

    def object_of(name: str) -> str | None:
        plain = _YEAR.sub("", name.strip().lower()).replace(" ", "_").replace("-", "_")
        return next((form for form in (plain, f"{plain}s") if form in catalog), None)

    return export_feeds(entry, find_files(entry.path, entry.name), catalog, object_of, progress)
