"""A stop that the interrupted code swallows: it ends the work all the same, and prints nothing."""

import signal
import subprocess
import sys

import dagster as dg
import pytest

from orchestration.defs.own_runs import run_here
from orchestration.interruption import Stopped
from orchestration.settings import PROJECT_ROOT

_SCRIPT = """
import signal, time, weakref
from orchestration.interruption import Stopped, stoppable

def stop(_):
    signal.raise_signal(signal.SIGTERM)
    assert False, "the handler raises"

class Ended:
    __del__ = stop

class Referred:
    pass

def work_on():
    deadline = time.monotonic() + 4  # before it is raised again anyway
    while time.monotonic() < deadline:
        pass
    print("the stop was lost")

try:
    with stoppable():
{swallowed}
except Stopped as stopped:
    print(stopped)
"""
_DESTRUCTOR = """
        ended = Ended()
        del ended
        work_on()
"""
_WEAK_REFERENCE = """
        referred = Referred()
        kept = weakref.ref(referred, stop)
        del referred
        work_on()
"""
_INSIDE_A_STEP = """
        with stoppable():  # its timer ends with it
            ended = Ended()
            del ended
        work_on()
"""
_LAST_WORK = """
        try:
            stop(None)
        except:
            pass
"""


@pytest.mark.parametrize(
    "swallowed",
    [_DESTRUCTOR, _WEAK_REFERENCE, _INSIDE_A_STEP, _LAST_WORK],
    ids=["a destructor", "a weak reference", "inside a step", "the last work"],
)
def test_a_swallowed_stop_is_raised_again(swallowed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT.format(swallowed=swallowed)],
        cwd=PROJECT_ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "SIGTERM\n", "")


def test_a_stop_that_dagster_makes_a_failure_of_ends_the_command() -> None:
    @dg.asset
    def stopped() -> None:
        signal.raise_signal(signal.SIGTERM)

    job = dg.Definitions([stopped], jobs=[dg.define_asset_job("job")]).resolve_job_def("job")
    with dg.DagsterInstance.ephemeral() as instance:
        with pytest.raises(Stopped):
            run_here(job, instance)
        assert [run.status for run in instance.get_runs()] == [dg.DagsterRunStatus.FAILURE]


_BEFORE_DBT_HAS_A_LOG = """
import signal
from dbt.cli import requires
from orchestration.interruption import Stopped, stoppable
from orchestration.lib.dbt_project import ensure_parsed
from orchestration.settings import Settings

requires.setup_record_replay = lambda: signal.raise_signal(signal.SIGTERM)  # dbt's first deed
try:
    with stoppable():
        ensure_parsed(Settings.load(), ["crm"])
except Stopped as stopped:
    print("ended by", stopped)
"""


def test_dbt_prints_no_traceback_of_a_stop() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _BEFORE_DBT_HAS_A_LOG],
        cwd=PROJECT_ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    printed = done.stdout + done.stderr
    assert done.returncode == 0 and printed.endswith("ended by SIGTERM\n"), printed
    assert "Traceback" not in printed, printed
