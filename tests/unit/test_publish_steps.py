"""Publishing and rolling back as Dagster starts them, each alone: the refusal is the same and says which."""

import os
import socket
import subprocess
from collections.abc import Callable
from datetime import timedelta

import dagster as dg
import pytest

from orchestration.defs.failures import build_failure, reasons
from orchestration.defs.jobs import rollback_job
from orchestration.defs.own_runs import PROCESS, end_dead_runs
from orchestration.defs.publish import published_marts
from orchestration.lib import builds, timings
from orchestration.lib.asset_keys import PUBLISHED
from orchestration.lib.dbt_project import NodeResult
from orchestration.lib.publisher import current_version, publish
from orchestration.settings import Settings
from tests.unit.published_marts import BUILD, JUDGED, make_home, write_verdict


@pytest.fixture
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    made = make_home(tmp_path_factory.mktemp("home"))
    write_verdict(made)
    return made


def materialized(settings: Settings) -> dg.ExecuteInProcessResult:
    """The asset selected alone, without the checks that stand before it."""
    return dg.materialize([published_marts(settings, ["fct_leads"])], raise_on_error=False)


def missing(settings: Settings) -> None:
    (settings.builds / BUILD / builds.VERDICT).unlink()


def stale(settings: Settings) -> None:
    change(settings, suites_hash="of yesterday")


def of_another_build(settings: Settings) -> None:
    change(settings, build_id="b0")


def partial(settings: Settings) -> None:
    checks = builds.read_json(settings.builds / BUILD / builds.VERDICT)["checks"]
    change(settings, checks=[check for check in checks if check["name"] != "fct_leads.ids_undamaged"])


def crashed(settings: Settings) -> None:
    write_verdict(settings, dim_reps__nobody_manages_themselves="crashed")


def failed(settings: Settings) -> None:
    write_verdict(settings, fct_leads__verdict_known="failed")


def cut_short(settings: Settings) -> None:
    (settings.builds / BUILD / builds.VERDICT).write_text('{"build_id": "2026')


def change(settings: Settings, **values: object) -> None:
    path = settings.builds / BUILD / builds.VERDICT
    builds.write_json(path, builds.read_json(path) | values)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (missing, "has no verdict"),
        (stale, "the suites have changed since"),
        (of_another_build, "holds a verdict on build b0"),
        (partial, "fct_leads.ids_undamaged was not evaluated"),
        (crashed, "dim_reps.nobody_manages_themselves: could not be evaluated"),
        (failed, "fct_leads.verdict_known: 1 rows fail"),
        (cut_short, "verdict.json is damaged"),
    ],
)
def test_the_asset_alone_refuses_and_says_why(
    settings: Settings, spoil: Callable[[Settings], None], words: str
) -> None:
    spoil(settings)
    result = materialized(settings)
    assert not result.success
    (said,) = reasons(result)
    assert words in said
    assert "What to do:" in said
    assert current_version(settings) is None


def test_a_publication_shows_where_the_time_of_its_build_went(settings: Settings) -> None:
    timings.add_step(settings, BUILD, "gate", 12.5)
    nodes = {"model.p.fct_leads": {"name": "fct_leads", "fqn": ["p", "marts", "core", "fct_leads"]}}
    run = [NodeResult("model.p.fct_leads", "success", 2.5, "", None)]
    timings.add_dbt(settings, BUILD, run, nodes, {"fct_leads": 100})
    (event,) = materialized(settings).asset_materializations_for_node("published_marts")
    known = timings.read_timings(settings, BUILD)["steps"]
    assert list(known) == ["gate", "publish"]
    shown = {name: str(event.metadata[name].value) for name in ("seconds_by_step", "dbt_by_layer")}
    assert f"| gate | 12.5 |\n| publish | {known['publish']} |" in shown["seconds_by_step"]
    assert "| marts | 1 | 2.5 |" in shown["dbt_by_layer"]
    assert "| fct_leads | marts | 2.5 | 100 |" in str(event.metadata["dbt_slowest"].value)
    assert "<td>publish</td>" in (settings.builds / BUILD / "report.html").read_text()


def test_a_blocked_build_says_first_what_is_wrong_and_where_to_look(settings: Settings) -> None:
    failed(settings)
    result = materialized(settings)
    path = settings.builds / BUILD / builds.MANIFEST
    builds.write_json(path, builds.read_json(path) | {"run_id": result.run_id})
    first, *rest = str(build_failure(settings, result)).splitlines()
    assert first == f"Build {BUILD} is blocked for one reason; see {settings.builds / BUILD / 'report.html'}"
    assert rest[0].startswith("  - fct_leads.verdict_known: 1 rows fail")
    assert rest[-1] == "Nothing was published; what was served before is still served."
    missing(settings)
    first, *rest = str(build_failure(settings, result)).splitlines()
    assert first.startswith(f"Build {BUILD} failed in step ") and str(settings.builds / BUILD) in first


def test_rollback_as_a_job_serves_the_version_before_and_says_so(settings: Settings) -> None:
    job = rollback_job(settings)
    with dg.DagsterInstance.ephemeral() as instance:
        refused = job.execute_in_process(instance=instance, raise_on_error=False)
        assert reasons(refused)[0].startswith("nothing is served in")
        publish(settings, BUILD, now=JUDGED)
        home = make_home(settings.home, "b2")
        write_verdict(home, "b2")
        publish(settings, "b2", now=JUDGED + timedelta(days=1))
        assert job.execute_in_process(instance=instance).success
        event = instance.get_latest_materialization_event(PUBLISHED)
        assert event and event.asset_materialization
        assert event.asset_materialization.metadata["build_id"].value == BUILD
    assert current_version(settings) == settings.published / f"v-{BUILD}"


def test_runs_of_dead_commands_are_ended_and_others_left(settings: Settings) -> None:
    @dg.op
    def nothing() -> None: ...

    @dg.job
    def job() -> None:
        nothing()

    gone = subprocess.Popen(["true"])
    gone.wait()
    with dg.DagsterInstance.ephemeral() as instance:
        runs = {
            name: instance.create_run_for_job(
                job, status=dg.DagsterRunStatus.STARTED, tags={PROCESS: f"{process}@{host}"}
            )
            for name, process, host in (
                ("dead", gone.pid, socket.gethostname()),
                ("alive", os.getpid(), socket.gethostname()),
                ("elsewhere", gone.pid, "another-host"),
            )
        }
        (told,) = end_dead_runs(instance)
        assert f"process {gone.pid}" in told
        found = {name: instance.get_run_by_id(run.run_id) for name, run in runs.items()}
        assert {name: run.status.value for name, run in found.items() if run} == {
            "dead": "FAILURE",
            "alive": "STARTED",
            "elsewhere": "STARTED",
        }
