"""Damaged files, and a machine that refuses: a clear message, what to do, and the last good build stays."""

import contextlib
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.errors import PipelineError
from orchestration.lib.build_plan import plan_build
from orchestration.lib.publisher import current_version, open_published, publish, rollback
from orchestration.lib.warehouse import remove_unreadable
from orchestration.settings import Settings
from orchestration.sources_file import load_sources_file
from tests.faults.runs import Organisation, kill, served, wait_for
from tests.unit.published_marts import JUDGED, execute, make_home, write_verdict

NOW = datetime(2026, 7, 1, 4, tzinfo=UTC)


def refused(organisation: Organisation, command: str, *words: str, **environment: str) -> str:
    """A command that fails with one message, names what is wrong and leaves no traceback."""
    code, output = organisation.run(command, **environment)
    assert code == 1, output
    assert "Traceback" not in output, output
    assert "What to do:" in output, output
    for word in words:
        assert word in output, output
    return output


@pytest.fixture
def copied(prepared: Organisation, tmp_path: Path) -> Organisation:
    return prepared.copy(tmp_path / "home")


# --- the warehouse


def test_a_damaged_warehouse_is_found_and_removed(prepared: Organisation, tmp_path: Path) -> None:
    content = prepared.settings.warehouse.read_bytes()
    settings = Settings(home=tmp_path, sources_file=tmp_path / "x")
    for kept in (0, 100, 5_000, len(content) // 2, len(content) - 1):
        settings.warehouse.write_bytes(content[:kept])
        assert len(remove_unreadable(settings)) == 1
        assert not settings.warehouse.exists()
    positions = random.Random(7)  # noqa: S311 - no secret
    for position in [positions.randrange(4096, len(content)) for _ in range(12)]:
        flipped = bytearray(content)
        flipped[position] ^= 0x10
        settings.warehouse.write_bytes(flipped)
        told = remove_unreadable(settings, read_all=True)
        assert told and "made anew from landing" in told[0], position
    settings.warehouse.write_bytes(content)
    assert remove_unreadable(settings, read_all=True) == []
    assert settings.warehouse.exists()


READER = """
import sys, time, duckdb
connection = duckdb.connect(sys.argv[1])
print("open", flush=True)
time.sleep(60)
"""


def test_a_warehouse_that_is_open_elsewhere_is_not_taken_for_damaged(
    prepared: Organisation, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path, sources_file=tmp_path / "x")
    shutil.copy2(prepared.settings.warehouse, settings.warehouse)
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(settings.warehouse)], stdout=subprocess.PIPE, text=True
    )
    assert reader.stdout and reader.stdout.readline() == "open\n"
    with pytest.raises(PipelineError, match="cannot be opened"):
        remove_unreadable(settings)
    reader.kill()
    reader.communicate()
    assert settings.warehouse.exists()


# --- landing


def largest_file(settings: Settings) -> Path:
    return max(
        settings.landing.glob("csv_mapping/opportunity/*.parquet"), key=lambda path: path.stat().st_size
    )


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0x10
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [cut, flip, Path.unlink], ids=["cut", "flipped", "missing"])
def test_damaged_landing_is_named_before_anything_is_built(
    copied: Organisation, damage: Callable[[Path], None]
) -> None:
    settings = copied.settings
    path = largest_file(settings)
    damage(path)
    with pytest.raises(PipelineError) as raised:
        plan_build(settings, load_sources_file(settings.sources_file), run_id="r", now=NOW)
    assert "opportunity" in raised.value.message
    assert "backup" in raised.value.remedy
    assert str(settings.landing / "_ingests" / "crm") in raised.value.remedy
    # the remedy for those who have no backup works
    path.unlink(missing_ok=True)
    (record,) = (settings.landing / "_ingests" / "crm").glob("*.json")
    record.unlink()
    code, output = copied.run("ingest --source crm")
    assert code == 0, output
    plan_build(settings, load_sources_file(settings.sources_file), run_id="r2", now=NOW)
    with duckdb.connect() as connection:
        files = str(settings.landing / "csv_mapping" / "opportunity" / "*.parquet")
        assert connection.execute(f"select count(*) from '{files}'").fetchone() == (14,)


def test_damaged_landing_ends_a_run_with_one_message(copied: Organisation) -> None:
    path = largest_file(copied.settings)
    cut(path)
    build = served(copied.settings)
    refused(copied, "build", str(path), "is damaged", "still served")
    refused(copied, "ingest --source crm", str(path), "is damaged")
    assert served(copied.settings) == build


# --- the links in published/


@pytest.fixture
def two_versions(tmp_path: Path) -> Settings:
    for number in (1, 2):
        settings = make_home(tmp_path / "home", f"b{number}")
        write_verdict(settings, f"b{number}")
        publish(settings, f"b{number}", now=JUDGED + timedelta(days=number))
    return settings


def remove_link(link: Path) -> None:
    link.unlink()


def dangle(link: Path) -> None:
    link.unlink()
    link.symlink_to("v-gone")


def lead_away(link: Path) -> None:
    elsewhere = link.parent.parent / "elsewhere"
    elsewhere.mkdir()
    link.unlink()
    link.symlink_to(elsewhere)


def become_a_folder(link: Path) -> None:
    target = link.resolve()
    link.unlink()
    shutil.copytree(target, link)  # what `cp -rL` makes of it


DAMAGES = [remove_link, dangle, lead_away, become_a_folder]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_link_is_mended_by_the_next_publication(
    two_versions: Settings, damage: Callable[[Path], None]
) -> None:
    damage(two_versions.published / "current")
    publish(two_versions, "b2")
    assert current_version(two_versions) == two_versions.published / "v-b2"
    assert served(two_versions) == "b2"


@pytest.mark.parametrize("damage", [dangle, lead_away])
def test_a_damaged_link_is_told_to_a_reader_and_not_followed(
    two_versions: Settings, damage: Callable[[Path], None]
) -> None:
    damage(two_versions.published / "current")
    with pytest.raises(PipelineError, match=r"current leads to .*, which is no publication") as raised:
        open_published(two_versions)
    assert "rollback" in raised.value.remedy


@pytest.mark.parametrize("damage", DAMAGES)
def test_rollback_serves_the_newest_whole_version_where_the_link_is_damaged(
    two_versions: Settings, damage: Callable[[Path], None]
) -> None:
    damage(two_versions.published / "current")
    assert rollback(two_versions).build_id == "b2"
    assert served(two_versions) == "b2"
    assert sorted(path.name for path in two_versions.builds.iterdir()) == ["b1", "b2"]
    assert rollback(two_versions).build_id == "b1"


# --- readers


def test_a_reader_keeps_its_file_through_twenty_publications(tmp_path: Path) -> None:
    query = "select blocks_used, (select count(*) from fct_leads) from rpt_prospecting_time"
    home = tmp_path / "home"
    settings = Settings(home=home, sources_file=home / "x")
    with contextlib.ExitStack() as readers:
        held: list[tuple[int, duckdb.DuckDBPyConnection]] = []
        for number in range(1, 21):
            make_home(home, f"b{number:02}")
            execute(settings.warehouse, [f"update rpt_prospecting_time set blocks_used = {number}"])
            write_verdict(settings, f"b{number:02}")
            publish(settings, f"b{number:02}", keep=2, keep_days=0, now=JUDGED + timedelta(days=number))
            if number in (1, 7):
                constant = settings.published / "current.duckdb"
                connection = duckdb.connect(str(constant.resolve()), read_only=True)
                held.append((number, readers.enter_context(connection)))
            assert served(settings) == f"b{number:02}"
            for mark, connection in held:  # their versions are long removed
                assert connection.execute(query).fetchone() == (mark, 100)
    assert sorted(path.name for path in settings.published.glob("v-*")) == ["v-b19", "v-b20"]


# --- signals, memory, disk


def test_ctrl_c_ends_an_ingest_with_one_message(copied: Organisation) -> None:
    settings = copied.settings
    shutil.rmtree(settings.work / "dlt")
    process = copied.start("ingest")
    wait_for(process, (settings.work / "ingest" / "crm").exists, "the ingest")
    output = kill(process, signal.SIGINT)
    assert process.returncode == 128 + signal.SIGINT, output
    assert "STOPPED by SIGINT" in output
    assert "Traceback" not in output, output
    assert not list((settings.work / "locks").glob("*.json"))


def test_too_little_memory_is_said_and_the_last_build_stays(copied: Organisation) -> None:
    build = served(copied.settings)
    output = refused(copied, "build", "memory", "PIPELINE_MEMORY_LIMIT", PIPELINE_MEMORY_LIMIT="8MB")
    assert "still served" in output
    assert served(copied.settings) == build


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A file system of its own, mounted with the options given."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(options: str) -> Path:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)], capture_output=True, check=False
        )
        if done.returncode:
            pytest.skip("no file system may be mounted here")
        return folder

    yield mount
    subprocess.run(["umount", str(folder)], capture_output=True, check=False)


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


@pytest.mark.parametrize("left", [8 << 20, 0], ids=["a little", "nothing"])
def test_a_full_disk_is_said_and_the_last_build_stays(
    prepared: Organisation, small_disk: Callable[[str], Path], left: int
) -> None:
    disk = small_disk(f"size={size_of(prepared.home) + (24 << 20)}")
    full = prepared.copy(disk / "home")
    build = served(full.settings)
    free = shutil.disk_usage(disk).free - left
    filler = disk / "filler"
    filler.write_bytes(b"x" * max(0, free))
    refused(full, "build", "full" if not left else "still served")
    assert served(full.settings) == build
    filler.unlink()
    code, output = full.run("ingest --source crm")
    assert code == 0, output


@pytest.mark.parametrize("left", [2 << 20, 32 << 20], ids=["to read the project", "to build"])
def test_a_disk_too_small_for_the_first_build_is_said(
    prepared: Organisation, small_disk: Callable[[str], Path], left: int
) -> None:
    """dbt's log cannot be written then either, which is nobody's answer."""
    disk = small_disk(f"size={size_of(prepared.settings.landing) + left}")
    shutil.copytree(prepared.settings.landing, disk / "landing")
    small = replace(prepared, home=disk)
    output = refused(small, "build", "The disk is full")
    assert "Logging error" not in output
    assert current_version(small.settings) is None


def test_a_home_that_may_not_be_written_is_said(
    prepared: Organisation, small_disk: Callable[[str], Path]
) -> None:
    disk = small_disk(f"size={size_of(prepared.home) * 2}")
    closed = prepared.copy(disk / "home")
    build = served(closed.settings)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    for command in ("run", "build", "ingest", "rollback"):
        refused(closed, command, "Allow writing to")
    assert served(closed.settings) == build
