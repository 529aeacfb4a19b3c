"""A build that would make what is served is left out, and nothing else is: each doubt is a reason."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from orchestration.cli import main
from orchestration.defs.runs import INTERACTIVE_TAG
from orchestration.defs.warehouse import build_manifest_asset
from orchestration.errors import PipelineError
from orchestration.lib import builds, unchanged
from orchestration.lib.asset_keys import BUILD_MANIFEST, PUBLISHED
from orchestration.lib.build_plan import plan_build
from orchestration.lib.ingest_ledger import IngestReport, completed_ingests, write_record
from orchestration.lib.landing import ingest
from orchestration.lib.publisher import current_version, publish
from orchestration.lib.troubles import troubles_now
from orchestration.lib.unchanged import Look, confirm, landed_alike, look, made_from
from orchestration.settings import Settings
from orchestration.sources.registry import open_feeds
from orchestration.sources_file import SourceEntry, load_sources_file
from tests.unit.published_marts import make_warehouse, write_dbt_artifacts, write_verdict

NOW = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
SOURCES = """
reporting: {time_zone: UTC, currency: EUR}
sources:
  - name: crm
    system: csv_mapping
    path: leads
    max_staleness_days: 3
    lead_allowance: {fake_share: 0.5, reason: An old list, until: 2026-07-03}
    objects:
      lead: {file: leads.csv, columns: {lead_id: Id, email: Email, created_at: Created}}
"""


@dataclass(frozen=True)
class Home:
    """A home with one export landed, and a build of it that is served."""

    settings: Settings

    def land(self, now: datetime = NOW) -> None:
        (entry,) = load_sources_file(self.settings.sources_file).sources
        feeds = open_feeds(entry, now=now, progress=lambda _: None)
        ingest(self.settings, entry, feeds, now=now)

    def build(self, now: datetime = NOW) -> str:
        """Everything of a build but dbt, which has made some tables or other."""
        sources = load_sources_file(self.settings.sources_file)
        build_id = plan_build(self.settings, sources, run_id="r", now=now).build_id
        make_warehouse(self.settings.warehouse, build_id)
        done = (now + timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        write_dbt_artifacts(self.settings, build_id, generated_at=done)
        write_verdict(self.settings, build_id)
        publish(self.settings, build_id, now=now)
        return build_id

    def look(self, now: datetime = NOW + timedelta(hours=1), **changed: object) -> Look:
        settings = replace(self.settings, **changed)  # type: ignore[arg-type]
        return look(settings, load_sources_file(settings.sources_file), now=now)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once; each test has a copy at the same place, as a home that has moved is another one."""
    folder = tmp_path_factory.mktemp("made") / "place"
    (folder / "leads").mkdir(parents=True)
    (folder / "sources.yaml").write_text(SOURCES)
    (folder / "leads" / "leads.csv").write_text("Id,Email,Created\n1,ann@acme.io,2026-01-05\n")
    home = Home(Settings(folder / "home", folder / "sources.yaml", as_of_text="2026-06-30"))
    home.land(NOW - timedelta(hours=1))
    home.build()
    folder.rename(folder.with_name("kept"))
    return folder


@pytest.fixture
def home(made: Path) -> Home:
    shutil.rmtree(made, ignore_errors=True)
    shutil.copytree(made.with_name("kept"), made, symlinks=True)
    return Home(Settings(made / "home", made / "sources.yaml", as_of_text="2026-06-30"))


def test_the_same_again_needs_no_build(home: Home) -> None:
    assert home.look().reasons == ()
    home.land(NOW + timedelta(minutes=30))  # the same export once more
    again = home.look()
    assert again.reasons == ()
    assert again.publication is not None
    assert again.publication.path == home.settings.published / "v-20260701T040000-r" / "marts.duckdb"


def edit_export(home: Home) -> None:
    path = home.settings.sources_file.parent / "leads" / "leads.csv"
    path.write_text(path.read_text() + "2,bob@acme.io,2026-01-06\n")
    home.land()


def reject_a_row(home: Home) -> None:
    path = home.settings.sources_file.parent / "leads" / "leads.csv"
    path.write_text(path.read_text() + ",bob@acme.io,2026-01-06\n")  # without its key
    home.land()


def edit_sources(old: str, new: str) -> Callable[[Home], None]:
    def edit(home: Home) -> None:
        path = home.settings.sources_file
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    return edit


def damage(name: str) -> Callable[[Home], None]:
    def flip(home: Home) -> None:
        (path,) = home.settings.home.glob(name)
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.chmod(0o644)
        path.write_bytes(content)

    return flip


def remove(name: str) -> Callable[[Home], None]:
    def unlink(home: Home) -> None:
        for path in home.settings.home.glob(name):
            path.unlink()

    return unlink


def rewrite_landing(home: Home) -> None:
    """What an erasure does: another file under the old name, and the ledger to match."""
    from orchestration.lib.landing_files import file_rewritten

    (path,) = (home.settings.landing / "csv_mapping" / "lead").glob("*.parquet")
    with duckdb.connect() as connection, file_rewritten(path):
        connection.execute(f"copy (from '{path}' where Id is null) to '{path}.new' (format parquet)")
        Path(f"{path}.new").replace(path)


def forget_a_checksum(home: Home) -> None:
    (path,) = (home.settings.landing / "_ingests" / "crm").glob("*.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"checksums": {}}))


def later_build_that_failed(home: Home) -> None:
    sources = load_sources_file(home.settings.sources_file)
    plan_build(home.settings, sources, run_id="r2", now=NOW + timedelta(minutes=5))


def failed_build_by_a_clock_set_back(home: Home) -> None:
    sources = load_sources_file(home.settings.sources_file)
    plan_build(home.settings, sources, run_id="r2", now=NOW - timedelta(days=1))


def other_link(home: Home) -> None:
    link = home.settings.published / "current.duckdb"
    link.unlink()
    link.write_bytes(b"a copy")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (edit_export, "something new in landing"),
        (reject_a_row, "something new in landing"),
        (rewrite_landing, "something new in landing"),
        (forget_a_checksum, "something new in landing"),
        (damage("landing/csv_mapping/lead/*.parquet"), "not certain"),
        (remove("landing/csv_mapping/lead/*.parquet"), "not certain"),
        (edit_sources("time_zone: UTC", "time_zone: Asia/Tokyo"), "as_of has moved on"),
        (edit_sources("currency: EUR", "currency: USD"), "the sources file"),
        (edit_sources("email: Email, ", ""), "the sources file"),
        (edit_sources("fake_share: 0.5", "fake_share: 0.4"), "the sources file"),
        (later_build_that_failed, "later build"),
        (failed_build_by_a_clock_set_back, "later build"),
        (damage("published/v-*/marts.duckdb"), "published files"),
        (damage("published/v-*/parquet/fct_leads.parquet"), "published files"),
        (remove("published/v-*/parquet/fct_leads.parquet"), "published files"),
        (remove("published/v-*/checksums.json"), "published files"),
        (remove("published/current"), "nothing is served"),
        (other_link, "nothing is served"),
        (remove("warehouse.duckdb"), "the warehouse has been deleted"),
        (remove("builds/*/manifest.json"), "not certain"),
    ],
)
def test_whatever_has_changed_is_a_reason(home: Home, change: Callable[[Home], None], said: str) -> None:
    change(home)
    (reason,) = home.look().reasons
    assert said in reason


def test_another_as_of_or_choice_is_a_reason(home: Home) -> None:
    assert home.look(as_of_text="2026-07-01").reasons == ("as_of has moved on",)
    assert home.look(as_of_text=None).reasons == ("as_of has moved on",)  # then it is now
    assert home.look(publish_contact_details=True).reasons == ("PUBLISH_CONTACT_DETAILS is another",)
    sources = load_sources_file(home.settings.sources_file)
    chosen = look(home.settings, sources, now=NOW, known_at=NOW.replace(tzinfo=None))
    assert "other loads are read" in chosen.reasons


def test_other_code_is_a_reason(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.lib.build_inputs.code_fingerprint", lambda: "of tomorrow")
    assert home.look().reasons == ("the code, or a package it runs on, is another",)


def test_time_that_goes_by_is_a_reason_where_it_matters(home: Home) -> None:
    stale = "the sources file says something else, or a source has become too old"
    assert home.look(NOW + timedelta(days=1)).reasons == ()
    assert home.look(NOW + timedelta(days=2, hours=20)).reasons == (stale,)  # the allowance has ended
    assert home.look(NOW + timedelta(days=4)).reasons == (stale,)


@pytest.mark.parametrize(
    ("zone", "ends"),
    [("America/Los_Angeles", "2026-07-04T07:00Z"), ("Pacific/Auckland", "2026-07-03T12:00Z")],
)
def test_an_allowance_holds_to_the_end_of_its_day_in_the_reporting_zone(
    tmp_path: Path, zone: str, ends: str
) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(SOURCES.replace("time_zone: UTC", f"time_zone: {zone}"), encoding="utf-8")
    home = Home(Settings(home=tmp_path / "home", sources_file=path))
    (tmp_path / "leads").mkdir()
    (tmp_path / "leads" / "leads.csv").write_text("Id,Email,Created\n1,a@b.io,2026-01-01\n")
    home.land()
    after = datetime.fromisoformat(ends)

    def facts(now: datetime) -> dict[str, Any]:
        plan = plan_build(home.settings, load_sources_file(path), run_id=now.isoformat(), now=now)
        (source,) = plan.manifest["sources"]
        return {name: source[name] for name in ("fake_share_allowance", "allowance_ended_on")}

    held = {"fake_share_allowance": 0.5, "allowance_ended_on": None}
    assert facts(after - timedelta(seconds=1)) == held
    assert facts(after) == {"fake_share_allowance": None, "allowance_ended_on": "2026-07-03"}


def test_a_server_that_serves_another_build_is_a_reason(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLISH_POSTGRES_URL", "postgresql://x")
    for serves, reasons in (
        ("b0", ("the PostgreSQL server serves another build",)),
        ("20260701T040000-r", ()),
    ):
        monkeypatch.setattr("orchestration.lib.postgres.served_build", lambda _, serves=serves: serves)
        assert home.look(is_postgres_wanted=True).reasons == reasons


def test_a_look_is_noted_and_keeps_what_is_served_young(home: Home) -> None:
    now = NOW + timedelta(days=1, hours=20)
    entries = load_sources_file(home.settings.sources_file).sources
    later = now + timedelta(hours=1)
    titles = [trouble.title for trouble in troubles_now(home.settings, entries, later, {})]
    assert titles == ["the last good build is old"]
    said = confirm(home.settings, home.look(now), now)
    assert said.startswith(
        "Nothing has changed since build 20260701T040000-r, published 2026-07-01 04:00:00 UTC."
    )
    assert str(home.settings.published) in said
    assert troubles_now(home.settings, entries, later, {}) == []
    assert home.look(now).reasons == ()
    with pytest.raises(ValueError, match="not confirmed"):
        confirm(home.settings, home.look(as_of_text=None), now)


class AnHourLater(datetime):
    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return NOW + timedelta(hours=1)


def test_dagster_skips_every_step_and_succeeds(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.defs.warehouse.datetime", AnHourLater)
    sources = load_sources_file(home.settings.sources_file)
    ran: list[str] = []

    @dg.asset(key=PUBLISHED, deps=[BUILD_MANIFEST])
    def published_() -> None:
        ran.append("published")

    assets = [build_manifest_asset(home.settings, sources, []), published_]

    def materialize(**options: object) -> dg.ExecuteInProcessResult:
        return dg.materialize(assets, instance=instance, **options)  # type: ignore[arg-type]

    before = builds.build_ids(home.settings)
    with dg.DagsterInstance.ephemeral() as instance:
        skipped = materialize()
        assert skipped.success
        assert not skipped.asset_materializations_for_node("build_manifest")
        assert ran == []
        assert builds.build_ids(home.settings) == before
        (record,) = instance.fetch_observations(PUBLISHED, limit=1).records
        assert record.asset_observation
        assert "Nothing has changed" in str(record.asset_observation.description)
        assert current_version(home.settings) == home.settings.published / "v-20260701T040000-r"

        assert materialize(selection=[BUILD_MANIFEST]).asset_materializations_for_node("build_manifest")
        shutil.rmtree(home.settings.builds / set(builds.build_ids(home.settings)).difference(before).pop())
        force = {"ops": {"build_manifest": {"config": {"force": True}}}}
        for options in ({"run_config": force}, {"tags": {INTERACTIVE_TAG: "true"}}):
            assert materialize(**options).success
        assert ran == ["published", "published"]


def test_a_command_says_so_without_dagster(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def started(*_: object) -> None:
        raise PipelineError("Dagster was started")

    told: list[tuple[str, str | None]] = []
    monkeypatch.setattr("orchestration.cli_runs.datetime", AnHourLater)
    monkeypatch.setattr("orchestration.cli_runs._dagster", started)
    monkeypatch.setattr(
        "orchestration.lib.alerts.tell", lambda *given: told.extend((end.key, end.reason) for end in given[2])
    )
    for name, value in {
        "PIPELINE_HOME": str(home.settings.home),
        "PIPELINE_SOURCES": str(home.settings.sources_file),
        "PIPELINE_AS_OF": "2026-06-30",
        "PIPELINE_ALERT_URLS": "json://127.0.0.1:1",
    }.items():
        monkeypatch.setenv(name, value)
    assert main(["build"]) == 0
    said = capsys.readouterr().out
    assert "Nothing has changed since build 20260701T040000-r" in said and "--force" in said
    assert told == [("build", None)]  # which ends the alert of a build that failed
    for arguments in (["build", "--force"], ["build", "--from-landing"], ["run"]):
        assert main(arguments) == 1
        assert "Dagster was started" in capsys.readouterr().err
    assert main(["run", "--source", "nobody"]) == 1
    assert "no source nobody" in capsys.readouterr().err


def test_the_generated_organisation_is_landed_again_only_where_it_would_be_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(tmp_path / "home", tmp_path / "sources.yaml")

    def entry(**values: object) -> SourceEntry:
        return SourceEntry.model_validate({"name": "demo", "system": "demo", **values})

    assert landed_alike(settings, entry()) is None
    report = IngestReport("i", "demo", NOW, NOW, (), (), made_from=made_from(entry()))
    write_record(settings, report)
    assert landed_alike(settings, entry()) == completed_ingests(settings, "demo")[0]
    assert landed_alike(settings, entry(scale=2)) is None
    assert landed_alike(settings, entry(max_staleness_days=1)) is None  # loads must not get old
    assert made_from(entry(name="demo", system="salesforce", path=tmp_path)) is None  # files may change
    monkeypatch.setattr(unchanged, "code_fingerprint", lambda: "of tomorrow")
    assert landed_alike(settings, entry()) is None
