"""A key that comes twice is found, however many keys there are and however far apart the two stand."""

from pathlib import Path

import numpy as np
import pytest

from orchestration.lib import key_hashes
from orchestration.lib.key_hashes import KeyHashes


@pytest.mark.parametrize("held", [1 << 20, 100])
@pytest.mark.parametrize(("repeated", "are_distinct"), [([], True), ([0], False), ([2**64 - 1, 5], False)])
def test_keys_that_come_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: int, repeated: list[int], are_distinct: bool
) -> None:
    monkeypatch.setattr(key_hashes, "_HELD", held)
    every = np.linspace(0, 2**63, 1000, dtype=np.uint64) * np.uint64(2) - np.arange(1000, dtype=np.uint64) % 2
    hashes = KeyHashes(tmp_path / "keys")
    for part in np.split(np.unique(np.append(every, [np.uint64(5), np.uint64(2**64 - 1)])), [90, 91, 700]):
        hashes.add(part)
    hashes.add(np.array(repeated, np.uint64))
    assert hashes.are_distinct() is are_distinct
    assert (tmp_path / "keys").exists() is (held == 100)


def test_without_keys_none_comes_twice(tmp_path: Path) -> None:
    assert KeyHashes(tmp_path).are_distinct()
