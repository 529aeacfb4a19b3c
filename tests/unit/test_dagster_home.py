"""The instance: what its dagster.yaml says, when it is replaced, and which runs are let go."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import yaml

from orchestration.lib.dagster_home import instance_config, prepare_dagster_home
from orchestration.lib.retention import delete_runs_before
from orchestration.settings import Settings


def settings_of(tmp_path: Path, **options: bool) -> Settings:
    return Settings(home=tmp_path, sources_file=tmp_path / "sources.yaml", **options)  # type: ignore[arg-type]


def test_the_instance_loads_with_what_one_machine_needs(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    prepare_dagster_home(settings)
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        assert type(instance.event_log_storage).__name__ == "SqliteEventLogStorage"
        assert not instance.telemetry_enabled and not instance.nux_enabled
        assert instance.run_monitoring_enabled
        queue = instance.get_concurrency_config().run_queue_config
        assert queue is not None
        limits = {limit["value"]: limit["limit"] for limit in queue.tag_concurrency_limits or []}
        assert limits == {"ingest": 2, "build": 1, "history": 1}
        assert instance.event_log_storage.supports_global_concurrency_limits
        assert instance.get_settings("freshness") == {"enabled": True}
        assert instance.run_monitoring_settings["free_slots_after_run_end_seconds"] == 300
        assert instance.get_settings("retention")["sensor"]["purge_after_days"]["skipped"] == 7


def test_ours_is_brought_up_to_date_and_anybody_elses_stays(tmp_path: Path) -> None:
    target = prepare_dagster_home(settings_of(tmp_path))
    assert "storage" not in yaml.safe_load(target.read_text())
    prepare_dagster_home(settings_of(tmp_path, are_runs_in_postgres=True))
    assert yaml.safe_load(target.read_text())["storage"] == {
        "postgres": {"postgres_url": {"env": "DAGSTER_POSTGRES_URL"}}
    }
    assert target.read_text() == instance_config(is_postgres=True)
    changed = target.read_text().replace("max_concurrent_runs: 3", "max_concurrent_runs: 5")
    target.write_text(changed)
    prepare_dagster_home(settings_of(tmp_path))
    assert target.read_text() == changed


def test_old_runs_go_with_their_logs_and_the_newest_of_an_asset_stays() -> None:
    @dg.asset
    def landed() -> None: ...

    @dg.asset
    def retired() -> None: ...

    with dg.DagsterInstance.ephemeral() as instance:
        gone, other, newest = (
            dg.materialize(assets, instance=instance).run_id for assets in ([landed], [retired], [landed])
        )
        logs = Path(instance.storage_directory()) / gone / "compute_logs"
        logs.mkdir(parents=True, exist_ok=True)
        assert delete_runs_before(instance, datetime.now(UTC) - timedelta(days=1)) == 0
        assert delete_runs_before(instance, datetime.now(UTC) + timedelta(days=1)) == 1
        assert {run.run_id for run in instance.get_runs()} == {other, newest}
        assert not logs.exists()
        assert instance.get_latest_materialization_event(landed.key) is not None
        assert delete_runs_before(instance, datetime.now(UTC) + timedelta(days=1)) == 0
