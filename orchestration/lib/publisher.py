"""What BI reads: whole versions side by side, and one link that says which of them is served.

Belongs here: refusing, swapping, going back, keeping the last versions. The files of a version are
`version_files`; whether a build may be published is `verdict`.
"""

import contextlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from expectations.schema import SUITES_DIR
from orchestration.errors import PipelineError
from orchestration.lib import builds, version_files
from orchestration.lib.content import contents
from orchestration.lib.verdict import TIME_FORMAT, accepted_verdict
from orchestration.lib.warehouse import named_lock, read_warehouse, warehouse_build_id, writer_lock
from orchestration.settings import Settings

CURRENT = "current"
CONSTANT = "current.duckdb"
_PREFIX = "v-"
_UNFINISHED = ".tmp"
_RECORDED = ("build_id", "as_of", "known_at", "git_revision", "duckdb_version", "fake_shares", "tables")
_REMEDY = "Run the whole job `build`; what was served before is still served."


@dataclass(frozen=True)
class Publication:
    """A version that is served. `path`: its DuckDB file; `row_counts`: rows per table."""

    build_id: str
    path: Path
    row_counts: dict[str, int]
    published_at: str


def publish(
    settings: Settings,
    build_id: str,
    *,
    keep: int | None = None,
    keep_days: float | None = None,
    suites_dir: Path = SUITES_DIR,
    now: datetime | None = None,
) -> Publication:
    """Serve the judged build: a fresh version from the warehouse, verified, then the link swapped.

    Of the other versions the last `keep` stay and those younger than `keep_days`, by default as the
    settings say. Does nothing where that build is served already. Raises PipelineError naming the reason
    where there is no verdict for exactly this build, its tables and these suites, where the verdict does
    not allow it, or where the version cannot be written; then what was served stays served.
    """
    with _publishing(settings, f"publication of build {build_id}"):
        verdict = accepted_verdict(settings, build_id, suites_dir)
        _tidy(settings)
        version = settings.published / f"{_PREFIX}{build_id}"
        if _holds(version, verdict):
            if current_version(settings) != version:
                version_files.verify_version(version, verdict)
        elif current_version(settings) == version:
            raise PipelineError(
                f"build {build_id} is served already and has been judged again with other content",
                "Start a new build: a published one does not change.",
            )
        else:
            _make_version(settings, version, verdict, now)
        _swap(settings, version)
        _write_ledger(settings, version, now)
        with contextlib.suppress(OSError):  # tried again at the next publication
            _retire(
                settings,
                settings.keep_versions if keep is None else keep,
                settings.keep_days if keep_days is None else keep_days,
                now,
            )
        return _publication(version)


def rollback(settings: Settings, *, now: datetime | None = None) -> Publication:
    """Serve the version published before the current one; the ledger then says which build was left.
    Where the link leads to no version (it was removed or damaged), the newest whole one is served again.

    Raises PipelineError where nothing is served or no version before it is kept.
    """
    with _publishing(settings, "rollback"):
        current = current_version(settings)
        standing = _versions(settings)
        before = standing[: standing.index(current)] if current in standing else standing
        if not before:
            raise PipelineError(
                f"there is no version before {current.name} to go back to"
                if current
                else f"nothing is served in {settings.published}",
                "What is served stays. Correct what is wrong and `build` again; it becomes the next version."
                if current
                else "Run the job `build`.",
            )
        version = before[-1]
        version_files.verify_version(version, builds.read_json(version / version_files.RECORD))
        if current is not None:
            left, instead = current.name.removeprefix(_PREFIX), _publication(version).build_id
            builds.write_json(
                builds.build_dir(settings, left) / builds.ROLLED_BACK,
                {"build_id": left, "rolled_back_at": _utc(now), "served_instead": instead},
            )
        _swap(settings, version)
        return _publication(version)


def current_version(settings: Settings) -> Path | None:
    """Folder of the version that is served; None before the first publication, and where the link leads
    to no version of ours."""
    link = settings.published / CURRENT
    if not link.is_symlink():
        return None
    target = str(link.readlink())
    version = settings.published / target
    is_ours = target.startswith(_PREFIX) and "/" not in target and (version / version_files.RECORD).is_file()
    return version if is_ours else None


def served(settings: Settings) -> Publication | None:
    """What BI reads now; None where nothing is served, or not by the two links that BI knows."""
    version = current_version(settings)
    constant = settings.published / CONSTANT
    if version is None or constant.resolve() != (version / version_files.DATABASE).resolve():
        return None
    return _publication(version)


def open_published(settings: Settings) -> duckdb.DuckDBPyConnection:
    """A reader's connection to what is served: read only, and it can reach no other file.

    The link is followed first: DuckDB goes by the path, so two versions stay two databases.
    """
    version = current_version(settings)
    if version is None:
        link = settings.published / CURRENT
        if link.is_symlink() or link.exists():
            raise PipelineError(
                f"{link} leads to {link.resolve()}, which is no publication",
                "Run `make rollback`: it serves the newest whole version; or run the job `build`.",
            )
        raise PipelineError(f"nothing is served in {settings.published}", "Run the job `build`.")
    return duckdb.connect(
        str((version / version_files.DATABASE).resolve()),
        read_only=True,
        config={"enable_external_access": "false", "lock_configuration": "true"},
    )


@contextmanager
def _publishing(settings: Settings, purpose: str) -> Iterator[None]:
    """One publication or rollback at a time; what the disk refuses becomes the user's error."""
    try:
        settings.published.mkdir(parents=True, exist_ok=True)
        with named_lock(settings.home / "publish.lock", purpose, wait_seconds=60):
            yield
    except (OSError, duckdb.IOException, duckdb.FatalException, duckdb.OutOfMemoryException) as error:
        raise PipelineError(
            f"{purpose} could not be written to {settings.published}: {error}",
            "Free some space, or allow writing to that folder; what was served before is still served.",
        ) from error


def _holds(version: Path, verdict: dict[str, Any]) -> bool:
    """Was this version made whole from just what was judged? Its record is written last."""
    try:
        return bool(builds.read_json(version / version_files.RECORD)["tables"] == verdict["tables"])
    except (FileNotFoundError, KeyError, PipelineError):
        return False


def _make_version(settings: Settings, version: Path, verdict: dict[str, Any], now: datetime | None) -> None:
    build_id = verdict["build_id"]
    if verdict["duckdb_version"] != duckdb.__version__:
        raise PipelineError(
            f"build {build_id} was judged with DuckDB {verdict['duckdb_version']},"
            f" this is {duckdb.__version__}",
            _REMEDY,
        )
    with writer_lock(settings, f"publication of build {build_id}", wait_seconds=60):
        in_warehouse = warehouse_build_id(settings)
        if in_warehouse != build_id:
            raise PipelineError(f"the warehouse holds build {in_warehouse}, not {build_id}", _REMEDY)
        unfinished = version.with_name(version.name + _UNFINISHED)
        try:
            version_files.write_version(settings, unfinished, verdict)
            record = {key: verdict[key] for key in _RECORDED} | {"published_at": _utc(now)}
            builds.write_json(unfinished / version_files.RECORD, record)
        except BaseException as error:
            shutil.rmtree(unfinished, ignore_errors=True)
            if isinstance(error, PipelineError | duckdb.ProgrammingError):  # that: a table or column is gone
                _refuse_other_warehouse(settings, verdict)
            raise
    if version.exists():  # left by a build that was judged anew; never the one that is served
        _remove(version)
    unfinished.rename(version)
    builds.fsync_dir(settings.published)


def _refuse_other_warehouse(settings: Settings, verdict: Mapping[str, Any]) -> None:
    """Why a copy is not what was judged. Asked only then: the copy's own proof finds every difference, and
    to read the warehouse before copying it was a sixth of a publication."""
    judged = version_files.judged_contents(verdict)
    with read_warehouse(settings) as connection:
        wrong = version_files.differing(contents(connection, list(judged)), judged)
    if wrong:
        raise PipelineError(
            f"the warehouse has changed since build {verdict['build_id']} was judged: {', '.join(wrong)}",
            _REMEDY,
        )


def _swap(settings: Settings, version: Path) -> None:
    """Point `current` at the version; a reader sees the old link or the new one, never none."""
    for name, target in ((CURRENT, version.name), (CONSTANT, f"{CURRENT}/{version_files.DATABASE}")):
        link = settings.published / name
        if link.is_symlink() and str(link.readlink()) == target:
            continue
        fresh = settings.published / f".{name}{_UNFINISHED}"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(target)
        if link.is_dir() and not link.is_symlink():  # a copy that followed the link; removed by `_tidy`
            link.rename(settings.published / f"{_PREFIX}{name}{_UNFINISHED}")
        fresh.replace(link)
    builds.fsync_dir(settings.published)


def _write_ledger(settings: Settings, version: Path, now: datetime | None) -> None:
    record = builds.read_json(version / version_files.RECORD)
    folder = builds.build_dir(settings, record["build_id"])
    was_left = (folder / builds.ROLLED_BACK).exists()
    if was_left or not (folder / builds.PUBLISHED).exists():
        served_again = {"published_at": _utc(now)} if was_left else {}
        builds.write_json(folder / builds.PUBLISHED, record | served_again)
        (folder / builds.ROLLED_BACK).unlink(missing_ok=True)


def _versions(settings: Settings) -> list[Path]:
    """Whole versions that were not rolled back, in the order of their publication."""
    found = []
    for record_path in settings.published.glob(f"{_PREFIX}*/{version_files.RECORD}"):
        version = record_path.parent
        if version.name.endswith(_UNFINISHED):
            continue
        ledger = builds.build_dir(settings, version.name.removeprefix(_PREFIX))
        if not (ledger / builds.ROLLED_BACK).exists():
            source = ledger / builds.PUBLISHED
            record = builds.read_json(source if source.exists() else record_path)
            found.append((record["published_at"], version.name, version))
    return [version for _, _, version in sorted(found)]


def _retire(settings: Settings, keep: int, keep_days: float, now: datetime | None) -> None:
    """Remove versions that are neither among the last `keep` nor younger than `keep_days`; the one that
    is served always stays, one that was rolled back does not."""
    standing = _versions(settings)
    since = _utc((now or datetime.now(UTC)) - timedelta(days=keep_days))
    young = [version for version in standing if _publication(version).published_at > since]
    kept = {current_version(settings), *standing[-keep:], *young}
    for version in sorted(settings.published.glob(f"{_PREFIX}*")):
        if version.is_dir() and version not in kept:
            _remove(version)


def _remove(version: Path) -> None:
    """Renamed first, so that a kill half-way leaves nothing that looks whole."""
    doomed = version
    if not version.name.endswith(_UNFINISHED):
        doomed = version.with_name(f"{version.name}.old{_UNFINISHED}")
        version.rename(doomed)
    shutil.rmtree(doomed)


def _tidy(settings: Settings) -> None:
    """What a killed publication left behind: unfinished folders, and a ledger without its last entry."""
    for path in settings.published.glob(f"{_PREFIX}*{_UNFINISHED}"):
        shutil.rmtree(path)
    current = current_version(settings)
    if current is not None and (current / version_files.RECORD).exists():
        record = builds.read_json(current / version_files.RECORD)
        path = builds.build_dir(settings, record["build_id"]) / builds.PUBLISHED
        if not path.exists():
            builds.write_json(path, record)


def _publication(version: Path) -> Publication:
    record = builds.read_json(version / version_files.RECORD)
    return Publication(
        build_id=record["build_id"],
        path=version / version_files.DATABASE,
        row_counts={name: facts["rows"] for name, facts in record["tables"].items()},
        published_at=record["published_at"],
    )


def _utc(now: datetime | None) -> str:
    return (now or datetime.now(UTC)).astimezone(UTC).strftime(TIME_FORMAT)
