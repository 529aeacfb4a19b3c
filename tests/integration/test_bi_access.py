"""The ways of docs/bi.md into the published file, as they stand there: they read it, and do nothing else."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy

from orchestration.lib.publisher import open_published
from orchestration.settings import PROJECT_ROOT, Settings
from tests.conftest import Ran

PAGE = (PROJECT_ROOT / "docs" / "bi.md").read_text(encoding="utf-8")
SERVED = "data/published/current.duckdb"
WAYS_OUT = [
    "create table mine (a integer)",
    "insert into meta_build select * from meta_build",
    "drop table rpt_rotten_pipeline",
    "update dim_reps set rep_name = 'x'",
    "copy dim_reps to '{folder}/reps.csv'",
    "copy dim_reps to '{folder}/reps.parquet' (format parquet)",
    "export database '{folder}/all'",
    "attach '{folder}/other.duckdb' as other",
    "attach ':memory:' as other",
    "select * from read_csv('{secret}')",
    "select * from read_text('{secret}')",
    "select * from '{secret}'",
    "select * from glob('{folder}/*')",
    "install httpfs",
    "install httpfs from community",
    "load '{folder}/own.duckdb_extension'",
    "set enable_external_access = true",
    "set lock_configuration = false",
    "set temp_directory = '{folder}'",
    "set allowed_directories = ['{folder}']",
]
Ask = Callable[[str], list[tuple[Any, ...]]]


def code(language: str, heading: str) -> str:
    """The first block of that language under a heading of the page."""
    section = PAGE.split(f"\n## {heading}\n")[1]
    found = re.search(rf"```{language}\n(.*?)```", section, re.DOTALL)
    assert found
    return found[1]


@pytest.fixture(params=["python", "sqlalchemy", "the project itself"])
def ask(request: pytest.FixtureRequest, demo_run: tuple[Path, Ran]) -> Iterator[Ask]:
    """Runs a statement the way that the page says."""
    home, ran = demo_run
    assert ran.code == 0, ran.output
    served = str(home / "published" / "current.duckdb")
    if request.param == "sqlalchemy":
        engine = sqlalchemy.create_engine(code("", "SQLAlchemy").strip().replace(SERVED, served))
        with engine.connect() as connection:

            def execute(sql: str) -> list[tuple[Any, ...]]:
                try:
                    return [tuple(row) for row in connection.exec_driver_sql(sql).fetchall()]
                finally:
                    connection.rollback()

            yield execute
        engine.dispose()
        return
    if request.param == "python":
        names: dict[str, Any] = {}
        exec(code("python", "Python").replace(SERVED, served), names)  # noqa: S102
        reader = names["connection"]
    else:
        reader = open_published(Settings(home=home, sources_file=home / "sources.yaml"))
    yield lambda sql: reader.execute(sql).fetchall()
    reader.close()


def test_it_reads(ask: Ask) -> None:
    assert ask("select count(*) from rpt_rotten_pipeline") > [(0,)]
    assert ask("select as_of is not null from meta_build") == [(True,)]


@pytest.mark.parametrize("statement", WAYS_OUT)
def test_it_can_do_nothing_else(ask: Ask, statement: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    with pytest.raises((duckdb.Error, sqlalchemy.exc.DBAPIError)):
        ask(statement.format(folder=tmp_path, secret=secret))
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]


def test_the_example_of_sqlalchemy_runs(
    demo_run: tuple[Path, Ran], capsys: pytest.CaptureFixture[str]
) -> None:
    served = str(demo_run[0] / "published" / "current.duckdb")
    names: dict[str, Any] = {}
    exec(code("python", "SQLAlchemy").replace(SERVED, served), names)  # noqa: S102
    names["engine"].dispose()
    assert "trusted" in capsys.readouterr().out
