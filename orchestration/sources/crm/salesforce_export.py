"""Salesforce's data export: a folder, its zips, or single CSVs of objects.

Belongs here: which file holds which object. Reading is `files`, the objects are in the catalog.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from orchestration.catalog import ObjectSpec, objects_of
from orchestration.records import ObjectFeed
from orchestration.sources.exports import Progress, export_feeds
from orchestration.sources.files import find_files
from orchestration.sources_file import SourceEntry

# Salesforce removes their rows after 18 to 24 months, sooner by a retention policy, and a deal's with it:
# what is missing there was true all the same, and has not been deleted.
PURGED = frozenset({"LeadHistory", "OpportunityFieldHistory", "OpportunityHistory"})


def salesforce_feeds(
    entry: SourceEntry, progress: Progress, catalog: Mapping[str, ObjectSpec] | None = None
) -> Iterator[ObjectFeed]:
    """Feeds of a Salesforce export; see `export_feeds`. `catalog`: the objects, by default all known."""
    assert entry.path is not None  # noqa: S101 - the sources file requires it
    objects = objects_of("salesforce") if catalog is None else catalog
    names = {_plain(name): name for name in objects}
    feeds = export_feeds(
        entry,
        find_files(entry.path, entry.name, encoding=entry.encoding),
        objects,
        lambda stem: next((names[form] for form in _forms(stem) if form in names), None),
        progress,
    )
    for feed in feeds:
        yield replace(feed, keeps_missing=True) if feed.object in PURGED else feed


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _forms(stem: str) -> Iterator[str]:
    """What an object may be called where a file is named `stem`: without `sf_`, `_data` and a date, in the
    singular, without the number of a part."""
    name = re.sub(r"^(sf|extract|export)[_ -]", "", stem.lower())
    name = re.sub(r"[_ -]?(19|20)\d{2}[_.-]?\d{2}[_.-]?\d{2}([t_ -]?\d{4,6}z?)?(?=\D|$)", "", name)
    name = re.sub(r"([_ -](data|extract|export))?([_ -]?\(?\d{1,3}\)?)?$", "", name)
    plain = _plain(name)
    yield _plain(stem)
    yield plain
    yield plain.removesuffix("s")
    yield re.sub(r"ies$", "y", plain)
