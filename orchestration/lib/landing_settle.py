"""Bringing landing's files to the disk, and their checksums, on a thread of its own.

Belongs here: reading on in a file that is still being written, so that little is left to do at its end.
"""

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO

from orchestration.lib.fingerprint import CHECKSUM_CHARACTERS, CHECKSUM_KIND
from orchestration.lib.landing_files import FileId, file_id

if TYPE_CHECKING:
    from hashlib import _Hash

# The disk is asked to take a growing file whenever so much has come: the wait for the rest is short then.
_STEP_BYTES = 8 << 20


class Settling:
    """Files under way, which only ever grow at their ends. Leaving the context gives them back."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._open: dict[Path, tuple[BinaryIO, _Hash]] = {}
        self._failed: dict[Path, OSError] = {}

    def __enter__(self) -> "Settling":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown(cancel_futures=True)
        for stream, _ in self._open.values():
            stream.close()

    def grown(self, path: Path) -> None:
        """A file has grown: what it holds by now may be read and brought to the disk. Returns at once."""
        self._thread.submit(self._read_ahead, path)

    def settle(self, paths: Sequence[Path]) -> Future[dict[FileId, str]]:
        """Files that are whole: when the result is there they are on the disk, and it is their checksums."""
        return self._thread.submit(lambda: dict(self._finish(path) for path in paths))

    def _read_ahead(self, path: Path) -> None:
        try:
            stream, _ = self._opened(path)
            if os.fstat(stream.fileno()).st_size - stream.tell() >= _STEP_BYTES:
                self._read_on(path)
                os.fsync(stream.fileno())
        except OSError as error:  # the disk says so once only: it counts where the file is to count
            self._failed[path] = error

    def _finish(self, path: Path) -> tuple[FileId, str]:
        if path in self._failed:
            raise self._failed[path]
        self._read_on(path)
        stream, digest = self._open.pop(path)
        with stream:
            os.fsync(stream.fileno())
        return file_id(path), digest.hexdigest()[:CHECKSUM_CHARACTERS]

    def _read_on(self, path: Path) -> None:
        stream, digest = self._opened(path)
        while block := stream.read(1 << 20):
            digest.update(block)

    def _opened(self, path: Path) -> tuple[BinaryIO, "_Hash"]:
        if path not in self._open:
            self._open[path] = path.open("rb"), hashlib.new(CHECKSUM_KIND)
        return self._open[path]
