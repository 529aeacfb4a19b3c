"""Everything that cannot be made again, in one file, and back: landing, ledgers, publications, Dagster's
records.

Belongs here: what goes into a backup and in which order. Not in it: the warehouse and `work/`, which the
next build makes from landing; the sources file and secrets, which are configuration; a PostgreSQL server.
"""

import contextlib
import hashlib
import io
import json
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from orchestration.errors import PipelineError
from orchestration.lib.warehouse import writer_lock
from orchestration.settings import Settings

CHECKSUMS = "BACKUP.json"  # the last member: a file that was cut short has none
# The ledger before what it names: an ingest that ends meanwhile adds files that nobody vouches for yet,
# never a record without its files.
_ROOMS = ("landing/_ingests", "landing", "rejected", "builds", "published", "digests", "erasures", "dagster")
_FILES = ("alerts.json",)
_WAIT_SECONDS = 3600.0  # for a build or an erasure to end


def back_up(settings: Settings, folder: Path, *, now: datetime | None = None) -> Path:
    """Write `<folder>/pipeline-truth-<time>.tar`, whole or not at all, and return its path.

    Waits up to an hour for a build, a publication or an erasure; ingests may go on. SQLite files are
    copied by SQLite, so that they are whole while Dagster writes them. Raises PipelineError where there is
    nothing to back up or the folder cannot be written.
    """
    if not settings.landing.is_dir():
        raise PipelineError(f"There is nothing to back up in {settings.home}.", "Check PIPELINE_HOME.")
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    target = folder / f"pipeline-truth-{moment:%Y%m%dT%H%M%SZ}.tar"
    scratch = target.with_suffix(".tmp")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        scratch.touch(mode=0o600)  # people's data, also while it is being written
        with (
            writer_lock(settings, "the backup", wait_seconds=_WAIT_SECONDS),
            tarfile.open(scratch, "w", format=tarfile.PAX_FORMAT) as archive,
        ):
            _write(settings, archive)
        scratch.replace(target)
    except OSError as error:
        raise PipelineError(
            f"The backup could not be written to {folder}: {error}.",
            "Name a folder that may be written and has space.",
        ) from error
    finally:
        with contextlib.suppress(OSError):  # where not even the folder is one
            scratch.unlink(missing_ok=True)
    return target


def restore(settings: Settings, backup: Path) -> int:
    """Unpack a backup as PIPELINE_HOME, which must be empty or not be there; returns the number of files.

    Every file is compared with its checksum before anything is put in place. Raises PipelineError where
    the backup is damaged or the folder holds something.
    """
    if settings.home.exists() and any(settings.home.iterdir()):
        raise PipelineError(
            f"{settings.home} is not empty.", "Move it away, or let PIPELINE_HOME name a new folder."
        )
    if not backup.is_file():
        raise PipelineError(f"There is no file {backup}.", "Name the .tar that `backup` wrote.")
    settings.home.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{settings.home.name}.restore-", dir=settings.home.parent))
    try:
        with tarfile.open(backup) as archive:
            archive.extractall(scratch, filter="data")  # nothing outside the folder, no devices
        checksums: dict[str, str] = json.loads((scratch / CHECKSUMS).read_text(encoding="utf-8"))
        wrong = [name for name, digest in checksums.items() if _digest(scratch / name) != digest]
        if wrong:
            raise PipelineError(
                f"{backup} is damaged: {len(wrong)} files differ, for example {wrong[0]}.", "Use another."
            )
        (scratch / CHECKSUMS).unlink()
        if settings.home.exists():
            settings.home.rmdir()
        scratch.rename(settings.home)
        return len(checksums)
    except (tarfile.TarError, OSError, ValueError) as error:
        raise PipelineError(
            f"{backup} cannot be restored: {error}.", "Use another backup; nothing has been changed."
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _write(settings: Settings, archive: tarfile.TarFile) -> None:
    checksums: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as copies:
        for path in _members(settings):
            name = path.relative_to(settings.home).as_posix()
            if name in checksums:
                continue
            if path.is_symlink():
                archive.add(path, name)
                continue
            source = _copied(path, Path(copies)) if path.suffix == ".db" else path
            with source.open("rb") as stream:
                member, content = archive.gettarinfo(arcname=name, fileobj=stream), _Hashed(stream)
                archive.addfile(member, content)
            # of a second link to a file only the link goes in
            checksums[name] = content.digest.hexdigest() if member.isreg() else _digest(source)
    document = json.dumps(checksums, indent=0).encode()
    member = tarfile.TarInfo(CHECKSUMS)
    member.size = len(document)
    archive.addfile(member, io.BytesIO(document))


def _members(settings: Settings) -> Iterator[Path]:
    for room in _ROOMS:
        for path in sorted((settings.home / room).rglob("*")):
            is_scratch = any(part.endswith(".tmp") for part in path.relative_to(settings.home).parts)
            is_of_sqlite = path.name.endswith(("-wal", "-shm", "-journal"))
            if not is_scratch and not is_of_sqlite and (path.is_symlink() or path.is_file()):
                yield path
    for name in _FILES:
        if (settings.home / name).is_file():
            yield settings.home / name


class _Hashed:
    """What is read of a file, hashed on the way: an ingest that goes on may still write it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self.digest = stream, hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        chunk = self._stream.read(size)
        self.digest.update(chunk)
        return chunk


def _copied(path: Path, folder: Path) -> Path:
    """A SQLite file as it stands between two transactions."""
    copy = folder / "copy.db"
    copy.unlink(missing_ok=True)
    source, target = sqlite3.connect(path), sqlite3.connect(copy)
    try:
        source.backup(target)
    finally:
        target.close()
        source.close()
    return copy


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
