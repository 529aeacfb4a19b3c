"""Publishing: what it refuses, what it leaves behind, and the way back."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.errors import PipelineError
from orchestration.lib import builds
from orchestration.lib.content import contents
from orchestration.lib.publisher import (
    Publication,
    current_version,
    open_published,
    publish,
    rollback,
)
from orchestration.lib.summary import summary
from orchestration.lib.warehouse import named_lock, read_warehouse, row_counts, writer_lock
from orchestration.settings import Settings
from tests.unit.published_marts import BUILD, JUDGED, execute, make_home, write_verdict


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = make_home(tmp_path)
    write_verdict(made)
    return made


def publish_build(home: Path, number: int, keep: int = 7, keep_days: float = 0) -> Publication:
    """Build, judge and publish the build of one day."""
    build_id = f"b{number}"
    settings = make_home(home, build_id)
    execute(settings.warehouse, [f"update rpt_prospecting_time set blocks_used = {number % 10}"])
    write_verdict(settings, build_id)
    now = JUDGED + timedelta(days=number)
    return publish(settings, build_id, keep=keep, keep_days=keep_days, now=now)


def blocks_used(settings: Settings) -> int:
    path = settings.published / "current.duckdb"
    with duckdb.connect(str(path.resolve()), read_only=True) as connection:
        row = connection.execute("select blocks_used from rpt_prospecting_time").fetchone()
    assert row
    return int(row[0])


def test_what_was_judged_is_what_is_served(settings: Settings) -> None:
    publication = publish(settings, BUILD, now=JUDGED)
    assert publication.row_counts["fct_leads"] == 100
    version = settings.published / f"v-{BUILD}"
    assert publication.path == version / "marts.duckdb"
    assert (settings.published / "current").readlink() == Path(f"v-{BUILD}")
    assert (settings.published / "current.duckdb").readlink() == Path("current/marts.duckdb")
    names = ["checksums.json", "marts.duckdb", "parquet", "publication.json"]
    assert sorted(path.name for path in version.iterdir()) == names
    assert not list(settings.published.glob("*.tmp")) + list(settings.published.glob(".*"))
    with (
        duckdb.connect(str(settings.published / "current.duckdb"), read_only=True) as served,
        read_warehouse(settings) as warehouse,
    ):
        tables = [name for (name,) in served.execute("select table_name from duckdb_tables()").fetchall()]
        assert contents(served, tables) == contents(warehouse, tables)
        assert sorted(tables) == sorted(publication.row_counts)
        for table in tables:
            parquet = version / "parquet" / f"{table}.parquet"
            assert served.execute(f"select count(*) from '{parquet}'").fetchone() == (
                publication.row_counts[table],
            )


def test_meta_build_is_completed_and_the_same_twice(settings: Settings) -> None:
    names = "finished_at, checks_expected, checks_evaluated, checks_failed, table_row_counts"
    rows = []
    for _ in range(2):
        shutil.rmtree(settings.published, ignore_errors=True)
        publish(settings, BUILD)
        with open_published(settings) as connection:
            rows += connection.execute(f"select {names} from meta_build").fetchall()
            whole = contents(connection, ["meta_build", "fct_leads"])
    assert rows[0] == rows[1]
    finished, expected, evaluated, failed, counts = rows[0]
    assert finished == JUDGED.replace(tzinfo=None)
    assert expected == evaluated > 100
    assert failed == 0
    assert '"fct_leads": 100' in counts
    assert whole["meta_build"].rows == 1


def test_the_ledger_tells_later_builds(settings: Settings) -> None:
    publish(settings, BUILD, now=JUDGED)
    assert builds.publications(settings) == [
        {
            "build_id": BUILD,
            "as_of": "2026-06-30 21:59:59.000000",
            "known_at": "2026-07-01 03:50:00.000000",
            "published_at": "2026-07-01 04:01:00.000000",
            "fake_shares": {"crm": round(7 / 99, 6)},
        }
    ]


def test_publishing_again_changes_nothing(settings: Settings) -> None:
    first = publish(settings, BUILD, now=JUDGED)
    stamp = first.path.stat().st_mtime_ns
    execute(settings.warehouse, ["drop table fct_leads"])  # the next build has begun
    assert publish(settings, BUILD, now=JUDGED + timedelta(days=1)) == first
    assert first.path.stat().st_mtime_ns == stamp
    assert len(builds.publications(settings)) == 1


def refused(settings: Settings, words: str, build_id: str = BUILD) -> None:
    with pytest.raises(PipelineError, match=words) as raised:
        publish(settings, build_id)
    assert raised.value.remedy
    assert current_version(settings) is None
    assert not list(settings.published.glob("v-*"))


def test_no_verdict_is_a_no(settings: Settings) -> None:
    (settings.builds / BUILD / "verdict.json").unlink()
    refused(settings, f"build {BUILD} has no verdict")


def test_a_failed_and_a_crashed_check_are_named(settings: Settings) -> None:
    write_verdict(settings, fct_leads__verdict_known="failed", dim_reps__nobody_manages_themselves="crashed")
    refused(settings, r"fct_leads\.verdict_known: 1 rows fail")
    refused(settings, r"dim_reps\.nobody_manages_themselves: could not be evaluated")


def test_a_verdict_that_says_yes_but_does_not_show_it_is_a_no(settings: Settings) -> None:
    path = settings.builds / BUILD / "verdict.json"
    verdict = builds.read_json(path)
    kept = [check for check in verdict["checks"] if check["name"] != "fct_leads.ids_undamaged"]
    builds.write_json(path, verdict | {"checks": kept})
    refused(settings, r"fct_leads\.ids_undamaged was not evaluated")
    builds.write_json(path, verdict | {"checks": []})
    refused(settings, "was not evaluated")
    builds.write_json(path, {"is_publishable": True, "build_id": BUILD})
    refused(settings, "verdict of build .* is damaged")
    path.write_text('{"build_id": ')
    refused(settings, r"verdict\.json is damaged")


def test_a_verdict_on_another_build_is_a_no(settings: Settings) -> None:
    path = settings.builds / BUILD / "verdict.json"
    builds.write_json(path, builds.read_json(path) | {"build_id": "b2"})
    refused(settings, f"build {BUILD} holds a verdict on build b2")


def test_a_warehouse_of_another_build_is_a_no(settings: Settings) -> None:
    execute(settings.warehouse, ["update meta_build set build_id = 'b2'"])
    refused(settings, f"the warehouse holds build b2, not {BUILD}")


@pytest.mark.parametrize(
    "change",
    [
        "update fct_leads set touches = 3 where lead_id = 'crm:l1'",
        "update fct_leads set status = 'Mew' where lead_id = 'crm:l1'",  # New, by one byte
        "delete from fct_leads where lead_id = 'crm:l1'",
        "alter table fct_leads add column extra integer",
        "alter table fct_leads alter touches type varchar",
        "drop table fct_leads",
    ],
)
def test_a_warehouse_changed_after_the_audit_is_a_no(settings: Settings, change: str) -> None:
    execute(settings.warehouse, [change])
    refused(settings, "the warehouse has changed since build .* was judged: fct_leads")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"as_of": "2026-06-29 21:59:59.000000"}, "was judged for as_of 2026-06-29 .* and is of 2026-06-30"),
        ({"known_at": "2026-06-30 03:50:00.000000"}, "was judged for known_at"),
        ({"git_revision": "def"}, "was judged for git_revision def, and is of abc"),
        ({"tables": {}}, "contradicts its own content_hash"),
        ({"content_hash": "0"}, "contradicts its own content_hash"),
    ],
)
def test_a_verdict_given_on_something_else_is_a_no(
    settings: Settings, changed: dict[str, Any], words: str
) -> None:
    path = settings.builds / BUILD / "verdict.json"
    builds.write_json(path, builds.read_json(path) | changed)
    refused(settings, words)


def test_a_trend_is_an_expected_check(settings: Settings) -> None:
    verdict = write_verdict(settings, fct_leads__rows_kept="missing", fct_leads__rows_as_before="failed")
    outcomes = {check["name"]: check["outcome"] for check in verdict["checks"]}
    assert outcomes["fct_leads.rows_as_before"] == "failed"  # a warning
    refused(settings, r"fct_leads\.rows_kept: was expected and has not been evaluated")
    kept = [check for check in verdict["checks"] if check["name"] != "fct_leads.rows_kept"]
    builds.write_json(settings.builds / BUILD / "verdict.json", verdict | {"checks": kept})
    refused(settings, r"fct_leads\.rows_kept was not evaluated")


@pytest.mark.parametrize(
    ("text", "instead"), [("[fake, duplicate,", "[fake,"), ("    limit: 0.25\n", "    limit: 0.95\n")]
)
def test_changed_suites_are_a_no(settings: Settings, tmp_path: Path, text: str, instead: str) -> None:
    folder = tmp_path / "suites"
    shutil.copytree(Path(__file__).parents[2] / "expectations" / "suites", folder)
    suite = folder / "fct_leads.yml"
    assert text in suite.read_text()
    suite.write_text(suite.read_text().replace(text, instead))
    with pytest.raises(PipelineError, match="the suites have changed since"):
        publish(settings, BUILD, suites_dir=folder)


def test_a_stale_required_source_is_a_no(settings: Settings) -> None:
    path = settings.builds / BUILD / "manifest.json"
    manifest = builds.read_json(path)
    manifest["sources"][0] |= {"is_stale": True, "last_ingest_at": None}
    builds.write_json(path, manifest)
    write_verdict(settings)
    refused(settings, "source crm is required and has no complete load")


def test_a_published_build_does_not_change(settings: Settings) -> None:
    publish(settings, BUILD)
    execute(settings.warehouse, ["update fct_leads set touches = 3"])
    write_verdict(settings)
    with pytest.raises(PipelineError, match="served already and has been judged again"):
        publish(settings, BUILD)


def test_the_last_versions_are_kept_and_the_served_one_always(tmp_path: Path) -> None:
    for number in range(5):
        publish_build(tmp_path, number, keep=3)
    settings = Settings(home=tmp_path, sources_file=tmp_path / "x")
    kept = sorted(path.name for path in settings.published.glob("v-*"))
    assert kept == ["v-b2", "v-b3", "v-b4"]
    assert len(builds.publications(settings)) == 5
    for _ in range(2):
        rollback(settings)
    assert blocks_used(settings) == 2
    with pytest.raises(PipelineError, match="no version before v-b2") as error:
        rollback(settings)
    assert "What is served stays" in str(error.value)
    publish_build(tmp_path, 5, keep=1)
    assert [path.name for path in settings.published.glob("v-*")] == ["v-b5"]


def test_rollback_skips_what_was_left_and_publishing_brings_it_back(tmp_path: Path) -> None:
    for number in (1, 2):
        publish_build(tmp_path, number)
    settings = Settings(home=tmp_path, sources_file=tmp_path / "x")
    assert rollback(settings, now=JUDGED).build_id == "b1"
    assert blocks_used(settings) == 1
    assert [record["build_id"] for record in builds.publications(settings)] == ["b1"]
    publish_build(tmp_path, 3)
    assert rollback(settings).build_id == "b1"  # not b2, which was left for a reason
    publish(settings, "b3", now=JUDGED + timedelta(days=9))  # still there: served again without a build
    assert blocks_used(settings) == 3
    assert [record["build_id"] for record in builds.publications(settings)] == ["b1", "b3"]


def test_rollback_does_not_serve_a_damaged_version(tmp_path: Path) -> None:
    for number in (1, 2):
        publish_build(tmp_path, number)
    settings = Settings(home=tmp_path, sources_file=tmp_path / "x")
    damaged = settings.published / "v-b1" / "marts.duckdb"
    damaged.chmod(0o644)
    execute(damaged, ["update fct_leads set touches = 9"])
    with pytest.raises(PipelineError, match="does not hold what was judged: fct_leads"):
        rollback(settings)
    damaged.write_bytes(damaged.read_bytes()[:20_000])
    with pytest.raises(PipelineError, match="cannot be read"):
        rollback(settings)
    assert blocks_used(settings) == 2


def test_nothing_served_is_said(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, sources_file=tmp_path / "x")
    with pytest.raises(PipelineError, match="nothing is served"):
        open_published(settings)
    with pytest.raises(PipelineError, match="nothing is served"):
        rollback(settings)


def test_a_reader_we_open_can_reach_no_other_file(settings: Settings, tmp_path: Path) -> None:
    publish(settings, BUILD)
    with open_published(settings) as connection:
        for statement in (
            f"copy (select 1) to '{tmp_path / 'x.csv'}'",
            f"select * from read_text('{settings.builds / BUILD / 'verdict.json'}')",
            "set enable_external_access = true",
            "create table x (i integer)",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(statement)


def test_column_comments_reach_bi(settings: Settings) -> None:
    """From the data dictionary, as PostgreSQL has them: the warehouse itself bears none."""
    said = "what a rep''s calls are"
    place = "\"table\" = 'fct_leads' and \"column\" = 'touches'"
    execute(settings.warehouse, [f"update meta_columns set description = '{said}' where {place}"])
    write_verdict(settings)
    publish(settings, BUILD)
    with open_published(settings) as connection:
        found = connection.execute(
            "select comment from duckdb_columns() where table_name = 'fct_leads' and column_name = 'touches'"
        )
        assert found.fetchall() == [("what a rep's calls are",)]
        undescribed = connection.execute(
            "select count(*) from duckdb_columns() semi join meta_columns"
            ' on table_name = "table" and column_name = "column" where comment is null'
        )
        assert undescribed.fetchall() == [(0,)]


def test_the_summary_says_what_is_served_and_which_leads_to_trust(settings: Settings) -> None:
    write_verdict(settings, dim_reps__nobody_manages_themselves="failed")
    assert summary(settings, BUILD).startswith(f"Build {BUILD} is not served; served is nothing.")
    publish(settings, BUILD)
    text = summary(settings, BUILD)
    for words in (
        str(settings.published / "current.duckdb"),
        "fct_leads                          100 rows",
        "Leads: 91 trusted, 9 quarantined",
        "crm: 91 trusted, 6 fake, 1 duplicate, 1 stale, 1 suspect;"
        " most common reasons: email_disposable (6), name_gibberish (6), duplicate (1)",
        "0 failed, 1 warning",
        "warning dim_reps.nobody_manages_themselves: 1 rows fail",
        "Rejected: 1 of 101 rows of crm, lead",
    ):
        assert words in text, text


def test_the_summary_names_reps_whom_planning_files_alone_know(settings: Settings) -> None:
    """A slip in `quotas.csv` would give the quota to somebody who sells nothing. What one source lands as
    CRM and as planning (the demo) says nothing of the kind."""
    rep = "insert into dim_reps by name select 'plans:an@acme.io' as rep_id, 'an@acme.io' as rep_name"
    execute(settings.warehouse, [rep])
    write_verdict(settings)
    publish(settings, BUILD)
    path = builds.build_dir(settings, BUILD) / builds.MANIFEST
    manifest = builds.read_json(path)
    quotas = manifest["loads"][0] | {"source_instance": "plans", "system": "planning", "object": "quotas"}
    builds.write_json(path, manifest | {"loads": [*manifest["loads"], quotas]})
    assert "Reps: 1 in planning files that no other source knows: an@acme.io." in summary(settings, BUILD)
    users = quotas | {"system": "csv_mapping", "object": "user"}
    builds.write_json(path, manifest | {"loads": [*manifest["loads"], quotas, users]})
    assert "Reps:" not in summary(settings, BUILD)


def test_a_lock_names_its_holder_and_nests(settings: Settings, tmp_path: Path) -> None:
    with writer_lock(settings, "build b1"), writer_lock(settings, "the audit of b1"):
        assert '"build b1"' in (settings.home / "warehouse.lock.json").read_text()
    assert not (settings.home / "warehouse.lock.json").exists()
    with named_lock(tmp_path / "x.lock", "one"):
        pass
    assert row_counts(settings)["fct_leads"] == 100


def test_versions_stay_by_number_and_by_age(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, sources_file=tmp_path / "x")
    for number in range(6):
        publish_build(tmp_path, number, keep=2, keep_days=3.5)
    assert sorted(path.name for path in settings.published.glob("v-*")) == ["v-b2", "v-b3", "v-b4", "v-b5"]
    publish_build(tmp_path, 20, keep=2, keep_days=3.5)  # all others are old: the last two stay all the same
    assert sorted(path.name for path in settings.published.glob("v-*")) == ["v-b20", "v-b5"]


@pytest.mark.parametrize("text", ["many", "0", "-1", "inf"])
def test_a_wrong_number_of_versions_is_told(text: str) -> None:
    with pytest.raises(PipelineError, match="PIPELINE_KEEP_VERSIONS"):
        Settings.load({"PIPELINE_KEEP_VERSIONS": text})
    assert Settings.load({"PIPELINE_KEEP_VERSIONS": "3", "PIPELINE_KEEP_DAYS": "0.5"}).keep_days == 0.5
