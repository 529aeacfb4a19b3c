"""Whether a key comes twice among any number of records, in memory that does not grow with them.

Belongs here: 64 bits of each key, kept or set down on disk by their first bits. What follows from a key that
comes twice is `landing_diff`'s.
"""

from pathlib import Path

import numpy as np

# So many are held, 8 MB; sorting them takes as much again.
_HELD = 1 << 20
_PART_BITS = 6


class KeyHashes:
    """Hashes of keys, added while records go by. `folder`: where they go when they are many."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: list[np.ndarray] = []
        self._count = 0
        self._paths: list[Path] = []  # of the parts, once there are any

    def add(self, hashes: np.ndarray) -> None:
        """Add some, as unsigned 64-bit numbers."""
        self._held.append(hashes)
        self._count += len(hashes)
        if self._count > _HELD:
            self._set_down()

    def are_distinct(self) -> bool:
        """Whether no two are equal: False, very seldom, where two different keys share their 64 bits.
        Forgets them: to be asked once."""
        if not self._paths:
            return _are_distinct(self._taken())
        self._set_down()
        return all(_are_distinct(np.fromfile(path, np.uint64)) for path in self._paths)

    def _taken(self) -> np.ndarray:
        held, self._held, self._count = self._held, [], 0
        return np.concatenate([np.empty(0, np.uint64), *held])

    def _set_down(self) -> None:
        """Append what is held to the files, each of which has the hashes that begin with the same bits."""
        if not self._paths:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._paths = [self._folder / f"{number:02}.u64" for number in range(1 << _PART_BITS)]
        hashes = self._taken()
        hashes.sort()
        firsts = np.arange(1, 1 << _PART_BITS, dtype=np.uint64) << np.uint64(64 - _PART_BITS)
        for path, part in zip(self._paths, np.split(hashes, np.searchsorted(hashes, firsts)), strict=True):
            with path.open("ab") as stream:
                part.tofile(stream)


def _are_distinct(hashes: np.ndarray) -> bool:
    hashes.sort()
    return not bool((hashes[1:] == hashes[:-1]).any())
