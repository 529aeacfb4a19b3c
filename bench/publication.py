"""4: the publication against CREATE TABLE AS per mart into a new file and one Parquet file of the same rows.

Belongs here: the plain copy, and timing it beside the publisher's whole work: copy, Parquet, proof that both
hold what was judged, and everything synced to the disk.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from bench.homes import twin
from bench.task import Task
from bench.timing import alternate, ratios
from orchestration.lib.content import contents, quoted, text
from orchestration.lib.gate import judge
from orchestration.lib.publisher import publish
from orchestration.lib.version_files import DATABASE, PARQUET
from orchestration.lib.warehouse import read_warehouse
from orchestration.settings import Settings

AIM = 1.3  # times the plain copy


def measure(task: Task) -> dict[str, Any]:
    """Time a whole publication of what the home's warehouse holds, and the plain copy, by turns. Beside
    them one pass over the copy that reads every value: the publisher makes two, one per format."""
    settings, manifest = twin(task.homes.built(task.size), task.work / "home")
    tables = sorted(judge(settings)["tables"])
    plain = task.work / "plain"

    def published() -> None:
        shutil.rmtree(settings.published, ignore_errors=True)
        publish(settings, manifest["build_id"])

    def read() -> None:
        with duckdb.connect(str(plain / DATABASE), read_only=True) as connection:
            contents(connection, tables)

    timed = alternate(
        {
            "publication": published,
            "plain copy": lambda: plain_copy(settings, tables, plain),
            "reading the copy once": read,
        },
        task.repeats,
    )
    with read_warehouse(settings) as connection:
        rows = sum(content.rows for content in contents(connection, tables).values())
    whole, copy = timed["publication"], timed["plain copy"]
    return {
        "aim_of_plain_copy": AIM,
        "publication_of_plain_copy_wall": ratios(whole.wall, copy.wall),
        "publication_of_plain_copy_cpu": ratios(whole.cpu, copy.cpu),
        "tables": len(tables),
        "rows": rows,
        "database_bytes": (plain / DATABASE).stat().st_size,
        "parquet_bytes": sum(path.stat().st_size for path in (plain / PARQUET).iterdir()),
        "timed": [item.to_dict() for item in timed.values()],
    }


def plain_copy(settings: Settings, tables: Sequence[str], folder: Path) -> None:
    """What anybody would write: each table copied into a new DuckDB file, then to Parquet, nothing checked
    and nothing synced."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / PARQUET).mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute("set threads = 2")
        connection.execute(f"attach {text(settings.warehouse)} as warehouse (read_only)")
        connection.execute(f"attach {text(folder / DATABASE)} as plain")
        for table in tables:
            name = quoted(table)
            connection.execute(f"create table plain.main.{name} as select * from warehouse.main.{name}")
            parquet = text(folder / PARQUET / f"{table}.parquet")
            connection.execute(f"copy plain.main.{name} to {parquet} (format parquet, compression zstd)")
        connection.execute("detach plain")
