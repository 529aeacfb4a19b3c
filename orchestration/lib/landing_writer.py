"""Writing landing: one dlt pipeline per source instance and system, Parquet, append only.

Belongs here: everything that is dlt's. What is written is `landing`; what counts, `ingest_ledger`.
"""

import contextlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import Any

import dlt
import pyarrow.parquet as pq
from dlt.common.destination import DestinationCapabilitiesContext
from dlt.common.normalizers.naming.direct import NamingConvention as DirectNaming
from dlt.common.storages.load_package import create_load_id
from dlt.extract import storage as extract_storage
from dlt.pipeline.exceptions import PipelineStepFailed
from fsspec.implementations.local import LocalFileSystem

from orchestration.errors import PipelineError
from orchestration.lib.ingest_ledger import sync_folder
from orchestration.lib.landing_files import FileId, file_id, files_of_load
from orchestration.lib.landing_parquet import Stamp
from orchestration.lib.landing_settle import Settling
from orchestration.settings import Settings

LOADED_AT = "_loaded_at"
_LAYOUT = "{table_name}/{schema_name}.{load_id}.{file_id}.{ext}"
_OPTIONS = {
    "runtime.dlthub_telemetry": False,
    "runtime.log_level": "ERROR",
    # Landing and its ledger are the memory; asking the destination for dlt's own costs 0.2 s a load.
    "restore_from_destination": False,
    "extract.futures_poll_interval": 0.001,  # it waits so long at least once, and has nothing to wait for
    "load.delete_completed_jobs": True,  # else every landed row stays in the work folder too
}


class VerbatimNaming(DirectNaming):
    """Column names as the source has them; dlt's `direct` would still replace quotes and line ends,
    and then a mapping written against the file would not find its column."""

    _CLEANUP_TABLE = str.maketrans("", "")


class LandingDestination(dlt.destinations.filesystem):
    """dlt's filesystem. dlt asks some 17 times a load what it is capable of, and searches the environment and
    its files for settings each time: here once, which halves what dlt's part of a load takes."""

    def capabilities(self, config: Any = None, naming: Any = None) -> DestinationCapabilitiesContext:
        """As dlt's own; `config` that is not given is found once."""
        return super().capabilities(config or self._config, naming)

    @property
    def destination_type(self) -> str:
        """dlt's own, under which loads that were interrupted remember it."""
        return "dlt.destinations.filesystem"

    @cached_property
    def _config(self) -> Any:
        return self.configuration(self.spec(), accept_partial=True)


def finish_pending(settings: Settings, instance: str) -> list[str]:
    """Bring loads that an interrupted ingest left behind to their end; returns what could not be.

    dlt would load them instead of the new data. One that cannot be finished is dropped: nothing is
    lost, because its rows never counted as landed and are compared again. Not `pipeline.run()`: where
    nothing has been loaded yet it wipes what is pending, without a word.
    """
    dropped = []
    for folder in sorted((settings.work / "dlt").glob(f"{instance}__*")):
        system = folder.name.removeprefix(f"{instance}__")
        with _options():
            pipeline = _pipeline(settings, instance, system)
            if pipeline.has_pending_data:
                try:
                    if pipeline.list_extracted_load_packages():
                        pipeline.normalize()
                    pipeline.load()
                except PipelineStepFailed as error:
                    shutil.rmtree(folder)
                    dropped.append(f"a load of {system} that was interrupted could not be finished: {error}")
    return dropped


def completed_loads(settings: Settings, instance: str, system: str) -> list[str]:
    """Ids of the loads that dlt completed, oldest first, whether or not an ingest vouches for them."""
    loads = []
    for mark in (settings.landing / system / "_dlt_loads").glob(f"{instance}__*.jsonl"):
        with contextlib.suppress(ValueError):  # a mark half written is no completed load
            record = json.loads(mark.read_text(encoding="utf-8"))
            if record.get("status") == 0:
                loads.append(str(record["load_id"]))
    return sorted(loads, key=float)


def new_load_id() -> str:
    """Id for a load that is yet to be written: dlt's own, the time."""
    return str(create_load_id())


def write_load(
    settings: Settings,
    stamp: Stamp,
    system: str,
    files: Mapping[str, Sequence[Path]],
    settling: Settling,
) -> dict[FileId, str]:
    """Append Parquet files (object name to files, which bear `stamp`) in the one load that it names; on
    disk when this returns. dlt takes the files as they are, by links, and does not write them again. Returns
    their checksums, taken while dlt is at work."""
    instance = stamp.source_instance

    @dlt.source(name=instance, max_table_nesting=0)
    def source() -> Any:
        return [
            dlt.resource(
                _imported(paths),
                name=name,
                write_disposition="append",
                # DuckDB shows a time with a zone in the session's: UTC without one is the same everywhere.
                columns={LOADED_AT: {"data_type": "timestamp", "timezone": False}},
            )
            for name, paths in files.items()
        ]

    # dlt rewrites a file whose columns are not those of its schema, and that remembers all there ever
    # were. What an interrupted load left has been finished before.
    shutil.rmtree(settings.work / "dlt" / f"{instance}__{system}", ignore_errors=True)
    settled = settling.settle([path for paths in files.values() for path in paths])
    with _options(), _load_named(stamp.load_id), _linking():
        info = _pipeline(settings, instance, system).run(source(), loader_file_format="parquet")
    if info.loads_ids != [stamp.load_id]:
        raise RuntimeError(f"the rows bear load id {stamp.load_id}, dlt loaded {info.loads_ids}")
    checksums = settled.result()
    landed = files_of_load(settings, system, instance, stamp.load_id)
    copied = [path for path in landed if file_id(path) not in checksums]
    for folder in {path.parent for path in landed}:
        sync_folder(folder)
    return checksums | settling.settle(copied).result()


def _imported(paths: Sequence[Path]) -> Iterator[Any]:
    for path in paths:
        facts = pq.read_metadata(path)
        columns = facts.schema.to_arrow_schema().empty_table()
        yield dlt.mark.with_file_import(str(path), "parquet", facts.num_rows, hints=columns)


@contextlib.contextmanager
def _load_named(load_id: str) -> Iterator[None]:
    """dlt names a load when it extracts; here the rows bear its name before. There is no option for it."""
    original = extract_storage.create_load_id
    extract_storage.create_load_id = lambda: load_id
    try:
        yield
    finally:
        extract_storage.create_load_id = original


@contextlib.contextmanager
def _linking() -> Iterator[None]:
    """dlt's destination copies the files that it loads; a link is there at once or not at all, and costs
    nothing. There is no option for it."""
    original = LocalFileSystem.put_file

    def put_file(files: LocalFileSystem, source: str, target: str, **others: Any) -> None:
        try:
            files.link(source, target)
        except OSError:  # on another file system, or there already
            original(files, source, target, **others)

    LocalFileSystem.put_file = put_file
    try:
        yield
    finally:
        LocalFileSystem.put_file = original


def _options() -> AbstractContextManager[None]:
    return dlt.config.values(_OPTIONS)


def _pipeline(settings: Settings, instance: str, system: str) -> Any:
    if "%" in str(settings.work):  # dlt fills in its file names with the % operator
        raise PipelineError(
            f"PIPELINE_HOME is {settings.home}: its path may not hold a %.", "Choose another folder."
        )
    settings.landing.mkdir(parents=True, exist_ok=True)
    return dlt.pipeline(
        f"{instance}__{system}",
        pipelines_dir=str(settings.work / "dlt"),
        destination=LandingDestination(
            bucket_url=str(settings.landing),
            layout=_LAYOUT,
            # The file's name begins with the instance, whose name cannot hold a point.
            warn_unsafe_layout_separators=False,
            naming_convention=VerbatimNaming,
            # Shortened names would no longer be the source's.
            max_identifier_length=1 << 16,
            max_column_identifier_length=1 << 16,
        ),
        dataset_name=system,
    )
