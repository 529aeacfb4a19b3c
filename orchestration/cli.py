"""The commands behind `make`, and those that keep a service going (docs/operations.md).

Belongs here: arguments, what is printed, exit codes. The work is done by the same Dagster jobs that
the schedules start, so every run made here is seen in the UI too.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from orchestration.cli_runs import execute, say
from orchestration.errors import PipelineError
from orchestration.garbage import rare_collections
from orchestration.interruption import Stopped, stoppable
from orchestration.lib.refusals import refusal
from orchestration.settings import ALERT_URLS, PROJECT_ROOT, Settings

DAGSTER = Path(sys.executable).parent / "dagster"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code (0 done, 1 a failure that was explained)."""
    options = _parser().parse_args(arguments)
    try:
        with stoppable(), rare_collections():
            _COMMANDS[options.command](Settings.load(), options)
    except PipelineError as error:
        print(f"\nERROR: {error}", file=sys.stderr)
        return 1
    except Stopped as stopped:
        print(
            f"\nSTOPPED by {stopped}. What is served is one whole build, as ever; the next run goes on from"
            " what has been landed.",
            file=sys.stderr,
        )
        return 128 + stopped.number
    except Exception as error:
        told = refusal(error, Settings.load().home)
        if told is None:
            raise
        print(f"\nERROR: {told}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m orchestration", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="ingest every source, then build, check and publish")
    ingest = commands.add_parser("ingest", help="land what is new")
    for command in (run, ingest):
        command.add_argument("--source", action="append", default=[], help="only this one (may be repeated)")
    build = commands.add_parser("build", help="build, check and publish from what has been landed")
    build.add_argument("--from-landing", action="store_true", help="make the warehouse anew")
    for command in (run, ingest, build):
        command.add_argument("--force", action="store_true", help="also where nothing is new")
    history = commands.add_parser("history", help="recompute verdicts and flags for days of the past")
    for option, name in (("--from", "first"), ("--to", "last")):
        history.add_argument(option, type=_day, required=True, dest=name, metavar="DAY", help="as 2026-06-30")
    history.add_argument(
        "--with-later-knowledge", action="store_true", help="read what was landed since, too"
    )
    commands.add_parser("check", help="validate the sources file")
    commands.add_parser("docs", help="write a page per published table")
    commands.add_parser("rollback", help="serve the publication before the current one")
    export = commands.add_parser("export", help="write published tables as files for a spreadsheet")
    export.add_argument("--format", choices=["csv", "xlsx"], default="xlsx")
    export.add_argument("--to", type=Path, default=Path("export"), help="folder (default: export)")
    export.add_argument("--table", action="append", default=[], help="only this table (may be repeated)")
    erase = commands.add_parser("erase", help="remove a person from everything that was landed or made")
    erase.add_argument(
        "id", help="lead or contact as in the marts (source_instance:id), or an e-mail address"
    )
    alerts = commands.add_parser("alerts", help="tell of troubles now, as PIPELINE_ALERT_URLS says")
    alerts.add_argument("--test", action="store_true", help="send one message that says it is a test")
    digest = commands.add_parser("digest", help="write each manager's page of findings; print them")
    digest.add_argument("--manager", help="only this manager (rep_id)")
    digest.add_argument("--send", action="store_true", help="also send them, as PIPELINE_DIGEST_URLS says")
    backup = commands.add_parser("backup", help="write everything that cannot be made again to one file")
    backup.add_argument("--to", type=Path, required=True, help="folder")
    restore = commands.add_parser("restore", help="unpack a backup into an empty PIPELINE_HOME")
    restore.add_argument("backup", type=Path, help="the file that `backup` wrote")
    commands.add_parser("compact", help="join landing's small files; every row stays")
    commands.add_parser("prepare", help="what the servers under deploy/ need before they start")
    ui = commands.add_parser("ui", help="start Dagster on loopback")
    ui.add_argument("--port", type=int, default=3000, help="default: 3000")
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2026-06-30") from error


def _run_jobs(settings: Settings, options: argparse.Namespace) -> None:
    execute(
        settings,
        options.command,
        getattr(options, "source", ()),
        from_landing=getattr(options, "from_landing", False),
        is_forced=options.force,
    )


def _history(settings: Settings, options: argparse.Namespace) -> None:
    from orchestration.lib.flag_history import recompute_day
    from orchestration.sources_file import load_sources_file

    if options.first > options.last:
        raise PipelineError(
            f"--from {options.first} lies behind --to {options.last}: there is no day between them.",
            "Give the earlier day as --from.",
        )
    sources = load_sources_file(settings.sources_file)
    for number in range((options.last - options.first).days + 1):
        day = options.first + timedelta(days=number)
        rows = recompute_day(
            settings, sources, day, run_id="by_hand", with_later_knowledge=options.with_later_knowledge
        )
        counts = ", ".join(f"{table} {count:,}" for table, count in rows.items())
        say(f"{day}: {counts} rows under {settings.flag_history}")


def _check(settings: Settings, _: argparse.Namespace) -> None:
    from expectations.results import check_name
    from expectations.schema import load_suites
    from orchestration.lib.build_inputs import future_note
    from orchestration.sources.registry import declared_objects
    from orchestration.sources_file import load_sources_file

    sources = load_sources_file(settings.sources_file)
    note = future_note(settings, sources, datetime.now(UTC))
    suites = load_suites() if sources.accepted_changes else []
    trends = {check_name(suite, trend) for suite in suites for trend in suite.trends}
    for change in sources.accepted_changes:
        if change.check not in trends | {name.partition(".")[0] for name in trends}:
            raise PipelineError(
                f"{settings.sources_file}: accepted_changes names {change.check}, which compares nothing",
                f"Name a table or one of its trends: {', '.join(sorted(trends))}.",
            )
    for entry in sources.sources:
        objects = ", ".join(f"{system}.{name}" for system, name in declared_objects(entry))
        say(f"{entry.name} ({entry.system}): {objects}")
        if entry.path is not None and not entry.path.exists():
            say(f"  not there yet: {entry.path}")
        for variable in entry.variables:
            if not settings.is_set(variable):
                say(f"  not set: the environment variable {variable}")
    if note:
        say(note)
    say(f"{settings.sources_file} is right.")


def _docs(settings: Settings, _: argparse.Namespace) -> None:
    from orchestration.defs.warehouse import load_manifest
    from orchestration.lib.build_inputs import enabled_systems
    from orchestration.lib.docs_pages import write_pages
    from orchestration.sources_file import load_sources_file

    systems = enabled_systems(load_sources_file(settings.sources_file))
    say(f"A page per published table: {write_pages(settings, load_manifest(settings, systems))}")


def _rollback(settings: Settings, _: argparse.Namespace) -> None:
    from orchestration.lib.publisher import rollback

    publication = rollback(settings)
    say(f"Now served: build {publication.build_id} ({publication.path}).")


def _export(settings: Settings, options: argparse.Namespace) -> None:
    from orchestration.lib.spreadsheets import export_tables

    written = export_tables(settings, options.to, options.format, options.table)
    for path, rows in written:
        say(f"{path}: {rows:,} rows")


def _erase(settings: Settings, options: argparse.Namespace) -> None:
    from orchestration.lib.erasure import erase

    done = erase(settings, options.id)
    say(
        f"Erased: one person's records ({done.records}); {done.rows_removed} rows removed,"
        f" {done.files_rewritten} files written anew."
    )
    if done.shared_texts:
        say(f"{done.shared_texts} texts (a shared number, say) are other people's too and stay with them.")
    say("What is served no longer has them. The next build makes the warehouse anew from landing.")
    say("Erase them in the CRM and calendars too, and in your backups.")


def _alerts(settings: Settings, options: argparse.Namespace) -> None:
    from orchestration.lib.alerts import send_test, tell
    from orchestration.sources_file import load_sources_file

    if options.test:
        send_test(settings)
        say("A test message was taken.")
        return
    if not settings.are_alerts_wanted:
        say(f"{ALERT_URLS} is not set, so nobody is told of anything; docs/operations.md says to what.")
        return
    told = tell(settings, load_sources_file(settings.sources_file).sources)
    say("\n".join(told) or "Nothing new to tell.")


def _digest(settings: Settings, options: argparse.Namespace) -> None:
    from orchestration.lib.digest import make_digests, send_digests, write_digests

    digests = make_digests(settings, options.manager)
    paths = write_digests(settings, digests)
    for digest in digests:
        say(digest.markdown)
    if options.send:
        send_digests(settings, digests)
    say("\n".join(f"Written: {path}" for path in paths))


def _backup(settings: Settings, options: argparse.Namespace) -> None:
    from orchestration.lib.backup import back_up

    path = back_up(settings, options.to)
    say(f"{path}: {path.stat().st_size / 1e6:,.0f} MB. Not in it: the sources file, secrets, a PostgreSQL.")


def _restore(settings: Settings, options: argparse.Namespace) -> None:
    from orchestration.lib.backup import restore

    files = restore(settings, options.backup)
    say(f"{files:,} files are in {settings.home}. The next build makes the warehouse.")


def _compact(settings: Settings, _: argparse.Namespace) -> None:
    from orchestration.lib.compaction import compact

    done = compact(settings, progress=say)
    for each in done:
        kept = f"; {each.kept_files} old files stay for a build under way" if each.kept_files else ""
        say(
            f"{each.source_instance}: {each.system} {each.object}, {each.rows:,} rows: {each.files_before}"
            f" files of {each.bytes_before / 1e6:,.1f} MB are {each.files_after} of"
            f" {each.bytes_after / 1e6:,.1f} MB now{kept}"
        )
    if not done:
        say("No object has enough small files to be worth it.")


def _prepare(settings: Settings, _: argparse.Namespace) -> None:
    """Dagster's home and the parsed dbt project, so that no server has to make them while it starts."""
    from orchestration.lib.build_inputs import enabled_systems
    from orchestration.lib.dagster_home import prepare_dagster_home
    from orchestration.lib.dbt_project import ensure_parsed
    from orchestration.sources_file import load_sources_file

    prepare_dagster_home(settings)
    try:
        ensure_parsed(settings, enabled_systems(load_sources_file(settings.sources_file)))
    except PipelineError as error:  # the UI opens all the same and shows the error on an asset
        print(f"WARNING: {error}", file=sys.stderr)


def _ui(settings: Settings, options: argparse.Namespace) -> None:
    _prepare(settings, options)
    say(f"Dagster on http://127.0.0.1:{options.port} (Ctrl-C stops it); data in {settings.home}")
    workspace = str(PROJECT_ROOT / "workspace.yaml")
    os.chdir(PROJECT_ROOT)
    os.execve(  # replaces this process, so that Ctrl-C and kill reach Dagster itself
        DAGSTER,
        ["dagster", "dev", "--workspace", workspace, "--host", "127.0.0.1", "--port", str(options.port)],
        settings.environment(),
    )


_COMMANDS: dict[str, Callable[[Settings, argparse.Namespace], None]] = {
    "run": _run_jobs,
    "ingest": _run_jobs,
    "build": _run_jobs,
    "history": _history,
    "check": _check,
    "docs": _docs,
    "rollback": _rollback,
    "export": _export,
    "erase": _erase,
    "alerts": _alerts,
    "digest": _digest,
    "backup": _backup,
    "restore": _restore,
    "compact": _compact,
    "prepare": _prepare,
    "ui": _ui,
}
