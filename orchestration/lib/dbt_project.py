"""Running dbt: one in-process start per build, and the parsed manifest that Dagster reads.

Belongs here: arguments, environment and results of dbt. dbt is imported inside functions only: its
start-up is the dearest part of a small build, and a code location must load without it. Measured
choice of dbt's own runner over a subprocess: docs/decisions/0003-dbt-in-process.md.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.errors import PipelineError
from orchestration.garbage import rare_collections
from orchestration.interruption import is_stopped
from orchestration.lib.refusals import refusal_in
from orchestration.settings import DBT_PROJECT_DIR, Settings

RUN_RESULTS = "run_results.json"
RAN = ("success", "pass", "warn", "fail", "error", "partial success")


@dataclass(frozen=True)
class NodeResult:
    """What became of one dbt node.

    `status` is dbt's (success, error, skipped; pass, fail, warn for tests); `failures` counts the
    failing rows of a test.
    """

    unique_id: str
    status: str
    seconds: float
    message: str
    failures: int | None


@dataclass(frozen=True)
class DbtRun:
    """One invocation: its node results, and the error that stopped it before any node, if one did."""

    results: tuple[NodeResult, ...]
    error: str | None

    @property
    def failed(self) -> list[NodeResult]:
        return [result for result in self.results if result.status in ("error", "fail", "runtime error")]

    @property
    def is_failed(self) -> bool:
        return bool(self.error or self.failed)


def target_path(settings: Settings) -> Path:
    return settings.work / "dbt"


def manifest_path(settings: Settings) -> Path:
    return target_path(settings) / "manifest.json"


def project_fingerprint(systems: Sequence[str]) -> str:
    """Hash over the content of every file of the dbt project and the enabled systems."""
    digest = hashlib.sha256(json.dumps(sorted(systems)).encode())
    skip = {"target", "logs", "dbt_packages"}
    for path in sorted(DBT_PROJECT_DIR.rglob("*")):
        relative = path.relative_to(DBT_PROJECT_DIR)
        if path.is_file() and relative.parts[0] not in skip and not relative.name.startswith(".user"):
            digest.update(str(relative).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def ensure_parsed(settings: Settings, systems: Sequence[str]) -> Path:
    """Parse the dbt project if it, or the list of systems, has changed since the last parse.

    Returns the path of manifest.json. The parse uses the very `--vars` of the build, since dbt
    parses everything again when they differ. Raises PipelineError with dbt's own words.
    """
    marker = target_path(settings) / "fingerprint"
    fingerprint = project_fingerprint(systems)
    path = manifest_path(settings)
    if path.exists() and marker.exists() and marker.read_text() == fingerprint:
        return path
    run = _invoke(settings, ["parse", *_common_arguments(settings, systems)], build_manifest=None)
    if run.error:
        raise refusal_in([run.error], settings.home) or PipelineError(
            f"dbt could not read the project in {DBT_PROJECT_DIR.name}/: {run.error}"
        )
    marker.write_text(fingerprint)
    return path


def build(
    settings: Settings,
    systems: Sequence[str],
    build_manifest: Path,
    select: Sequence[str] = (),
    *,
    is_alone: bool = False,
) -> DbtRun:
    """`dbt build` from one build manifest into the warehouse; `select` narrows it to models by name;
    `is_alone`: nothing else is in the warehouse, so no test is run that would read what was not selected.

    Unit tests judge the models, not the data, so they run in `make test` and not here. dbt's
    run_results.json is kept beside the build manifest.
    """
    arguments = ["build", "--exclude-resource-type", "unit_test", *_common_arguments(settings, systems)]
    if select:
        arguments += ["--select", *select]
    if is_alone:
        arguments += ["--indirect-selection", "buildable"]
    run_results = target_path(settings) / RUN_RESULTS
    run_results.unlink(missing_ok=True)
    run = _invoke(settings, arguments, build_manifest=build_manifest)
    if run_results.exists():
        shutil.copy2(run_results, build_manifest.parent / RUN_RESULTS)
    return run


def _common_arguments(settings: Settings, systems: Sequence[str]) -> list[str]:
    return [
        "--project-dir", str(DBT_PROJECT_DIR),
        "--profiles-dir", str(DBT_PROJECT_DIR),
        "--target", "warehouse",  # whatever DBT_TARGET says in the shell of whoever starts us
        "--target-path", str(target_path(settings)),
        "--log-path", str(target_path(settings)),
        # Debug lines of a log file that nobody reads were a third of the threads' time.
        "--log-level-file", "warn",
        "--vars", json.dumps({"systems": sorted(systems)}),
    ]  # fmt: skip


def _invoke(settings: Settings, arguments: Sequence[str], build_manifest: Path | None) -> DbtRun:
    from dbt.cli.main import dbtRunner
    from dbt_common.events.event_manager_client import add_callback_to_manager

    silencer = _silencer(settings.home)
    add_callback_to_manager(silencer)  # before dbt has made its log
    target_path(settings).mkdir(parents=True, exist_ok=True)
    variables = dbt_environment(settings, build_manifest) | {"PIPELINE_DBT_KEEP_OPEN": "True"}
    with environment(variables), rare_collections():
        try:
            outcome = dbtRunner(callbacks=[silencer]).invoke(["--quiet", *arguments])
        finally:
            _close_connection()
    if outcome.exception and not isinstance(outcome.exception, Exception):
        raise outcome.exception  # stopped: dbt hands that over like a failure
    error = (str(outcome.exception).strip() or repr(outcome.exception)) if outcome.exception else None
    results = getattr(outcome.result, "results", None) or []
    return DbtRun(tuple(_node_result(item) for item in results), error)


def _silencer(home: Path) -> Callable[[Any], None]:
    """dbt prints pages about what ends it from outside (a stop, a full disk, memory that ran out), and a
    traceback of it: our own message is the answer to that."""

    def silence(event: Any) -> None:
        is_refused = event.info.level == "error" and refusal_in([event.info.msg], home) is not None
        if is_refused or is_stopped():
            from dbt_common.events.event_manager_client import get_event_manager

            get_event_manager().loggers.clear()

    return silence


def _close_connection() -> None:
    """One connection serves the whole invocation (49 s for 576 nodes when each opened its own, 31 s so);
    left open, it would lock every reader of the warehouse out."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    if DuckDBConnectionManager._ENV is not None:  # `env()` raises where nothing was opened
        DuckDBConnectionManager._ENV.close()
    DuckDBConnectionManager.close_all_connections()


def _node_result(item: Any) -> NodeResult:
    return NodeResult(
        unique_id=item.node.unique_id,
        status=str(item.status),
        seconds=float(item.execution_time or 0),
        message=str(item.message or "").strip(),
        failures=item.failures,
    )


def dbt_environment(settings: Settings, build_manifest: Path | None) -> dict[str, str]:
    """The variables that dbt_project/ reads; the same serve to run `dbt` by hand."""
    values = {
        "PIPELINE_WAREHOUSE": str(settings.warehouse),
        "PIPELINE_TEMP_DIRECTORY": str(settings.work / "duckdb"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    return values | ({"PIPELINE_BUILD_MANIFEST": str(build_manifest)} if build_manifest else {})


@contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for the duration: dbt takes them from nowhere else."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
