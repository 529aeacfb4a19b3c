"""The commands that run jobs: run, ingest, build.

Belongs here: executing Dagster's jobs in this process, and what a person reads about them. All other
commands are in cli.py.
"""

import warnings
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from orchestration.errors import PipelineError
from orchestration.settings import Settings

if TYPE_CHECKING:
    import dagster as dg


def execute(settings: Settings, command: str, sources: Sequence[str], *, from_landing: bool = False) -> None:
    """`run`, `ingest` or `build`; `sources`: only these (none: all); `from_landing`: forget the warehouse.

    Raises PipelineError where a source is unknown, a run fails, or another `run` or `build` is under way:
    two would take turns on one warehouse, and each find the other's work in it.
    """
    from orchestration.lib.warehouse import named_lock

    with ExitStack() as locks:
        if command != "ingest":
            locks.enter_context(named_lock(settings.home / "run.lock", f"`{command}`"))
        _execute(settings, command, sources, from_landing=from_landing)


def _execute(settings: Settings, command: str, sources: Sequence[str], *, from_landing: bool) -> None:
    from orchestration.sources_file import load_sources_file

    entries = load_sources_file(settings.sources_file).sources
    names = [entry.name for entry in entries]
    chosen = sources or names
    unknown = sorted(set(chosen) - set(names))
    if unknown:
        raise PipelineError(
            f"There is no source {', '.join(unknown)} in {settings.sources_file}.",
            f"The file has: {', '.join(names)}.",
        )
    # Dagster takes seconds to import: after the sources file has been found right
    from dagster import BetaWarning, DagsterInstance, PreviewWarning

    from orchestration.defs.alerts import tell_of_runs
    from orchestration.defs.assemble import build_definitions
    from orchestration.defs.own_runs import end_dead_runs
    from orchestration.lib.dagster_home import prepare_dagster_home

    for category in (BetaWarning, PreviewWarning):  # of Dagster's own maturity labels
        warnings.filterwarnings("ignore", category=category)
    prepare_dagster_home(settings)
    say(f"Sources: {settings.sources_file}")
    say(f"Data:    {settings.home}")
    definitions = build_definitions(settings)
    if from_landing:
        _forget_warehouse(settings)
    began = datetime.now(UTC)
    with DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        for told in end_dead_runs(instance):
            say(told)
        try:
            if command in ("run", "ingest"):
                _ingest(definitions, instance, chosen)
            if command in ("run", "build"):
                _build(settings, definitions, instance)
        finally:
            tell_of_runs(settings, entries, instance, began, say)


def _forget_warehouse(settings: Settings) -> None:
    from orchestration.lib.warehouse import writer_lock

    with writer_lock(settings, "a rebuild from landing"):
        for path in settings.home.glob(f"{settings.warehouse.name}*"):
            path.unlink()


def _ingest(definitions: "dg.Definitions", instance: "dg.DagsterInstance", names: Sequence[str]) -> None:
    """One run per source; a source that fails does not keep the others from landing."""
    from orchestration.defs.failures import STILL_SERVED, reasons
    from orchestration.defs.own_runs import run_here

    job = definitions.resolve_job_def("ingest")
    keys = job.asset_layer.executable_asset_keys
    failures = []
    for name in names:
        selection = [key for key in keys if key.path[:2] == ["landing", name]]
        result = run_here(job, instance, asset_selection=selection, tags={"source_instance": name})
        if not result.success:
            failures += reasons(result)
            say(f"Ingest {name}: FAILED")
            continue
        counts = {"read_rows": 0, "landed": 0, "rejected_rows": 0}
        for event in result.get_asset_materialization_events():
            metadata = event.materialization.metadata
            counts["read_rows"] += _number(metadata["read_rows"])
            counts["landed"] += _number(metadata["dagster/row_count"])
            counts["rejected_rows"] += _number(metadata["rejected_rows"])
        say(
            f"Ingest {name}: {counts['read_rows']:,} rows read, {counts['landed']:,} new or changed landed,"
            f" {counts['rejected_rows']:,} rejected"
        )
    if failures:
        raise PipelineError("\n".join([*failures, STILL_SERVED]))


def _build(settings: Settings, definitions: "dg.Definitions", instance: "dg.DagsterInstance") -> None:
    from orchestration.defs.failures import build_failure
    from orchestration.defs.own_runs import run_here
    from orchestration.lib import builds
    from orchestration.lib.summary import summary

    say("Build: dbt, then Great Expectations, then publication ...")
    started = datetime.now(UTC)
    result = run_here(definitions.resolve_job_def("build"), instance)
    if not result.success:
        raise build_failure(settings, result)
    seconds = (datetime.now(UTC) - started).total_seconds()
    build_id = builds.for_run(settings, result.run_id)["build_id"]
    say(f"Build {build_id} took {seconds:.0f} s.\n")
    say(summary(settings, build_id))
    say("\nOpen the UI: make ui, then http://127.0.0.1:3000")


def _number(value: Any) -> int:
    return int(getattr(value, "value", value) or 0)


def say(text: str) -> None:
    """Print at once, whoever reads the output."""
    print(text, flush=True)
