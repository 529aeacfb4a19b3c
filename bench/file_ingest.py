"""6a: a lead export landed, against DuckDB reading the same file with types; and how memory grows.

Belongs here: the file road, from CSV through the real connector and row boundary to landing.
`python -m bench.file_ingest <file> <home>` lands one file and prints the peak of memory it took.
"""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from bench.leads import write_leads
from bench.timing import alternate, own_peak, ratios
from orchestration.lib.landing import IngestReport, ingest
from orchestration.settings import Settings
from orchestration.sources.registry import open_feeds
from orchestration.sources_file import SourceEntry

AIM = 0.7  # of DuckDB's speed
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def measure(work: Path, *, rows: int, repeats: int) -> dict[str, Any]:
    """Time first landings of a file of `rows` leads, a second reading that finds nothing new, and
    DuckDB's typed read of the same file into a table in memory; the same of a third of the rows with every
    field of the object; then peaks of memory at a quarter of the rows, at all of them and at four times as
    many, landed first and read again."""
    sizes = (rows // 4, rows, rows * 4)
    exports = {count: _export(work / f"{count}", count) for count in sizes}
    quarter, whole = exports[rows // 4], exports[rows]
    home, anew = work / "home", work / "anew"
    land(quarter, anew)  # dlt's imports and first settings are no part of a file's cost
    land(whole, home)

    def settle() -> None:
        shutil.rmtree(anew, ignore_errors=True)
        os.sync()  # or a landing, which waits for the disk, waits for what DuckDB left to be written

    def again() -> None:
        report = land(whole, home)
        if any(item.landed_rows for item in report.objects):
            raise RuntimeError("a file read twice landed something twice")

    timed = alternate(
        {
            "DuckDB, typed CSV read": lambda: _duckdb_read(whole),
            "DuckDB, CSV to Parquet as text": lambda: _duckdb_to_parquet(whole, work / "text.parquet"),
            "first landing": lambda: land(whole, anew),
            "nothing new": again,
        },
        repeats,
        before=settle,
    )
    duck, landed = timed["DuckDB, typed CSV read"], timed["first landing"]
    every_field = _export(work / "every field", rows // 3, is_whole=True)
    fields = alternate(
        {
            "every field: DuckDB, typed CSV read": lambda: _duckdb_read(every_field),
            "every field: first landing": lambda: land(every_field, anew),
        },
        repeats,
        before=settle,
    )
    duck_fields, landed_fields = fields.values()
    return {
        "rows": rows,
        "file_bytes": whole.stat().st_size,
        "aim_of_duckdb_speed": AIM,
        "of_duckdb_speed_wall": ratios(duck.wall, landed.wall),
        "of_duckdb_speed_cpu": ratios(duck.cpu, landed.cpu),
        "of_duckdb_to_parquet_speed_wall": ratios(timed["DuckDB, CSV to Parquet as text"].wall, landed.wall),
        "nothing_new_of_duckdb_speed_wall": ratios(duck.wall, timed["nothing new"].wall),
        "every_field_rows": rows // 3,
        "every_field_file_bytes": every_field.stat().st_size,
        "every_field_of_duckdb_speed_wall": ratios(duck_fields.wall, landed_fields.wall),
        "every_field_of_duckdb_speed_cpu": ratios(duck_fields.cpu, landed_fields.cpu),
        "peak_bytes": {
            f"{count}, {what}": peak
            for count, file in exports.items()
            for what, peak in zip(("first", "again"), _peaks(file, home), strict=True)
        },
        "timed": [item.to_dict() for item in (timed | fields).values()],
    }


def land(file: Path, home: Path) -> IngestReport:
    """Ingest the folder of a lead export into `home`."""
    settings = Settings(home=home, sources_file=home / "sources.yaml")
    entry = SourceEntry.model_validate({"name": "crm", "system": "salesforce", "path": file.parent})
    return ingest(settings, entry, open_feeds(entry, now=NOW, progress=lambda _: None), now=NOW)


def _export(folder: Path, rows: int, *, is_whole: bool = False) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    write_leads(folder / "Lead.csv", rows, is_whole=is_whole)
    return folder / "Lead.csv"


def _duckdb_read(file: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute("create table leads as select * from read_csv(?)", [str(file)])


def _duckdb_to_parquet(file: Path, target: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select * from read_csv(?, all_varchar = true)) to '{target}' (format parquet)",
            [str(file)],
        )


def _peaks(file: Path, home: Path) -> tuple[int, int]:
    """Peak resident memory of two processes that land one file and do nothing else: where nothing has
    landed, and where all of it has."""
    shutil.rmtree(home, ignore_errors=True)
    return _peak_bytes(file, home), _peak_bytes(file, home)


def _peak_bytes(file: Path, home: Path) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "bench.file_ingest", str(file), str(home)],
        check=True,
        capture_output=True,
        text=True,
    )
    return int(json.loads(done.stdout)["peak_bytes"])


if __name__ == "__main__":
    land(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.write(json.dumps({"peak_bytes": own_peak()}) + "\n")
