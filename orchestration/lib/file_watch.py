"""Have new files arrived in a source's folder, and are they whole? No clock, no Dagster.

Belongs here: looking at a folder, and what to make of two looks. The sensor asks; reading the files is
`sources/files`.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_PARTIAL = (".part", ".partial", ".filepart", ".crdownload", ".tmp")  # names under which programs still write


@dataclass(frozen=True)
class Watched:
    """What is remembered of a source. `looked`: id of the set of files at the last look; `taken`: the
    fingerprints of the files that a run has been started for."""

    looked: str
    taken: frozenset[str]


@dataclass(frozen=True)
class Look:
    """A folder at one moment. `files`: one fingerprint (name, size, time of change) per file;
    `arrived_at`: when the last of them came (seconds since 1970), None where there is none."""

    files: frozenset[str]
    arrived_at: float | None

    @property
    def set_id(self) -> str:
        """Names this set of files; another file, size or time gives another."""
        return _digest(sorted(self.files))


def look(path: Path) -> Look:
    """Every file at `path` (a file, or a folder with its subfolders), hidden and half-written ones apart."""
    files: set[str] = set()
    arrived: list[float] = []
    for item in sorted(path.rglob("*")) if path.is_dir() else [path]:
        name = item.relative_to(path).as_posix()
        is_hidden = any(part.startswith((".", "~$")) for part in Path(name).parts)
        if is_hidden or item.suffix.lower() in _PARTIAL or not item.is_file():
            continue
        try:
            found = item.stat()
        except OSError:  # taken away while we looked
            continue
        files.add(_digest([name, str(found.st_size), str(found.st_mtime_ns)]))
        arrived.append(max(found.st_mtime, found.st_ctime))  # a copy may keep its old time of change
    return Look(frozenset(files), max(arrived, default=None))


def judge(before: Watched | None, now: Look, *, is_busy: bool) -> tuple[Watched, str | None]:
    """What to remember, and the id of the set of files that a run is due for (None: no run).

    Due is a set with a file that no run was started for, seen alike at two looks in a row (so nobody
    writes it any more), while no run of the source `is_busy` reading the folder.
    """
    taken = before.taken if before else frozenset()
    if not now.files - taken:
        return Watched(now.set_id, now.files), None
    if is_busy or before is None or before.looked != now.set_id:
        return Watched(now.set_id, taken), None
    return Watched(now.set_id, now.files), now.set_id


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:16]
