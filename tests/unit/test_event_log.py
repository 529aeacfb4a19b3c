"""The event log is written quickly: the same events, other readers and writers served, none lost."""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import dagster as dg
import sqlalchemy

from orchestration.lib.event_log import quick_event_log

TABLES = [dg.AssetKey(f"table_{number}") for number in range(8)]
CHECKS = [dg.AssetCheckSpec("is_right", asset=key) for key in TABLES]


@dg.multi_asset(specs=[dg.AssetSpec(key) for key in TABLES], check_specs=CHECKS)
def tables() -> Iterator[Any]:
    for number, key in enumerate(TABLES):
        yield dg.MaterializeResult(asset_key=key, metadata={"dagster/row_count": number})
    for number, check in enumerate(CHECKS):
        yield dg.AssetCheckResult(passed=number != 3, asset_key=check.asset_key, check_name=check.name)


@contextmanager
def instance_in(folder: Path) -> Iterator[dg.DagsterInstance]:
    folder.mkdir(exist_ok=True)
    (folder / "dagster.yaml").write_text(
        "telemetry: {enabled: false}\n"
        "compute_logs:\n  module: dagster._core.storage.noop_compute_log_manager\n"
        "  class: NoOpComputeLogManager\n"
    )
    with dg.DagsterInstance.from_config(str(folder)) as instance:
        yield instance


def run_tables(instance: dg.DagsterInstance) -> str:
    return dg.materialize([tables], instance=instance, raise_on_error=False).run_id


def stored(instance: dg.DagsterInstance, run_id: str) -> dict[str, Any]:
    """What the UI reads of a run: its log, the newest of each table, the results of its checks."""
    executions = instance.event_log_storage.get_latest_asset_check_execution_by_key(
        [check.key for check in CHECKS]
    )
    return {
        "log": [
            entry.dagster_event.event_type_value if entry.dagster_event else entry.user_message
            for entry in instance.all_logs(run_id)
        ],
        "tables": {
            record.asset_entry.asset_key: (
                record.asset_entry.last_materialization.asset_materialization.metadata[
                    "dagster/row_count"
                ].value
            )
            for record in instance.get_asset_records(TABLES)
            if record.asset_entry.last_materialization
            and record.asset_entry.last_materialization.asset_materialization
        },
        "checks": {key: execution.status for key, execution in executions.items()},
    }


def run_in(folder: Path, block: Any) -> tuple[dict[str, Any], int]:
    """What is stored of a run, and how many connections storing it took."""
    opened = []

    def count(*_: object) -> None:
        opened.append(1)

    with instance_in(folder) as instance:
        sqlalchemy.event.listen(sqlalchemy.Engine, "connect", count)
        try:
            with block(instance):
                run_id = run_tables(instance)
        finally:
            sqlalchemy.event.remove(sqlalchemy.Engine, "connect", count)
    with instance_in(folder) as later:
        return stored(later, run_id), len(opened)


def without(_: dg.DagsterInstance) -> AbstractContextManager[None]:
    return nullcontext()


def test_the_same_is_stored_over_a_fraction_of_the_connections(tmp_path: Path) -> None:
    quick, few = run_in(tmp_path / "quick", quick_event_log)
    plain, many = run_in(tmp_path / "plain", without)
    assert quick == plain
    assert len(quick["tables"]) == len(quick["checks"]) == len(TABLES)
    assert quick["log"].count("ASSET_MATERIALIZATION_PLANNED") == len(TABLES)
    assert many > 8 * len(TABLES), "Dagster keeps connections by itself: this is no longer needed"
    assert few < many / 3
    assert not list((tmp_path / "quick").rglob("*-wal")), "a file was left open"


def test_others_read_watch_and_write_meanwhile(tmp_path: Path) -> None:
    seen = threading.Event()
    with instance_in(tmp_path) as instance, instance_in(tmp_path) as other, quick_event_log(instance):
        run_id = run_tables(instance)
        assert len(stored(other, run_id)["checks"]) == len(CHECKS)
        run = instance.get_run_by_id(run_id)
        assert run is not None
        other.watch_event_logs(run_id, None, lambda *_: seen.set())
        instance.report_engine_event("said", run)
        assert seen.wait(20), "the UI's log of a run stood still"

        def say_much(writer: dg.DagsterInstance) -> None:
            for _ in range(20):
                writer.report_engine_event("said", run)

        writers = [threading.Thread(target=say_much, args=(each,)) for each in (instance, other, instance)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        assert len(other.all_logs(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)) > 3 * 20


def test_nothing_is_lost_with_the_process(tmp_path: Path) -> None:
    killed = tmp_path / "killed"
    with instance_in(tmp_path / "home") as instance, quick_event_log(instance):
        run_id = run_tables(instance)
        shutil.copytree(tmp_path / "home", killed)  # as the files lie when nothing is closed any more
        expected = stored(instance, run_id)
    with instance_in(killed) as later:
        assert stored(later, run_id) == expected
        assert later.get_run_by_id(run_tables(later)) is not None


def test_files_are_closed_at_rest_and_opened_again(tmp_path: Path) -> None:
    with instance_in(tmp_path) as instance:
        with quick_event_log(instance), quick_event_log(instance):
            run_tables(instance)
            until = time.monotonic() + 20
            while list(tmp_path.rglob("*.db-wal")) and time.monotonic() < until:
                time.sleep(0.05)
            assert not list(tmp_path.rglob("*.db-wal"))
            again = run_tables(instance)
        assert len(stored(instance, again)["tables"]) == len(TABLES)
        assert not {"_connect", "has_table"} & set(vars(instance.event_log_storage)), "left as it was found"


def test_a_server_is_written_to_as_dagster_does() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        before = dict(vars(instance.event_log_storage))
        with quick_event_log(instance):
            assert vars(instance.event_log_storage).keys() == before.keys()
