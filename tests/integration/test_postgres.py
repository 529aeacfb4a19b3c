"""The publication in a real PostgreSQL: views swapped at once, a reader who can do nothing else."""

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import psycopg
import pytest

from orchestration.errors import PipelineError
from orchestration.lib import postgres
from orchestration.lib.publisher import publish
from orchestration.settings import Settings
from tests.integration.postgres_server import PASSWORD, postgres_server
from tests.unit.published_marts import JUDGED, execute, make_home, write_verdict

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_server() as url:
        yield url


def served(tmp_path: Path, build_id: str, blocks_used: int) -> Settings:
    """A home that serves one build, recognizable in two tables."""
    settings = make_home(tmp_path, build_id)
    marks = [f"update rpt_prospecting_time set blocks_used = {blocks_used}"]
    execute(settings.warehouse, marks)
    write_verdict(settings, build_id)
    publish(settings, build_id, now=JUDGED)
    return settings


def rows(url: str, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(sql).fetchall()


MARKS = "select distinct build_id, blocks_used from meta_build, rpt_prospecting_time"


def test_readers_see_one_build_or_the_next(server: str, tmp_path: Path) -> None:
    assert postgres.served_build(server) is None
    counts = postgres.publish_to_postgres(served(tmp_path / "1", "b1", 1), server)
    assert postgres.served_build(server) == "b1"
    assert counts["fct_leads"] == rows(server, "select count(*) from pipeline_truth.fct_leads")[0][0] > 0
    with psycopg.connect(server) as admin:
        admin.execute("create role bi login password 'bi' in role pipeline_truth_reader")
        admin.execute("alter role bi set search_path = pipeline_truth")
    bi = server.replace(f"owner:{PASSWORD}", "bi:bi")
    with psycopg.connect(bi) as before:
        before.execute("set transaction isolation level repeatable read")
        assert before.execute(MARKS).fetchall() == [("b1", 1)]
        before.commit()
        postgres.publish_to_postgres(served(tmp_path / "2", "b2", 2), server)
        assert before.execute(MARKS).fetchall() == [("b2", 2)]
    for build_id, used in (("b3", 3), ("b4", 4)):
        postgres.publish_to_postgres(served(tmp_path / build_id, build_id, used), server)
    assert rows(bi, MARKS) == [("b4", 4)]
    assert postgres.served_build(server) == "b4"
    schemas = rows(
        server, "select nspname from pg_namespace where nspname like 'pipeline_truth_build%' order by 1"
    )
    assert schemas == [("pipeline_truth_build_b3",), ("pipeline_truth_build_b4",)]
    # once more: nothing is copied again, the same is served
    postgres.publish_to_postgres(Settings(home=tmp_path / "b4", sources_file=tmp_path / "x"), server)
    assert rows(bi, MARKS) == [("b4", 4)]


def test_the_copy_is_what_the_file_holds(server: str, tmp_path: Path) -> None:
    settings = served(tmp_path, "whole", 5)
    postgres.publish_to_postgres(settings, server)
    with duckdb.connect(
        str((settings.published / "current" / "marts.duckdb").resolve()), read_only=True
    ) as file:
        for (table,) in file.execute("select table_name from duckdb_tables()").fetchall():
            kinds = {name: kind for name, kind, *_ in file.execute(f"describe {table}").fetchall()}
            listed = ", ".join(f'"{column}"' for column in kinds)
            expected = file.execute(f"select {listed} from {table}").fetchall()
            found = rows(server, f"select {listed} from pipeline_truth.{table}")
            assert len(found) == len(expected), table
            for position, (column, kind) in enumerate(kinds.items()):
                theirs, ours = ([row[position] for row in side] for side in (found, expected))
                if kind == "DOUBLE":
                    assert sorted(filter(None, theirs)) == pytest.approx(sorted(filter(None, ours)))
                elif kind == "JSON":
                    assert theirs == [value and json.loads(value) for value in ours]
                else:
                    assert sorted(map(str, theirs)) == sorted(map(str, ours)), f"{table}.{column}"


def test_a_reader_can_do_nothing_else(server: str, tmp_path: Path) -> None:
    postgres.publish_to_postgres(served(tmp_path, "b7", 7), server)
    with psycopg.connect(server) as admin:
        admin.execute("create role reader login password 'r' in role pipeline_truth_reader")
    reader = server.replace(f"owner:{PASSWORD}", "reader:r")
    assert rows(reader, "select count(*) from pipeline_truth.meta_build") == [(1,)]
    for statement in (
        "delete from pipeline_truth.fct_leads",
        "insert into pipeline_truth.dim_reps (rep_id) values ('x')",
        "create table pipeline_truth.mine (x int)",
        "drop view pipeline_truth.fct_leads",
        "select * from pipeline_truth_build_b7.fct_leads",
    ):
        with psycopg.connect(reader) as connection, pytest.raises(psycopg.Error):
            connection.execute(statement)


def test_a_refusal_is_said_without_the_password_and_the_old_build_stays(server: str, tmp_path: Path) -> None:
    settings = served(tmp_path / "8", "b8", 8)
    postgres.publish_to_postgres(settings, server)
    with pytest.raises(PipelineError) as wrong:
        postgres.publish_to_postgres(settings, server.replace(PASSWORD, "planted-wr0ng"))
    nobody = server.rsplit(":", 1)[0] + ":1/postgres"
    with pytest.raises(PipelineError) as away:
        postgres.publish_to_postgres(settings, nobody)
    for error in (wrong, away):
        assert "PUBLISH_POSTGRES_URL" in str(error.value)
        assert "planted" not in str(error.value) + repr(error.value.__cause__)
    # a view that somebody reads inside a transaction cannot be swapped; what was served stays
    with psycopg.connect(server) as reader:
        reader.execute("select * from pipeline_truth.fct_leads limit 1")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(postgres, "_LOCK_TIMEOUT", "200ms")
            with pytest.raises(PipelineError, match="lock timeout"):
                postgres.publish_to_postgres(served(tmp_path / "9", "b9", 9), server)
        reader.rollback()
    assert rows(
        server, MARKS.replace("meta_build, rpt", "pipeline_truth.meta_build, pipeline_truth.rpt")
    ) == [("b8", 8)]
    with pytest.raises(PipelineError, match="nothing is served"):
        postgres.publish_to_postgres(Settings(home=tmp_path / "none", sources_file=tmp_path / "x"), server)
