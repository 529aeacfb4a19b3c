"""Whole runs that die: kill -9 of the process group at every stage and at seeded moments.

After each of them one whole build is served, and the next run ends as if nothing had happened.
"""

import contextlib
import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from orchestration.errors import PipelineError
from orchestration.lib.publisher import publish
from orchestration.settings import Settings
from tests.faults.runs import Organisation, differences, holder, kill, landed, served, wait_for

SEED = 20260101


@pytest.fixture(scope="module")
def moments() -> random.Random:
    return random.Random(SEED)  # noqa: S311 - which moments, no secret


def changed(organisation: Organisation, home: Path) -> Organisation:
    """The same home with an organisation that has moved on: a record changed, one new, one gone."""
    folder = home.with_name("organisation")
    shutil.copytree(organisation.sources.parent, folder)
    leads = folder / "crm" / "Leads.csv"
    header, first, *rest = leads.read_text(encoding="utf-8").splitlines()
    new = first.replace(first.split(",")[0], "L99", 1)
    leads.write_text("\n".join([header, *[row.replace("Working", "New") for row in rest], new]) + "\n")
    return Organisation(organisation.copy(home).home, folder / "sources.yaml", organisation.secrets)


def test_an_ingest_killed_anywhere_lands_everything_once(
    prepared: Organisation, tmp_path: Path, moments: random.Random
) -> None:
    clean = changed(prepared, tmp_path / "clean" / "home")
    before = landed(clean.settings)
    code, output = clean.run("ingest --source crm")
    assert code == 0, output
    expected = landed(clean.settings)
    assert len(expected) > len(before)
    killed = Organisation(prepared.copy(tmp_path / "killed").home, clean.sources, clean.secrets)
    settings = killed.settings
    build = served(settings)
    reading, loading = settings.work / "ingest" / "crm", settings.work / "dlt" / "crm__csv_mapping"
    shutil.rmtree(loading)
    stages = [("reading", reading, 0.0), ("loading", loading, 0.0)]
    stages += [("later", reading, moments.uniform(0.0, 0.6)) for _ in range(2)]
    for stage, folder, seconds in stages:
        process = killed.start("ingest --source crm")
        wait_for(process, folder.exists, stage)
        time.sleep(seconds)
        if process.poll() is None:
            kill(process)
        assert served(settings) == build
    code, output = killed.run("ingest --source crm")
    assert code == 0, output
    assert landed(settings) == expected
    assert not list((settings.work / "ingest").iterdir())


@pytest.fixture(scope="module")
def victim(prepared: Organisation, tmp_path_factory: pytest.TempPathFactory) -> Organisation:
    """A home that goes through every death of this module, one after the other."""
    return prepared.copy(tmp_path_factory.mktemp("victim") / "home")


def served_file(settings: Settings) -> Path:
    return (settings.published / "current.duckdb").resolve()


def test_stopped_politely_while_dbt_builds(prepared: Organisation, victim: Organisation) -> None:
    build = served(victim.settings)
    process = victim.start("build")
    wait_for(process, lambda: holder(victim.settings, process).startswith("build "), "dbt")
    time.sleep(1.0)
    output = kill(process, signal.SIGTERM)
    assert process.returncode == 128 + signal.SIGTERM, output
    assert "STOPPED by SIGTERM. What is served is one whole build" in output
    assert "Traceback" not in output, output
    assert not holder(victim.settings, process)
    assert served(victim.settings) == build


def test_killed_while_dbt_builds(victim: Organisation, moments: random.Random) -> None:
    build = served(victim.settings)
    settings = victim.settings

    def written() -> set[tuple[str, int]] | None:
        with contextlib.suppress(FileNotFoundError):  # a write-ahead log that has just been closed
            return {(path.name, path.stat().st_mtime_ns) for path in settings.home.glob("warehouse.duckdb*")}
        return None

    before = written()
    process = victim.start("build")
    wait_for(process, lambda: written() != before, "dbt's first table")
    time.sleep(moments.uniform(0.0, 6.0))
    kill(process)
    assert served(settings) == build


def test_killed_at_the_gate_and_while_publishing(victim: Organisation, tmp_path: Path) -> None:
    build = served(victim.settings)
    settings = victim.settings
    process = victim.start("build")
    wait_for(process, lambda: holder(settings, process).startswith("build "), "dbt")
    code, said = victim.run("build")  # a second one, in the middle of the first
    assert code == 1
    assert said.strip().startswith("ERROR: `build` cannot start: `build` holds ")
    assert f"process {process.pid} on " in said
    assert len(said.strip().splitlines()) == 2  # what is wrong, what to do
    wait_for(process, lambda: holder(settings, process).startswith("the audit"), "the gate")
    process.send_signal(signal.SIGSTOP)  # what lies on the disk now is what kill -9 would leave
    at_the_gate = victim.copy(tmp_path / "gate").settings
    process.send_signal(signal.SIGCONT)
    wait_for(process, lambda: bool(list(settings.published.glob("v-*.tmp"))), "the publication")
    kill(process)
    assert served(settings) == build
    assert served(at_the_gate) == build
    with pytest.raises(PipelineError, match=r"build \S+ has no verdict, so it is not published"):
        publish(at_the_gate, sorted(path.name for path in at_the_gate.builds.iterdir())[-1])
    assert served(at_the_gate) == build


def test_the_next_run_equals_a_clean_one_even_with_a_damaged_warehouse(
    prepared: Organisation, victim: Organisation
) -> None:
    settings = victim.settings
    content = settings.warehouse.read_bytes()
    settings.warehouse.write_bytes(content[: len(content) // 2])
    code, output = victim.run("build")
    assert code == 0, output
    assert "build run" in output and "was killed" in output  # of the run before, which Dagster thought alive
    assert served(settings) != served(prepared.settings)
    assert differences(served_file(settings), served_file(prepared.settings)) == {}
    assert not list(settings.published.glob("*.tmp"))
