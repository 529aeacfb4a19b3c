"""Dagster's storage in a real PostgreSQL: the instance that our dagster.yaml describes, a run, its end."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg
import psycopg
import pytest

from orchestration.errors import PipelineError
from orchestration.lib.dagster_home import prepare_dagster_home
from orchestration.lib.retention import delete_runs_before
from orchestration.settings import DAGSTER_POSTGRES_URL, Settings
from tests.integration.postgres_server import PASSWORD, postgres_server, program

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@dg.asset
def landed() -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"dagster/row_count": 7})


def test_runs_events_and_ticks_are_kept_in_the_server(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DAGSTER_POSTGRES_URL, server)
    with pytest.raises(PipelineError, match=r"postgresql\+psycopg2") as refused:
        Settings.load()
    assert PASSWORD not in str(refused.value)
    monkeypatch.setenv(DAGSTER_POSTGRES_URL, server.replace("postgresql://", "postgresql+psycopg2://"))
    settings = Settings.load()
    config = prepare_dagster_home(settings).read_text()
    assert PASSWORD not in config, "a secret stays in the environment"
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        assert type(instance.event_log_storage).__name__ == "PostgresEventLogStorage"
        assert type(instance.schedule_storage).__name__ == "PostgresScheduleStorage"
        result = dg.materialize([landed], instance=instance)
        assert result.success
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as again:
        run = again.get_run_by_id(result.run_id)
        assert run is not None and run.status is dg.DagsterRunStatus.SUCCESS
        event = again.get_latest_materialization_event(landed.key)
        assert event is not None and event.asset_materialization is not None
        assert event.asset_materialization.metadata["dagster/row_count"].value == 7
        with psycopg.connect(server) as connection:
            assert connection.execute(
                "select count(*) from event_logs where run_id = %s", [result.run_id]
            ).fetchone() > (5,)
        # the newest run of an asset stays, the one before it goes
        newest = dg.materialize([landed], instance=again)
        assert delete_runs_before(again, datetime.now(UTC) + timedelta(minutes=1)) == 1
        assert [kept.run_id for kept in again.get_runs()] == [newest.run_id]
    # the commands of docs/operations.md: a dump, and what was written after it is gone again
    dump = settings.home / "dagster.dump"
    subprocess.run([program("pg_dump"), "--format=custom", f"--file={dump}", server], check=True, timeout=60)
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as later:
        dg.materialize([landed], instance=later)
        assert len(later.get_runs()) == 2
    subprocess.run(
        [program("pg_restore"), "--clean", "--if-exists", f"--dbname={server}", dump], check=True, timeout=60
    )
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as restored:
        assert [run.run_id for run in restored.get_runs()] == [newest.run_id]
    assert not list(settings.dagster_home.glob("**/*.db")), "nothing was written to SQLite beside it"
