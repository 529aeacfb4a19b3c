"""Publishing while things go wrong: kill -9 at every step, readers, a full disk, a closed folder.

After each of them BI sees one whole version, and the next publication puts everything right.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.errors import PipelineError
from orchestration.lib import builds
from orchestration.lib.publisher import current_version, publish, rollback
from orchestration.lib.version_files import verify_version
from orchestration.lib.warehouse import writer_lock
from orchestration.settings import PROJECT_ROOT, Settings
from tests.unit.published_marts import JUDGED, execute, make_home, write_verdict

MARKS = "select build_id, blocks_used from meta_build, rpt_prospecting_time"

# Publishes in a process of its own; with a number, kills itself at that file operation.
DRIVER = """
import os, resource, signal, sys
from pathlib import Path
home, build = Path(sys.argv[1]), sys.argv[2]
fatal, limit, user = (int(text) for text in sys.argv[3:])
from orchestration.errors import PipelineError
from orchestration.lib.publisher import publish
from orchestration.settings import Settings
seen = []
def watch(event, arguments):
    if event in ("open", "os.rename", "os.symlink", "os.mkdir", "os.remove", "os.rmdir", "os.chmod"):
        if str(home) in str(arguments[0]) or str(home) in str(arguments[:2]):
            seen.append(event)
            if len(seen) == fatal:
                os.kill(os.getpid(), signal.SIGKILL)
if limit:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
if user:  # after the imports: the interpreter may lie where only its owner may read
    os.setgid(user)
    os.setuid(user)
sys.addaudithook(watch)
try:
    print(publish(Settings(home=home, sources_file=home / "x"), build, keep=1).build_id)
    print(",".join(seen))
except PipelineError as error:
    print(error)
    sys.exit(3)
"""


def build(home: Path, build_id: str, mark: int) -> Settings:
    """A build that has been judged and not published; `mark` tells its rows from another's."""
    settings = make_home(home, build_id)
    execute(settings.warehouse, [f"update rpt_prospecting_time set blocks_used = {mark}"])
    write_verdict(settings, build_id)
    return settings


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build b1 is served, b2 has been judged."""
    home = tmp_path_factory.mktemp("prepared") / "home"
    publish(build(home, "b1", 1), "b1", now=JUDGED)
    build(home, "b2", 2)
    return home


@pytest.fixture
def settings(prepared: Path, tmp_path: Path) -> Settings:
    home = tmp_path / "home"
    shutil.copytree(prepared, home, symlinks=True)
    return Settings(home=home, sources_file=home / "x")


def start(settings: Settings, fatal: int = 0, limit: int = 0, user: int = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(settings.home), "b2", str(fatal), str(limit), str(user)],
        cwd=PROJECT_ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def served(settings: Settings) -> tuple[str, int]:
    """What a BI tool finds behind the constant path: the build, and the mark in its rows."""
    path = settings.published / "current.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        row = connection.execute(
            "select build_id, blocks_used from meta_build, rpt_prospecting_time"
        ).fetchone()
    assert row
    return row


def assert_whole_and_mendable(settings: Settings, allowed: set[tuple[str, int]]) -> None:
    """One whole version is served; publishing again ends as if nothing had happened."""
    assert served(settings) in allowed
    version = current_version(settings)
    assert version
    verify_version(version, builds.read_json(version / "publication.json"))
    publish(settings, "b2", keep=1)
    assert served(settings) == ("b2", 2)
    names = sorted(path.name for path in settings.published.iterdir())
    assert names == ["current", "current.duckdb", "v-b2"]
    assert [record["build_id"] for record in builds.publications(settings)] == ["b1", "b2"]
    assert not list((settings.builds / "b2").glob(".*"))


def file_operations(home: Path) -> list[str]:
    settings = Settings(home=home, sources_file=home / "x")
    process = start(settings)
    output = process.communicate(timeout=60)[0]
    assert process.returncode == 0, output
    return output.split("\n")[1].split(",")


def test_killed_at_any_file_operation(prepared: Path, tmp_path: Path) -> None:
    trial = tmp_path / "trial"
    shutil.copytree(prepared, trial, symlinks=True)
    operations = file_operations(trial)
    assert operations.count("os.symlink") == 1
    # every rename, link, folder and removal, and a sample of the many opened files
    fatal = [n for n, event in enumerate(operations, 1) if event not in ("open", "os.chmod")]
    fatal += [n for n, event in enumerate(operations, 1) if event in ("open", "os.chmod")][::15]
    assert len(fatal) > 12
    for number in fatal:
        home = tmp_path / f"killed_{number}"
        shutil.copytree(prepared, home, symlinks=True)
        settings = Settings(home=home, sources_file=home / "x")
        process = start(settings, fatal=number)
        output = process.communicate(timeout=60)[0]
        assert process.returncode == -signal.SIGKILL, f"{number} {operations[number - 1]}: {output}"
        assert_whole_and_mendable(settings, {("b1", 1), ("b2", 2)})
        shutil.rmtree(home)


@pytest.mark.parametrize("written", [0, 5, 20])
def test_killed_while_duckdb_copies(settings: Settings, written: int) -> None:
    unfinished = settings.published / "v-b2.tmp"
    process = start(settings)
    deadline = time.monotonic() + 60
    while len(list(unfinished.glob("parquet/*"))) < written or not (unfinished / "marts.duckdb").exists():
        assert process.poll() is None and time.monotonic() < deadline, process.communicate()[0]
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert_whole_and_mendable(settings, {("b1", 1), ("b2", 2)})


def test_a_killed_rollback_leaves_one_of_the_two(settings: Settings) -> None:
    publish(settings, "b2")
    script = DRIVER.replace("import publish\n", "import rollback\n").replace(
        'publish(Settings(home=home, sources_file=home / "x"), build, keep=1)',
        'rollback(Settings(home=home, sources_file=home / "x"))',
    )
    for fatal in (1, 5, 8, 10, 12):
        subprocess.run(
            [sys.executable, "-c", script, str(settings.home), "-", str(fatal), "0", "0"],
            cwd=PROJECT_ROOT, capture_output=True, check=False, timeout=60,
        )  # fmt: skip
        assert served(settings) in {("b1", 1), ("b2", 2)}
    if served(settings) == ("b2", 2):
        rollback(settings)
    assert served(settings) == ("b1", 1)
    assert_whole_and_mendable(settings, {("b1", 1)})


def test_a_reader_keeps_its_version_and_the_next_one_gets_the_new(settings: Settings) -> None:
    constant = str(settings.published / "current.duckdb")
    query = "select blocks_used from rpt_prospecting_time"
    with duckdb.connect(str(Path(constant).resolve()), read_only=True) as reader:
        assert reader.execute(query).fetchone() == (1,)
        publish(settings, "b2", keep=1)  # removes the version that is being read
        assert not (settings.published / "v-b1").exists()
        assert reader.execute(query).fetchone() == (1,)
        assert reader.execute("select count(*) from fct_leads").fetchone() == (100,)
        assert served(settings) == ("b2", 2)


READER = """
import sys, duckdb
reads = 0
while True:
    with duckdb.connect(sys.argv[1], read_only=True) as connection:
        row = connection.execute(sys.argv[2]).fetchall()
    assert row in ([("b1", 1)], [("b2", 2)]), row
    reads += 1
    print(row[0][0], flush=True)
"""


def test_readers_never_see_half_a_publication(settings: Settings) -> None:
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(settings.published / "current.duckdb"), MARKS],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert reader.stdout and reader.stdout.readline() == "b1\n"
    for _ in range(15):
        publish(settings, "b2")
        time.sleep(0.05)
        rollback(settings)
        time.sleep(0.05)
    assert reader.poll() is None, reader.communicate()[1]
    reader.kill()
    output, errors = reader.communicate()
    assert "Error" not in errors, errors
    assert {"b1", "b2"} <= set(output.split())


def test_two_publishers_at_once(settings: Settings) -> None:
    processes = [start(settings) for _ in range(2)]
    outputs = [process.communicate(timeout=90)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs
    assert_whole_and_mendable(settings, {("b2", 2)})


def test_a_full_disk_is_said_and_nothing_changes(settings: Settings) -> None:
    process = start(settings, limit=200_000)  # the database grows beyond it
    output = process.communicate(timeout=60)[0]
    assert process.returncode == 3, output
    assert "could not be written" in output
    assert "What to do: Free some space" in output
    assert not list(settings.published.glob("*.tmp"))
    assert_whole_and_mendable(settings, {("b1", 1)})


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A temporary folder that another user may enter; pytest's own are private."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_folder_that_may_not_be_written_is_said(prepared: Path, reachable: Path) -> None:
    home = reachable / "home"
    shutil.copytree(prepared, home, symlinks=True)
    settings = Settings(home=home, sources_file=home / "x")
    user = 0
    if os.geteuid() == 0:  # root may write everywhere, so publish as somebody who may not
        user = 65534
        subprocess.run(["chown", "-R", str(user), str(home)], check=True)
        subprocess.run(["chown", "root", str(settings.published)], check=True)
    settings.published.chmod(0o555)
    process = start(settings, user=user)
    output = process.communicate(timeout=60)[0]
    settings.published.chmod(0o755)
    assert process.returncode == 3, output
    assert "could not be written" in output
    assert "allow writing to that folder" in output
    assert_whole_and_mendable(settings, {("b1", 1)})


HOLDER = """
import sys, time
from pathlib import Path
from orchestration.lib.warehouse import writer_lock
from orchestration.settings import Settings
with writer_lock(Settings(home=Path(sys.argv[1]), sources_file=Path("x")), "build b9"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_lock_names_its_holder_and_dies_with_it(settings: Settings) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(settings.home)],
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout and holder.stdout.readline() == "held\n"
    with (
        pytest.raises(PipelineError, match=rf"build b9 holds .*process {holder.pid} on "),
        writer_lock(settings, "build b10"),
    ):
        pass
    holder.kill()
    holder.communicate()
    with writer_lock(settings, "build b10"):
        assert json.loads((settings.home / "warehouse.lock.json").read_text())["purpose"] == "build b10"


WRITER = """
import sys, time, duckdb
with duckdb.connect(sys.argv[1]) as connection:
    connection.execute("begin; update fct_leads set touches = 77")
    print("open", flush=True)
    time.sleep(60)
"""


def test_a_warehouse_that_is_being_written_is_said(settings: Settings) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(settings.warehouse)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout and writer.stdout.readline() == "open\n"
    with pytest.raises(PipelineError, match=r"warehouse\.duckdb cannot be read"):
        publish(settings, "b2")
    assert served(settings) == ("b1", 1)
    writer.kill()  # in the middle of a transaction
    writer.communicate()
    assert_whole_and_mendable(settings, {("b1", 1)})


JUDGE = """
import os, signal, sys
from pathlib import Path
from orchestration.lib.gate import judge
from orchestration.settings import Settings
settings = Settings(home=Path(sys.argv[1]), sources_file=Path("x"))
judge(settings, progress=lambda _: os.kill(os.getpid(), signal.SIGKILL))
"""


def test_a_killed_audit_leaves_no_verdict(settings: Settings) -> None:
    done = subprocess.run(
        [sys.executable, "-c", JUDGE, str(settings.home)], cwd=PROJECT_ROOT, check=False, timeout=120
    )
    assert done.returncode == -signal.SIGKILL
    with pytest.raises(PipelineError, match="build b2 has no verdict"):
        publish(settings, "b2")
    assert served(settings) == ("b1", 1)
    write_verdict(settings, "b2")
    assert_whole_and_mendable(settings, {("b1", 1)})
