"""Zoho CRM's export: a folder or zip with one CSV per module.

Belongs here: which file holds which module. Reading is `files`, the modules are in the catalog.
"""

import re
from collections.abc import Iterator, Mapping

from orchestration.catalog import ObjectSpec, objects_of
from orchestration.records import ObjectFeed
from orchestration.sources.exports import Progress, export_feeds
from orchestration.sources.files import find_files
from orchestration.sources_file import SourceEntry

# Zoho renamed these modules; exports of either age are around.
_OTHER_NAMES = {"deals": "potentials", "potentials": "deals", "meetings": "events", "events": "meetings"}


def zoho_feeds(
    entry: SourceEntry, progress: Progress, catalog: Mapping[str, ObjectSpec] | None = None
) -> Iterator[ObjectFeed]:
    """Feeds of a Zoho export; see `export_feeds`. `catalog`: the modules, by default all known."""
    assert entry.path is not None  # noqa: S101 - the sources file requires it
    objects = objects_of("zoho") if catalog is None else catalog
    names = {name.lower().replace(" ", "_"): name for name in objects}

    def module_of(stem: str) -> str | None:
        # Leads_001.csv is a part of a backup, Leads_2026_01_26.csv an export, `Leads (1).csv` a second
        # download. Deals__2026_01_26.csv keeps its `_`: the history of stages is no deals.
        name = re.sub(r"([_ -](19|20)\d{2}([_-]\d{2}){2})?([_ -]?\(?\d{1,3}\)?)?$", "", stem.strip().lower())
        name = name.replace(" ", "_").replace("-", "_")
        forms = (name, f"{name}s", _OTHER_NAMES.get(name, name))
        return next((names[form] for form in forms if form in names), None)

    return export_feeds(
        entry, find_files(entry.path, entry.name, encoding=entry.encoding), objects, module_of, progress
    )
