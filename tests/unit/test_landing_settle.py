import os

import pytest

from orchestration.lib import landing_settle
from orchestration.lib.fingerprint import checksum
from orchestration.lib.landing_files import file_id
from orchestration.lib.landing_settle import Settling


@pytest.fixture
def synced(monkeypatch):
    """Sizes of the files at each time that the disk was asked to take one."""
    sizes = []
    monkeypatch.setattr(landing_settle, "_STEP_BYTES", 10)
    monkeypatch.setattr(landing_settle.os, "fsync", lambda number: sizes.append(os.fstat(number).st_size))
    return sizes


def test_a_file_that_grows_is_read_on_and_its_checksum_is_that_of_the_whole(tmp_path, synced):
    path = tmp_path / "a.parquet"
    with Settling() as settling, path.open("wb", buffering=0) as stream:
        for part in (b"0123456789ab", b"little", b"and much more"):
            stream.write(part)
            settling.grown(path)
            settling.settle([]).result()  # the thread has come to the end of what it was told
        found = settling.settle([path]).result()
    assert found == {file_id(path): checksum(path)}
    assert synced == [12, 31, 31]  # nothing for the little between


def test_files_that_nobody_followed_are_settled_too(tmp_path, synced):
    paths = [tmp_path / "a", tmp_path / "b"]
    for path in paths:
        path.write_bytes(path.name.encode() * 40)
    with Settling() as settling:
        assert settling.settle(paths).result() == {file_id(path): checksum(path) for path in paths}
    assert len(synced) == 2


def test_what_the_disk_refuses_while_a_file_grows_counts_at_its_end(tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_bytes(b"x" * 20)
    monkeypatch.setattr(landing_settle, "_STEP_BYTES", 10)
    failures = [OSError("no space left")]

    def fsync(_):
        if failures:
            raise failures.pop()

    monkeypatch.setattr(landing_settle.os, "fsync", fsync)
    with Settling() as settling:
        settling.grown(path)
        with pytest.raises(OSError, match="no space"):
            settling.settle([path]).result()
