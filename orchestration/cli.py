"""The commands behind `make`: run, ingest, build, check, ui, docs, rollback, export, erase.

Belongs here: arguments, what is printed, exit codes. The work is done by the same Dagster jobs that
the schedules start, so every run made here is seen in the UI too.
"""

import argparse
import os
import sys
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.errors import PipelineError
from orchestration.settings import PROJECT_ROOT, Settings

if TYPE_CHECKING:
    import dagster as dg

DAGSTER = Path(sys.executable).parent / "dagster"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code (0 done, 1 a failure that was explained)."""
    parser = argparse.ArgumentParser(prog="python -m orchestration", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="ingest every source, then build, check and publish")
    ingest = commands.add_parser("ingest", help="land what is new")
    ingest.add_argument("--source", action="append", help="only this source (may be repeated)")
    commands.add_parser("build", help="build, check and publish from what has been landed")
    commands.add_parser("check", help="validate the sources file")
    commands.add_parser("docs", help="write a page per published table")
    commands.add_parser("rollback", help="serve the publication before the current one")
    export = commands.add_parser("export", help="write published tables as files for a spreadsheet")
    export.add_argument("--format", choices=["csv", "xlsx"], default="xlsx")
    export.add_argument("--to", type=Path, default=Path("export"), help="folder (default: export)")
    export.add_argument("--table", action="append", default=[], help="only this table (may be repeated)")
    erase = commands.add_parser("erase", help="remove a person from everything that was landed or made")
    erase.add_argument("id", help="lead or contact as the marts have it (source_instance:id), or an address")
    ui = commands.add_parser("ui", help="start Dagster on loopback")
    ui.add_argument("--port", type=int, default=3000)
    options = parser.parse_args(arguments)
    try:
        settings = Settings.load()
        if options.command == "check":
            _check(settings)
        elif options.command == "docs":
            _docs(settings)
        elif options.command == "rollback":
            _rollback(settings)
        elif options.command == "export":
            _export(settings, options)
        elif options.command == "erase":
            _erase(settings, options.id)
        elif options.command == "ui":
            _ui(settings, options.port)
        else:
            _execute(settings, options)
    except PipelineError as error:
        print(f"\nERROR: {error}", file=sys.stderr)
        return 1
    return 0


def _execute(settings: Settings, options: argparse.Namespace) -> None:
    from orchestration.sources_file import load_sources_file

    names = [entry.name for entry in load_sources_file(settings.sources_file).sources]
    chosen = names if options.command == "run" else getattr(options, "source", None) or names
    unknown = sorted(set(chosen) - set(names))
    if unknown:
        raise PipelineError(
            f"There is no source {', '.join(unknown)} in {settings.sources_file}.",
            f"The file has: {', '.join(names)}.",
        )
    # Dagster takes seconds to import: after the sources file has been found right
    from dagster import BetaWarning, DagsterInstance, PreviewWarning

    from orchestration.defs.assemble import build_definitions
    from orchestration.lib.dagster_home import prepare_dagster_home

    for category in (BetaWarning, PreviewWarning):  # of Dagster's own maturity labels
        warnings.filterwarnings("ignore", category=category)
    prepare_dagster_home(settings)
    _say(f"Sources: {settings.sources_file}")
    _say(f"Data:    {settings.home}")
    definitions = build_definitions(settings)
    with DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        if options.command in ("run", "ingest"):
            _ingest(definitions, instance, chosen)
        if options.command in ("run", "build"):
            _build(settings, definitions, instance)


def _ingest(definitions: "dg.Definitions", instance: "dg.DagsterInstance", names: Sequence[str]) -> None:
    """One run per source; a source that fails does not keep the others from landing."""
    job = definitions.resolve_job_def("ingest")
    keys = job.asset_layer.executable_asset_keys
    failures = []
    for name in names:
        selection = [key for key in keys if key.path[:2] == ["landing", name]]
        result = _run(job, instance, asset_selection=selection, tags={"source_instance": name})
        if not result.success:
            failures.append(_why(result))
            _say(f"Ingest {name}: FAILED")
            continue
        counts = {"read_rows": 0, "landed": 0, "rejected_rows": 0}
        for event in result.get_asset_materialization_events():
            metadata = event.materialization.metadata
            counts["read_rows"] += _number(metadata["read_rows"])
            counts["landed"] += _number(metadata["dagster/row_count"])
            counts["rejected_rows"] += _number(metadata["rejected_rows"])
        _say(
            f"Ingest {name}: {counts['read_rows']:,} rows read, {counts['landed']:,} new or changed landed,"
            f" {counts['rejected_rows']:,} rejected"
        )
    if failures:
        raise PipelineError(
            "\n".join(failures) + "\nNothing was published; what was served before is still served."
        )


def _build(settings: Settings, definitions: "dg.Definitions", instance: "dg.DagsterInstance") -> None:
    from orchestration.lib import builds
    from orchestration.lib.summary import summary

    _say("Build: dbt, then Great Expectations, then publication ...")
    started = datetime.now(UTC)
    result = _run(definitions.resolve_job_def("build"), instance)
    if not result.success:
        raise PipelineError(_why(result) + "\nNothing was published; what was served before is still served.")
    seconds = (datetime.now(UTC) - started).total_seconds()
    build_id = builds.for_run(settings, result.run_id)["build_id"]
    _say(f"Build {build_id} took {seconds:.0f} s.\n")
    _say(summary(settings, build_id))
    _say("\nOpen the UI: make ui, then http://127.0.0.1:3000")


def _run(
    job: "dg.JobDefinition", instance: "dg.DagsterInstance", **options: Any
) -> "dg.ExecuteInProcessResult":
    """Execute a job here and now, recorded in the instance; its log goes there, not to the screen."""
    from orchestration.defs.runs import INTERACTIVE_TAG

    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    tags = {INTERACTIVE_TAG: "true", **options.pop("tags", {})}
    return job.execute_in_process(
        instance=instance, raise_on_error=False, run_config=quiet, tags=tags, **options
    )


def _why(result: "dg.ExecuteInProcessResult") -> str:
    """The reasons of a failed run in plain words; a defect of ours keeps its traceback in the UI."""
    from orchestration.defs.quality import CHECK_NAME

    reasons = [
        str(evaluation.description)
        for evaluation in result.get_asset_check_evaluations()
        if not evaluation.passed
        and evaluation.severity.value == "ERROR"
        and evaluation.check_name == CHECK_NAME
    ]
    for event in result.filter_events(lambda event: event.is_step_failure):
        data = event.step_failure_data
        if data.user_failure_data and data.user_failure_data.description:
            reasons.append(data.user_failure_data.description)
        elif data.error and not (reasons and "AssetCheckFailed" in data.error.message):
            cause = data.error.cause or data.error
            reasons.append(
                f"Step {event.step_key} stopped on a defect: {cause.message.strip()}\n"
                f"  The whole traceback is in the UI (make ui), run {result.run_id}."
            )
    return "\n".join(dict.fromkeys(reasons)) or f"Run {result.run_id} failed; see the UI (make ui)."


def _number(value: Any) -> int:
    return int(getattr(value, "value", value) or 0)


def _check(settings: Settings) -> None:
    from expectations.results import check_name
    from expectations.schema import load_suites
    from orchestration.sources.registry import declared_objects
    from orchestration.sources_file import load_sources_file

    sources = load_sources_file(settings.sources_file)
    trends = {check_name(suite, trend) for suite in load_suites() for trend in suite.trends}
    for change in sources.accepted_changes:
        if change.check not in trends | {name.partition(".")[0] for name in trends}:
            raise PipelineError(
                f"{settings.sources_file}: accepted_changes names {change.check}, which compares nothing",
                f"Name a table or one of its trends: {', '.join(sorted(trends))}.",
            )
    for entry in sources.sources:
        objects = ", ".join(f"{system}.{name}" for system, name in declared_objects(entry))
        _say(f"{entry.name} ({entry.system}): {objects}")
    _say(f"{settings.sources_file} is right.")


def _docs(settings: Settings) -> None:
    from orchestration.defs.warehouse import load_manifest
    from orchestration.lib.build_plan import enabled_systems
    from orchestration.lib.docs_pages import write_pages
    from orchestration.sources_file import load_sources_file

    systems = enabled_systems(load_sources_file(settings.sources_file))
    _say(f"A page per published table: {write_pages(settings, load_manifest(settings, systems))}")


def _rollback(settings: Settings) -> None:
    from orchestration.lib.publisher import rollback

    publication = rollback(settings)
    _say(f"Now served: build {publication.build_id} ({publication.path}).")


def _export(settings: Settings, options: argparse.Namespace) -> None:
    from orchestration.lib.spreadsheets import export_tables

    written = export_tables(settings, options.to, options.format, options.table)
    for path, rows in written:
        _say(f"{path}: {rows:,} rows")


def _erase(settings: Settings, record_id: str) -> None:
    from orchestration.lib.erasure import erase

    done = erase(settings, record_id)
    _say(
        f"Erased: {done.records} records of one person; {done.rows_removed} rows removed,"
        f" {done.files_rewritten} files written anew."
    )
    if done.shared_texts:
        _say(f"{done.shared_texts} texts (a shared number, say) are other people's too and stay with them.")
    _say("What is served no longer has them. The next build makes the warehouse anew from landing.")
    _say("Erase them in the CRM and calendars too, and in your backups.")


def _ui(settings: Settings, port: int) -> None:
    from orchestration.lib.build_plan import enabled_systems
    from orchestration.lib.dagster_home import prepare_dagster_home
    from orchestration.lib.dbt_project import ensure_parsed
    from orchestration.sources_file import load_sources_file

    prepare_dagster_home(settings)
    try:
        ensure_parsed(settings, enabled_systems(load_sources_file(settings.sources_file)))
    except PipelineError as error:  # the UI opens all the same and shows the error on an asset
        print(f"WARNING: {error}", file=sys.stderr)
    _say(f"Dagster on http://127.0.0.1:{port} (Ctrl-C stops it); data in {settings.home}")
    workspace = str(PROJECT_ROOT / "workspace.yaml")
    os.chdir(PROJECT_ROOT)
    os.execve(  # replaces this process, so that Ctrl-C and kill reach Dagster itself
        DAGSTER,
        ["dagster", "dev", "--workspace", workspace, "--host", "127.0.0.1", "--port", str(port)],
        settings.environment(),
    )


def _say(text: str) -> None:
    print(text, flush=True)
