"""A backup holds what cannot be made again, comes back as it was, and a damaged one is refused."""

import sqlite3
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.errors import PipelineError
from orchestration.lib.backup import back_up, restore
from orchestration.settings import Settings

NOW = datetime(2026, 7, 1, 3, 0, tzinfo=UTC)


def settings_of(home: Path) -> Settings:
    return Settings(home=home, sources_file=home.parent / "sources.yaml")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    texts = {
        "landing/_ingests/crm/1.json": "{}",
        "landing/salesforce/Lead/crm.1.parquet": "rows",
        "rejected/salesforce/Lead/1.jsonl": "{}",
        "builds/b1/verdict.json": "{}",
        "builds/b1/.verdict.json.tmp": "half",
        "published/v-b1/marts.duckdb": "marts",
        "published/v-b2.tmp/marts.duckdb": "half",
        "alerts.json": "{}",
        "warehouse.duckdb": "made again",
        "work/dlt/state.json": "made again",
    }
    for name, text in texts.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(text)
    (made / "published/current").symlink_to("v-b1")
    (made / "published/current.duckdb").symlink_to("current/marts.duckdb")
    return made


def files(home: Path) -> set[str]:
    return {path.relative_to(home).as_posix() for path in home.rglob("*") if not path.is_dir()}


def test_it_comes_back_as_it_was(home: Path, tmp_path: Path) -> None:
    (home / "dagster").mkdir()
    writer = sqlite3.connect(home / "dagster" / "runs.db")
    writer.execute("pragma journal_mode = wal")
    writer.execute("create table runs (id)")
    writer.execute("insert into runs values (1)")
    writer.commit()  # it stands in the -wal file only, and the writer goes on
    writer.execute("insert into runs values (2)")
    (home / "published/v-b1/again.duckdb").hardlink_to(home / "published/v-b1/marts.duckdb")
    backup = back_up(settings_of(home), tmp_path / "backups", now=NOW)
    writer.close()
    assert backup.name == "pipeline-truth-20260701T030000Z.tar"
    assert backup.stat().st_mode & 0o077 == 0
    back = tmp_path / "elsewhere" / "data"
    assert restore(settings_of(back), backup) == 8
    left_out = {"warehouse.duckdb", "work/dlt/state.json", "warehouse.lock"}
    left_out |= {name for name in files(home) if ".tmp" in name or name.endswith(("-wal", "-shm"))}
    assert files(back) == files(home) - left_out
    assert (back / "published/current.duckdb").read_text() == "marts"
    with sqlite3.connect(back / "dagster" / "runs.db") as reader:
        assert reader.execute("select id from runs").fetchall() == [(1,)]


def test_a_damaged_one_changes_nothing(home: Path, tmp_path: Path) -> None:
    backup = back_up(settings_of(home), tmp_path / "backups", now=NOW)
    whole = backup.read_bytes()
    target = settings_of(tmp_path / "new")
    for damaged in (whole[: len(whole) // 2], whole.replace(b"marts" + bytes(20), b"sharp" + bytes(20)), b""):
        assert damaged != whole
        backup.write_bytes(damaged)
        with pytest.raises(PipelineError, match=r"damaged|cannot be restored"):
            restore(target, backup)
        assert not list(tmp_path.glob("*new*"))
    backup.write_bytes(whole)
    target.home.mkdir()
    assert restore(target, backup) == 6
    with pytest.raises(PipelineError, match="not empty"):
        restore(target, backup)


def test_a_backup_that_is_not_there_is_told_as_that(tmp_path: Path) -> None:
    for nothing in (tmp_path / "no.tar", tmp_path):
        with pytest.raises(PipelineError, match=f"There is no file {nothing}"):
            restore(settings_of(tmp_path / "new" / "data"), nothing)
    assert list(tmp_path.iterdir()) == []


def test_what_is_written_meanwhile_does_not_spoil_it(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ingests may go on: the checksum is of what is in the backup, whatever becomes of the file."""
    landed = home / "landing/salesforce/Lead/crm.1.parquet"
    add = tarfile.TarFile.addfile
    modes = []

    def added(archive: tarfile.TarFile, member: tarfile.TarInfo, *content: Any) -> None:
        add(archive, member, *content)
        modes.extend(oct(path.stat().st_mode & 0o777) for path in (tmp_path / "backups").iterdir())
        if member.name.endswith("crm.1.parquet"):
            landed.write_text("rows and more rows")

    monkeypatch.setattr(tarfile.TarFile, "addfile", added)
    backup = back_up(settings_of(home), tmp_path / "backups", now=NOW)
    restore(settings_of(tmp_path / "new"), backup)
    assert (tmp_path / "new/landing/salesforce/Lead/crm.1.parquet").read_text() == "rows"
    assert set(modes) == {"0o600"}, "nobody else reads it while it is being written either"


def test_nothing_half_is_left_behind(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PipelineError, match="nothing to back up"):
        back_up(settings_of(tmp_path / "none"), tmp_path / "backups")
    full = "orchestration.lib.backup.tarfile.TarFile.addfile"
    monkeypatch.setattr(full, lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(PipelineError, match="full"):
        back_up(settings_of(home), tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_folder_that_is_none_is_told(home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(PipelineError, match="could not be written"):
        back_up(settings_of(home), tmp_path / "file", now=NOW)
