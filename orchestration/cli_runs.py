"""The commands that run jobs: run, ingest, build.

Belongs here: executing Dagster's jobs in this process, and what a person reads about them. All other
commands are in cli.py.
"""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from orchestration.errors import PipelineError
from orchestration.settings import Settings

if TYPE_CHECKING:
    import dagster as dg

    from orchestration.sources_file import SourcesFile

_MOST_WARNINGS = 10  # of one source's ingest


def execute(
    settings: Settings,
    command: str,
    sources: Sequence[str],
    *,
    from_landing: bool = False,
    is_forced: bool = False,
) -> None:
    """`run`, `ingest` or `build`; `sources`: only these (none: all); `from_landing`: forget the warehouse;
    `is_forced`: work also where nothing is new.

    Raises PipelineError where a source is unknown, a run fails, or another `run` or `build` is under way:
    two would take turns on one warehouse, and each find the other's work in it.
    """
    from orchestration.lib.build_inputs import future_note
    from orchestration.lib.fingerprint import code_fingerprint
    from orchestration.lib.warehouse import named_lock
    from orchestration.sources_file import load_sources_file

    with ExitStack() as locks:
        if command != "ingest":
            locks.enter_context(named_lock(settings.home / "run.lock", f"`{command}`"))
        file = load_sources_file(settings.sources_file)
        chosen = _known(settings, file, sources)
        note = future_note(settings, file, datetime.now(UTC))  # here, as a wrong date would end the build
        say(f"Sources: {settings.sources_file}")
        say(f"Data:    {settings.home}")
        if note:
            say(note)
        code = code_fingerprint()
        if command in ("run", "ingest"):
            _ingest_what_is_new(settings, file, chosen, code, is_forced=is_forced)
        if command in ("run", "build"):
            _build_what_is_new(settings, file, code, from_landing=from_landing, is_forced=is_forced)


def _known(settings: Settings, file: "SourcesFile", names: Sequence[str]) -> Sequence[str]:
    known = [entry.name for entry in file.sources]
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise PipelineError(
            f"There is no source {', '.join(unknown)} in {settings.sources_file}.",
            f"The file has: {', '.join(known)}.",
        )
    return names or known


def _ingest_what_is_new(
    settings: Settings, file: "SourcesFile", names: Sequence[str], code: str, *, is_forced: bool
) -> None:
    from orchestration.lib.unchanged import landed_alike

    new = []
    for entry in file.sources:
        if entry.name in names:
            record = None if is_forced else landed_alike(settings, entry, code)
            if record is None:
                new.append(entry.name)
            else:
                say(
                    f"Ingest {entry.name}: nothing new; it would be generated as it was landed"
                    f" {record['finished_at'][:19]} UTC"
                )
                _tell_that_all_is_well(settings, file, "ingest", entry.name)
    if new:
        from orchestration.defs.jobs import ingest_definitions

        with _dagster(settings, file) as instance:
            _ingest(ingest_definitions(settings, file), instance, new)


def _build_what_is_new(
    settings: Settings, file: "SourcesFile", code: str, *, from_landing: bool, is_forced: bool
) -> None:
    from orchestration.lib.unchanged import confirm, look

    if not from_landing and not is_forced:
        now = datetime.now(UTC)
        found = look(settings, file, now=now, code=code)
        if found.is_nothing_new:
            said = confirm(settings, found, now)
            _tell_that_all_is_well(settings, file, "build")
            say(f"{said}\n`build --force` builds it again.")
            return
        if found.publication:
            say(f"To build: {'; '.join(found.reasons)}.")
    from orchestration.defs.assemble import build_definitions

    with _dagster(settings, file) as instance:
        if from_landing:
            _forget_warehouse(settings)
        _build(settings, build_definitions(settings), instance)


@contextmanager
def _dagster(settings: Settings, file: "SourcesFile") -> Iterator["dg.DagsterInstance"]:
    """Dagster's instance; imported only here, as that takes seconds. Troubles are told at the end."""
    from dagster import BetaWarning, DagsterInstance, PreviewWarning

    from orchestration.defs.alerts import tell_of_runs
    from orchestration.defs.own_runs import end_dead_runs
    from orchestration.lib.dagster_home import prepare_dagster_home

    for category in (BetaWarning, PreviewWarning):  # of Dagster's own maturity labels
        warnings.filterwarnings("ignore", category=category)
    prepare_dagster_home(settings)
    began = datetime.now(UTC)
    with DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        for told in end_dead_runs(instance):
            say(told)
        try:
            yield instance
        finally:
            tell_of_runs(settings, file.sources, instance, began, say)


def _tell_that_all_is_well(
    settings: Settings, file: "SourcesFile", job: str, source: str | None = None
) -> None:
    """A run that need not be made is a good one: it ends the alert of one that failed."""
    if settings.are_alerts_wanted:
        from orchestration.lib.alerts import RunEnd, tell

        end = RunEnd(job, source, "none was needed", datetime.now(UTC).timestamp(), None)
        try:
            tell(settings, file.sources, [end])
        except PipelineError as error:
            say(f"Alerts: {error}")


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
    failures, failed = [], []
    for name in names:
        selection = [key for key in keys if key.path[:2] == ["landing", name]]
        result = run_here(job, instance, asset_selection=selection, tags={"source_instance": name})
        if not result.success:
            failures += reasons(result)
            failed.append(name)
            say(f"Ingest {name}: FAILED")
            continue
        counts = {"read_rows": 0, "landed": 0, "rejected_rows": 0}
        told: list[str] = []
        for event in result.get_asset_materialization_events():
            metadata = event.materialization.metadata
            counts["read_rows"] += _number(metadata["read_rows"])
            counts["landed"] += _number(metadata["dagster/row_count"])
            counts["rejected_rows"] += _number(metadata["rejected_rows"])
            if "warnings" in metadata:
                told += _texts(metadata["warnings"])
        say(
            f"Ingest {name}: {counts['read_rows']:,} rows read, {counts['landed']:,} new or changed landed,"
            f" {counts['rejected_rows']:,} rejected"
        )
        for text in told[:_MOST_WARNINGS]:
            say(f"  {text}")
        if len(told) > _MOST_WARNINGS:
            say(f"  and {len(told) - _MOST_WARNINGS} more warnings: the log of the run has them")
    if failures:
        go_on = f"`build` builds what has landed, without what is new of {', '.join(failed)}."
        raise PipelineError(
            "\n".join([*failures, STILL_SERVED, *([go_on] if len(failed) < len(names) else [])])
        )


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


def _texts(value: Any) -> list[str]:
    return list(getattr(value, "value", value))


def say(text: str) -> None:
    """Print at once, whoever reads the output."""
    print(text, flush=True)
