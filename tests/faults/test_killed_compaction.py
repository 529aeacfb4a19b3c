"""Compactions that are really killed: landing is as it was or as it is to be, and the next one ends it."""

import contextlib
import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration.lib.compaction_ledger import FOLDER, is_compacted
from orchestration.lib.ingest_ledger import completed_ingests
from orchestration.lib.landing_files import landing_files
from orchestration.settings import Settings
from tests.faults.runs import Organisation, wait_for
from tests.unit.landing_doubles import Source, batch, feed

SEED = 20260102
LOADS, ROWS = 8, 4000
SOURCES = """
reporting: {time_zone: UTC, currency: EUR}
sources:
  - {name: crm, system: salesforce, path: .}
"""


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Organisation:
    home = tmp_path_factory.mktemp("landed") / "home"
    source = Source(home)
    for number in range(LOADS):
        rows = [{"Id": f"{number}-{row}", "Name": f"n{row}"} for row in range(ROWS)]
        source.ingest(feed([batch(rows)], is_complete=False))
    (home / "sources.yaml").write_text(SOURCES)
    return Organisation(home, home / "sources.yaml", {})


def content(settings: Settings) -> tuple[object, ...]:
    """Rows that count, their hash, and what the ledger says of them: every file is held to its checksum."""
    found = landing_files(settings, completed_ingests(settings, "crm"), is_content_checked=True)
    files = [str(path) for path in found["salesforce"]["Lead"]]
    with duckdb.connect() as connection:
        row = connection.execute(
            "select count(*), sum(hash(rows)::hugeint) from read_parquet(?, union_by_name = true) as rows",
            [files],
        ).fetchone()
    assert row is not None
    return row


def files(settings: Settings) -> list[Path]:
    return sorted(settings.landing.glob("salesforce/Lead/*.parquet"))


def is_writing(settings: Settings) -> bool:
    return (settings.work / "compact").exists()


def is_in_place(settings: Settings) -> bool:
    return any(is_compacted(path) for path in files(settings))


def is_recorded(settings: Settings) -> bool:
    return any((settings.landing / FOLDER).glob("crm/*.json"))


@pytest.mark.parametrize("reached", [is_writing, is_in_place, is_recorded])
def test_killed_at_a_stage(landed: Organisation, tmp_path: Path, reached: Callable[[Settings], bool]) -> None:
    killed = Organisation(landed.copy(tmp_path / "home").home, tmp_path / "home" / "sources.yaml", {})
    expected = content(killed.settings)
    assert expected[0] == LOADS * ROWS
    moments = random.Random(SEED)  # noqa: S311 - which moments, no secret
    for seconds in (0.0, moments.uniform(0.0, 0.05), moments.uniform(0.0, 0.3)):
        process = killed.start("compact")
        if not is_recorded(killed.settings):
            wait_for(process, lambda: reached(killed.settings), "that stage")
        time.sleep(seconds)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
        assert content(killed.settings) == expected
    code, output = killed.run("compact")
    assert code == 0, output
    assert content(killed.settings) == expected
    assert len(files(killed.settings)) == 1
    shutil.rmtree(killed.home)
