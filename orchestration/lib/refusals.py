"""What the machine refuses (disk, folder, memory, a damaged file of Dagster's) in the user's words.

Belongs here: telling such an error from a defect of ours, which keeps its traceback.
"""

import errno
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb

from orchestration.errors import PipelineError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM)
# Where a folder is to be made: a file is in its way, or what is above it holds no folders.
_NO_FOLDER = (errno.EEXIST, errno.ENOTDIR, errno.ENOENT)
_SERVED = "What was served before is still served."


def refusal(error: BaseException, home: Path) -> PipelineError | None:
    """The error to show where the machine is at fault, looked for among the causes too; else None."""
    for cause in _causes(error):
        told = _one(cause, home)
        if told:
            return told
    return None


def _one(error: BaseException, home: Path) -> PipelineError | None:
    said = str(error).splitlines()[0] if str(error) else type(error).__name__
    told = None
    if isinstance(error, MemoryError | duckdb.OutOfMemoryException):
        told = _out_of_memory(said)
    elif isinstance(error, sqlite3.Error):
        told = _of_dagsters_records(said, home)
    elif isinstance(error, duckdb.Error):
        if "No space left" in said:
            told = _full(said, home)
    elif isinstance(error, OSError):
        place = f"{error.filename or home}: {error.strerror}"
        if error.errno in _FULL:
            told = _full(place, home)
        elif error.errno in _CLOSED:
            told = _closed(place, home)
        elif error.errno in _NO_FOLDER and _is_of_home(error.filename, home) and not home.is_dir():
            told = PipelineError(
                f"PIPELINE_HOME is {home}, which is no folder and cannot be made one: {error.strerror}.",
                "Set PIPELINE_HOME to a folder, or to a path where one can be made.",
            )
    return told


def _is_of_home(name: object, home: Path) -> bool:
    """Whether an error speaks of the home, of something in it or of a folder around it."""
    path = Path(name) if isinstance(name, str) else home
    return path == home or home in path.parents or path in home.parents


def _of_dagsters_records(said: str, home: Path) -> PipelineError | None:
    folder = home / "dagster"
    if "full" in said or "disk I/O error" in said:  # the second where no page of its own file is left
        return _full(f"{folder}: {said}", home)
    if "readonly" in said or "unable to open" in said:
        return _closed(f"{folder}: {said}", home)
    if "malformed" in said or "not a database" in said:
        return PipelineError(
            f"Dagster's records in {folder} are damaged: {said}",
            f"Move {folder} away and start again: it holds the history of runs, none of the data. {_SERVED}",
        )
    return None


def refusal_in(messages: Iterable[str], home: Path) -> PipelineError | None:
    """The same from what dbt hands on, which is text: the first that tells of memory or the disk."""
    for message in messages:
        lines = [line.strip() for line in message.splitlines()]
        for line in lines:
            if "Out of Memory" in line or "OutOfMemory" in line:
                return _out_of_memory(line)
            if "No space left" in line:
                return _full(line, home)
    return None


def _out_of_memory(said: str) -> PipelineError:
    return PipelineError(
        f"Memory ran out: {said}",
        "Give the process more memory; or, where PIPELINE_MEMORY_LIMIT (DuckDB's share in a build) is"
        f" set, raise it. {_SERVED}",
    )


def _full(said: str, home: Path) -> PipelineError:
    return PipelineError(f"The disk is full: {said}", f"Free some space for {home}. {_SERVED}")


def _closed(said: str, home: Path) -> PipelineError:
    return PipelineError(f"It may not be written: {said}", f"Allow writing to {home}. {_SERVED}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop(0)
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += [getattr(each, "orig", None), each.__cause__, each.__context__]  # orig: SQLAlchemy's
