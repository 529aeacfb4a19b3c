"""Is there anything to do? What a run would read, held to what has been made from it already.

Belongs here: reasons to land a source or to build, in words, and the note that somebody looked and found
none. Whatever cannot be told for certain is a reason: work that was not needed costs minutes, work that
was left out is a wrong figure.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from orchestration.errors import PipelineError
from orchestration.lib import builds, version_files
from orchestration.lib.build_inputs import TIME_FORMAT, gather_inputs, resolve_as_of
from orchestration.lib.fingerprint import code_fingerprint
from orchestration.lib.ingest_ledger import completed_ingests
from orchestration.lib.landing_files import landing_files
from orchestration.lib.publisher import Publication, served
from orchestration.settings import POSTGRES_URL, Settings
from orchestration.sources_file import SourceEntry, SourcesFile

# When somebody looked, which changes nothing of what was found.
_OF_THE_LOOK = {"sources": ("last_ingest_at",), "loads": ("loaded_at", "unchanged_count")}
_IN_WORDS = {
    "as_of": "as_of has moved on",
    "known_at": "there is something new in landing",
    "is_known_at_chosen": "other loads are read",
    "landing": "there is something new in landing",
    "landing_digest": "there is something new in landing",
    "loads": "there is something new in landing",
    "code": "the code, or a package it runs on, is another",
    "home": "the data lies in another folder",
    "publish_contact_details": "PUBLISH_CONTACT_DETAILS is another",
}
_THE_SOURCES_FILE = "the sources file says something else, or a source has become too old"


@dataclass(frozen=True)
class Look:
    """What was found: what is served, and why a build is needed all the same (empty: it is not)."""

    publication: Publication | None
    reasons: tuple[str, ...]

    @property
    def is_nothing_new(self) -> bool:
        return not self.reasons


def look(
    settings: Settings,
    sources: SourcesFile,
    *,
    now: datetime,
    as_of: str | None = None,
    known_at: datetime | None = None,
    code: str | None = None,
) -> Look:
    """Would a build (`as_of`, `known_at`, `code` as `gather_inputs` takes them) make what is served?

    So it would where the newest build is the one that is served, its manifest names the same inputs, its
    files are as they were written, nobody has deleted the warehouse to have it made anew, and the PostgreSQL
    server has it too, where there is one. Never raises for what it finds: an error is a reason to build, and
    the build will say it.
    """
    publication = None
    try:
        publication = served(settings)
        if publication is None:
            return Look(None, ("nothing is served yet",))
        manifest = builds.read_manifest(settings, publication.build_id)
        moment = resolve_as_of(as_of or settings.as_of_text, sources, now).strftime(TIME_FORMAT)
        if manifest["as_of"] != moment:  # first, as it costs nothing: so it is where as_of is now
            return Look(publication, (_IN_WORDS["as_of"],))
        if not _is_newest_build(settings, publication.build_id):
            return Look(publication, ("a later build was not published, or was rolled back",))
        inputs = gather_inputs(settings, sources, now=now, as_of=as_of, known_at=known_at, code=code)
        reasons = _differences(_comparable(inputs), _comparable(manifest))
        return Look(publication, tuple(reasons or _damage(settings, publication)))
    except (PipelineError, OSError, ValueError, KeyError, TypeError) as error:
        return Look(publication, (f"it is not certain that nothing is new ({error})",))


def confirm(settings: Settings, look: Look, now: datetime) -> str:
    """Note that what is served was found up to date (`builds/<build>/confirmed.json`, the last time only);
    returns it in words."""
    publication = look.publication
    if publication is None or look.reasons:
        raise ValueError(f"not confirmed: {look}")
    moment = now.astimezone(UTC).strftime(TIME_FORMAT)
    path = builds.build_dir(settings, publication.build_id) / builds.CONFIRMED
    builds.write_json(path, {"build_id": publication.build_id, "confirmed_at": moment})
    return (
        f"Nothing has changed since build {publication.build_id}, published {publication.published_at[:19]}"
        f" UTC. It is still served: {publication.path}"
    )


def made_from(entry: SourceEntry, code: str | None = None) -> str | None:
    """What the records of a source are made from, where they are made here: the code and the options. None
    for a source that is read, which may say something else at any time."""
    if entry.system != "demo":
        return None
    content = f"{code or code_fingerprint()} {entry.model_dump_json()}"
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def landed_alike(settings: Settings, entry: SourceEntry, code: str | None = None) -> dict[str, Any] | None:
    """The last ingest of a source whose records would come out the same again: its record in the ledger.
    None where they might not, and where the source's loads must not get old."""
    made = made_from(entry, code)
    if made is None or entry.max_staleness_days is not None:
        return None
    try:
        records = completed_ingests(settings, entry.name)
        landing_files(settings, records)
    except (PipelineError, OSError):
        return None  # the ingest will say what is wrong with it
    return records[-1] if records and records[-1].get("made_from") == made else None


def _is_newest_build(settings: Settings, build_id: str) -> bool:
    """By name, which begins with the moment, and by the file's time: a clock may have been set back."""
    found = [(path.stat().st_mtime_ns, path.parent.name) for path in settings.builds.glob("*/manifest.json")]
    return {max(found)[1], max(name for _, name in found)} == {build_id}


def _comparable(document: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs as JSON has them, without what a mere look changes."""
    copied: dict[str, Any] = json.loads(json.dumps(document))
    for name, dropped in _OF_THE_LOOK.items():
        for row in copied[name]:
            for key in dropped:
                row.pop(key, None)
    return copied


def _differences(inputs: Mapping[str, Any], manifest: Mapping[str, Any]) -> list[str]:
    """Reasons for which the inputs are not those of the manifest, each once."""
    different = [name for name, value in inputs.items() if name not in manifest or manifest[name] != value]
    if inputs["landing_digest"] is None:  # landed before files had checksums
        different.append("landing_digest")
    return list(dict.fromkeys(_IN_WORDS.get(name, _THE_SOURCES_FILE) for name in different))


def _damage(settings: Settings, publication: Publication) -> list[str]:
    """What is not as the build left it, though its inputs are."""
    reasons = []
    if not version_files.is_as_written(publication.path.parent, publication.row_counts):
        reasons.append("the published files are not as they were written")
    if not settings.warehouse.is_file():
        reasons.append("the warehouse has been deleted")
    if settings.is_postgres_wanted and not reasons:
        from orchestration.lib.postgres import served_build

        if served_build(settings.secret(POSTGRES_URL)) != publication.build_id:
            reasons.append("the PostgreSQL server serves another build")
    return reasons
