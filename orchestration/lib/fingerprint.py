"""What computes here: this project's files and the packages it runs on, as one hash.

Belongs here: the answer to "would the same input be treated alike?". A commit is not it: a work tree may
differ from its commit, and commits may differ in their documents alone.
"""

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from orchestration.settings import PROJECT_ROOT

ROOMS = tuple(PROJECT_ROOT / name for name in ("orchestration", "expectations", "dbt_project"))
CHECKSUM_KIND, CHECKSUM_CHARACTERS = "blake2b", 32
# Made by Python and dbt while they run.
_MADE = {"__pycache__", "target", "logs", "dbt_packages"}


def code_fingerprint(folders: Iterable[Path] = ROOMS) -> str:
    """Hash over the content of every file in `folders`, Python's version, and names and versions of the
    installed packages."""
    digest = hashlib.sha256(sys.version.encode())
    for name in sorted(_installed()):
        digest.update(f"\n{name}".encode())
    for folder in folders:
        for path in _files(folder):
            content = path.read_bytes()
            digest.update(f"\n{path.relative_to(folder)} {len(content)}\n".encode())
            digest.update(content)
    return digest.hexdigest()[:32]


def checksum(path: Path) -> str:
    """Hash of one file's content."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, CHECKSUM_KIND).hexdigest()[:CHECKSUM_CHARACTERS]


def _installed() -> Iterator[str]:
    """`package-1.2.3.dist-info` of each package, as the installer has named it."""
    for folder in dict.fromkeys(sys.path):
        yield from (path.name for path in Path(folder).glob("*.dist-info"))


def _files(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _MADE)
        yield from (Path(root, name) for name in sorted(names) if not name.startswith(".user"))
