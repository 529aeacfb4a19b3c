"""The published builds that a build may be compared with, from the ledger.

Belongs here: `builds/<build_id>/profile.json`, which of them are comparable, what is known to be deleted.
What is measured is `expectations.profile`, what a difference means `expectations.trends`.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from expectations.profile import Profile
from orchestration.lib import builds
from orchestration.settings import Settings
from orchestration.sources_file import SourceEntry, SourcesFile

WINDOW = 20  # builds: four working weeks of daily ones, so that a level that has moved becomes the usual one
_LOOKED_AT = 60  # a folder of a thousand builds is not read whole
# What may change in the sources file without changing what the tables are made of; a path may hold a date.
_NOT_CONTENT = {
    *("path", "required", "max_staleness_days"),
    *("lead_allowance", "lead_exemptions", "accept_shrink", "deadline_hours"),
}
_CARRIED = ("build_id", "as_of", "known_at", "started_at", "git_revision", "configuration")


def configuration(sources: SourcesFile) -> str:
    """Hash of what the sources file says of the content: other sources, mappings or reporting rules make
    other tables."""
    document = {
        "reporting": sources.reporting.model_dump(mode="json"),
        "sources": [_content(entry) for entry in sources.sources],
    }
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:16]


def write_profile(settings: Settings, manifest: Mapping[str, Any], tables: Profile) -> None:
    """`profile.json`: build_id, as_of, known_at, started_at, git_revision, configuration, deleted (source,
    then object in lower case, to records deleted so far), tables (see `expectations.profile`)."""
    document = {key: manifest.get(key) for key in _CARRIED}
    document |= {"deleted": _deleted(manifest), "tables": tables}
    builds.write_json(builds.build_dir(settings, manifest["build_id"]) / builds.PROFILE, document)


class PublishedHistory:
    """Profiles of the builds that were published before this one was planned and are comparable with it.

    Comparable: of the same configuration, and neither their `as_of` nor their `known_at` lies after this
    build's, so that one which looks back is held to builds that looked back as far. Oldest `as_of` first,
    the last WINDOW of them; a version that was rolled back does not count.
    """

    def __init__(self, settings: Settings, manifest: Mapping[str, Any]) -> None:
        self._settings = settings
        self._manifest = manifest
        self._accepted = manifest.get("accepted_changes", [])
        self.profiles = self._read()

    def __call__(self, check: str) -> Sequence[tuple[str, Profile]]:
        """(build id, profile) for a check, by its name: without builds up to an accepted change."""
        names = (check, check.partition(".")[0])
        after = max((item["after"] for item in self._accepted if item["check"] in names), default="")
        return [(each["build_id"], each["tables"]) for each in self.profiles if each["build_id"] > after]

    def explained(self, build_id: str, source: str, objects: Sequence[str]) -> int:
        """Records of the source known to be gone since that build: deletions that the source told of, in
        `objects` (lower case), and people who were erased."""
        before = next(each for each in self.profiles if each["build_id"] == build_id)
        now, then = _deleted(self._manifest).get(source, {}), before["deleted"].get(source, {})
        told = sum(max(now.get(name, 0) - then.get(name, 0), 0) for name in objects)
        return told + self._erased_since(before["started_at"])

    def _read(self) -> list[dict[str, Any]]:
        this = self._manifest
        earlier = [
            each
            for each in this.get("publications", [])
            if each["build_id"] != this["build_id"]
            and each["as_of"] <= this["as_of"]
            and each["known_at"] <= this["known_at"]
        ]
        earlier.sort(key=lambda each: (each["as_of"], each["published_at"]))
        found: list[dict[str, Any]] = []
        for publication in reversed(earlier[-_LOOKED_AT:]):
            path = builds.build_dir(self._settings, publication["build_id"]) / builds.PROFILE
            if len(found) < WINDOW and path.exists():
                profile = builds.read_json(path)
                if profile["configuration"] == this.get("configuration"):
                    found.append(profile)
        return found[::-1]

    def _erased_since(self, started_at: str) -> int:
        moment = datetime.fromisoformat(started_at)
        erasures = [builds.read_json(path) for path in sorted(self._settings.erasures.glob("*.json"))]
        return sum(each["records"] for each in erasures if _utc(each["erased_at"]) >= moment)


def _content(entry: SourceEntry) -> dict[str, Any]:
    document: dict[str, Any] = entry.model_dump(mode="json", exclude=_NOT_CONTENT, exclude_defaults=True)
    for mapped in document.get("objects", {}).values():
        del mapped["file"]
    return document


def _deleted(manifest: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    deleted: dict[str, dict[str, int]] = {}
    for load in manifest.get("loads", []):
        counts = deleted.setdefault(load["source_instance"], {})
        name = load["object"].lower()
        counts[name] = counts.get(name, 0) + load.get("deleted_count", 0)
    return deleted


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
