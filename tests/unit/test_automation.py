"""What starts runs: files that have arrived, schedules that do not pile up, retries and freshness."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
import time_machine

from orchestration.defs.build_requests import build_request
from orchestration.defs.freshness import marts_freshness, source_freshness
from orchestration.defs.ingestion import landing_assets
from orchestration.defs.jobs import pipeline_jobs
from orchestration.defs.publish import published_marts, published_postgres
from orchestration.defs.retries import failure_of
from orchestration.defs.runs import FILES, INTERACTIVE_TAG, SOURCE_TAG, TRIGGER_TAG, source_of
from orchestration.defs.schedules import pipeline_schedules
from orchestration.defs.sensors import build_after_files_sensor, files_arrived_sensor
from orchestration.errors import PipelineError
from orchestration.lib.publisher import Publication
from orchestration.lib.unchanged import Look
from orchestration.settings import Settings
from orchestration.sources_file import SourceEntry

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SOURCES = """
reporting: {time_zone: UTC, currency: EUR}
sources:
  - {name: crm, system: zoho, path: exports}
  - {name: plan, system: planning, path: plans}
"""
KEYS = {"crm": [dg.AssetKey(["landing", "crm", "a"])], "plan": [dg.AssetKey(["landing", "plan", "b"])]}


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture
def stored() -> Iterator[dg.DagsterInstance]:
    """A schedule's context takes no instance that lives in memory alone."""
    with dg.instance_for_test() as made:
        yield made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(home=tmp_path / "home", sources_file=tmp_path / "sources.yaml")
    made.sources_file.write_text(SOURCES)
    return made


def repository(settings: Settings, folder: Path) -> dg.RepositoryDefinition:
    jobs = pipeline_jobs(settings, KEYS, [], [])
    definitions = dg.Definitions(
        assets=[_landing(name, keys) for name, keys in KEYS.items()] + [_named("build_manifest")],
        jobs=[jobs.ingest, jobs.build, jobs.digest, jobs.tidy, jobs.compact],
        schedules=pipeline_schedules(settings, jobs, KEYS, "Europe/Berlin"),
        sensors=[
            files_arrived_sensor(settings, jobs, {"crm": folder}, KEYS),
            build_after_files_sensor(settings, jobs),
        ],
    )
    return definitions.get_repository_def()


def _landing(name: str, keys: list[dg.AssetKey]) -> dg.AssetsDefinition:
    @dg.multi_asset(name=f"land_{name}", specs=[dg.AssetSpec(key) for key in keys])
    def land() -> None: ...

    return land


def _named(name: str) -> dg.AssetsDefinition:
    @dg.asset(name=name)
    def made() -> None: ...

    return made


class Watch:
    """The sensor, asked again and again with the cursor that it left."""

    def __init__(self, settings: Settings, folder: Path, instance: dg.DagsterInstance) -> None:
        self.repository = repository(settings, folder)
        self.instance = instance
        self.cursor: str | None = None

    def look(self) -> list[dg.RunRequest]:
        with dg.build_sensor_context(
            instance=self.instance, cursor=self.cursor, repository_def=self.repository
        ) as context:
            result = self.repository.get_sensor_def("files_arrived").evaluate_tick(context)
        self.cursor = result.cursor
        return list(result.run_requests or [])


def started(
    instance: dg.DagsterInstance, job: str, status: dg.DagsterRunStatus, **tags: str
) -> dg.DagsterRun:
    run = dg.DagsterRun(job_name=job, status=status, tags=tags)
    return instance.add_run(run)


def write(path: Path, text: str, at: datetime = NOW) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (at.timestamp(), at.timestamp()))


def ingested(settings: Settings, at: datetime) -> None:
    folder = settings.landing / "_ingests" / "crm"
    folder.mkdir(parents=True)
    moment = at.strftime("%Y-%m-%d %H:%M:%S.%f")
    record = {"ingest_id": "1", "started_at": moment, "finished_at": moment, "objects": [], "loads": []}
    (folder / "1.json").write_text(json.dumps(record))


def test_files_start_one_run_when_nobody_writes_them_any_more(
    tmp_path: Path, settings: Settings, instance: dg.DagsterInstance
) -> None:
    folder = tmp_path / "exports"
    watch = Watch(settings, folder, instance)
    assert watch.look() == []  # the folder is not there yet
    write(folder / "Lead.csv", "Id\n1\n")
    write(folder / ".hidden.csv", "x")
    write(folder / "Opportunity.csv.part", "x")
    assert watch.look() == []  # seen once
    write(folder / "Lead.csv", "Id\n1\n2\n")
    assert watch.look() == []  # it has grown
    write(folder / "deep" / "Task.csv", "Id\n", NOW + timedelta(minutes=1))
    assert watch.look() == []  # another one has come
    (request,) = watch.look()
    assert request.tags[SOURCE_TAG] == "crm" and request.tags[TRIGGER_TAG] == FILES
    assert request.asset_selection == KEYS["crm"]
    assert watch.look() == [] and watch.look() == []  # once per set
    (folder / "deep" / "Task.csv").unlink()
    assert watch.look() == [] and watch.look() == []  # nothing new
    write(folder / "Lead.csv", "Id\n1\n3\n", NOW + timedelta(minutes=2))  # same size, another time
    assert watch.look() == []
    (again,) = watch.look()
    assert again.run_key != request.run_key


def test_a_run_that_reads_the_folder_is_waited_for(
    tmp_path: Path, settings: Settings, instance: dg.DagsterInstance
) -> None:
    folder = tmp_path / "exports"
    watch = Watch(settings, folder, instance)
    write(folder / "Lead.csv", "Id\n1\n")
    run = started(instance, "ingest", dg.DagsterRunStatus.STARTED, **{SOURCE_TAG: "crm"})
    started(instance, "ingest", dg.DagsterRunStatus.SUCCESS, **{SOURCE_TAG: "crm"})
    assert [watch.look() for _ in range(3)] == [[], [], []]
    instance.report_run_failed(run)
    assert len(watch.look()) == 1


def test_a_run_says_by_tag_or_by_its_assets_which_source_it_lands() -> None:
    def source(*keys: list[str], **tags: str) -> str | None:
        selection = frozenset(dg.AssetKey(key) for key in keys)
        return source_of(dg.DagsterRun(job_name="ingest", tags=tags, asset_selection=selection or None))

    assert source(**{SOURCE_TAG: "crm"}) == "crm"
    assert (
        source(["landing", "plan", "planning", "quotas"], ["landing", "plan", "planning", "teams"]) == "plan"
    )
    assert source(["landing", "plan", "x", "y"], ["landing", "crm", "x", "y"]) is None
    assert source() is None


def test_a_run_of_a_command_that_was_killed_keeps_nobody_waiting_for_ever(
    tmp_path: Path, settings: Settings, instance: dg.DagsterInstance
) -> None:
    folder = tmp_path / "exports"
    watch = Watch(settings, folder, instance)
    write(folder / "Lead.csv", "Id\n1\n")
    started(instance, "ingest", dg.DagsterRunStatus.STARTED, **{SOURCE_TAG: "crm"})
    assert watch.look() == [] and watch.look() == []
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=13)):
        assert len(watch.look()) == 1


@pytest.mark.parametrize(("hours", "runs"), [(1, 0), (-1, 1)])
def test_what_was_landed_before_the_sensor_was_switched_on_is_not_landed_again(
    tmp_path: Path, settings: Settings, instance: dg.DagsterInstance, hours: int, runs: int
) -> None:
    folder = tmp_path / "exports"
    write(folder / "Lead.csv", "Id\n1\n", NOW - timedelta(days=300))  # copied with its old time
    ingested(settings, datetime.now(UTC) + timedelta(hours=hours))
    watch = Watch(settings, folder, instance)
    assert sum(len(watch.look()) for _ in range(3)) == runs


def test_files_that_arrived_together_make_one_build(
    settings: Settings, tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    repo = repository(settings, tmp_path)

    def after(run: dg.DagsterRun) -> list[dg.RunRequest]:
        with dg.build_run_status_sensor_context(
            sensor_name="build_after_files",
            dagster_event=dg.DagsterEvent("PIPELINE_SUCCESS", "ingest"),
            dagster_instance=instance,
            dagster_run=run,
        ) as context:
            result = repo.get_sensor_def("build_after_files")(context)
        return [result] if isinstance(result, dg.RunRequest) else []

    tags = {TRIGGER_TAG: FILES}
    landed = started(instance, "ingest", dg.DagsterRunStatus.SUCCESS, **tags)
    assert after(started(instance, "ingest", dg.DagsterRunStatus.SUCCESS)) == []  # the schedule's
    other = started(instance, "ingest", dg.DagsterRunStatus.STARTED, **{SOURCE_TAG: "plan"})
    assert after(landed) == []
    instance.report_run_failed(other)
    assert len(after(landed)) == 1
    started(instance, "build", dg.DagsterRunStatus.STARTED)  # has read its inputs: another is needed
    assert len(after(landed)) == 1
    started(instance, "build", dg.DagsterRunStatus.NOT_STARTED)
    assert after(landed) == []


def test_schedules_start_nothing_beside_a_run_of_the_same_kind(
    settings: Settings, tmp_path: Path, stored: dg.DagsterInstance
) -> None:
    repo = repository(settings, tmp_path)

    def tick(name: str) -> list[str | None]:
        with dg.build_schedule_context(
            instance=stored, scheduled_execution_time=NOW, repository_def=repo
        ) as context:
            data = repo.get_schedule_def(name).evaluate_tick(context)
        return [request.run_key for request in data.run_requests or []]

    assert tick("ingest_daily") == ["crm-2026-03-02", "plan-2026-03-02"]
    assert tick("build_daily") == ["build-2026-03-02"]
    run = started(stored, "ingest", dg.DagsterRunStatus.NOT_STARTED, **{SOURCE_TAG: "crm"})
    started(stored, "build", dg.DagsterRunStatus.STARTED)
    assert tick("ingest_daily") == ["plan-2026-03-02"]
    assert tick("build_daily") == []
    by_hand = started(stored, "ingest", dg.DagsterRunStatus.STARTED)  # of all sources
    assert tick("ingest_daily") == []
    stored.report_run_failed(run)
    stored.report_run_failed(by_hand)
    assert tick("ingest_daily") == ["crm-2026-03-02", "plan-2026-03-02"]


def test_a_sources_file_that_was_changed_since_is_read_by_every_tick(
    settings: Settings, tmp_path: Path, stored: dg.DagsterInstance, instance: dg.DagsterInstance
) -> None:
    """Runs load the definitions anew: of a source that was taken out, or a file that is wrong by now, they
    would only say that there is no such asset or job."""
    repo = repository(settings, tmp_path / "exports")
    watch = Watch(settings, tmp_path / "exports", instance)

    def tick(name: str) -> list[str | None]:
        with dg.build_schedule_context(
            instance=stored, scheduled_execution_time=NOW, repository_def=repo
        ) as context:
            data = repo.get_schedule_def(name).evaluate_tick(context)
        return [request.run_key for request in data.run_requests or []]

    settings.sources_file.write_text(SOURCES.replace("name: crm", "name: other"))
    assert tick("ingest_daily") == ["plan-2026-03-02"]
    write(tmp_path / "exports" / "Leads.csv", "x")
    assert [watch.look() for _ in range(3)] == [[], [], []]
    settings.sources_file.write_text(SOURCES.replace("UTC", "Nowhere/Land"))
    for asked in (lambda: tick("ingest_daily"), lambda: tick("build_daily"), watch.look):
        with pytest.raises((dg.DagsterError, PipelineError)) as caught:
            asked()
        said = f"{caught.value} {caught.value.__cause__}"
        assert "line 2: reporting.time_zone: 'Nowhere/Land'" in said


def test_no_build_is_requested_where_nothing_is_new(
    settings: Settings, stored: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = "reporting: {time_zone: UTC, currency: EUR}\nsources: [{name: demo, system: demo}]\n"
    settings.sources_file.write_text(right)
    served = Publication("b1", settings.home / "marts.duckdb", {}, "2026-03-01 05:00:00.000000")
    found = Look(served, ())
    monkeypatch.setattr("orchestration.lib.unchanged.look", lambda *_, **__: found)
    skipped = build_request(settings, "key")
    assert isinstance(skipped, dg.SkipReason)
    assert "Nothing has changed since build b1" in str(skipped.skip_message)
    assert (settings.builds / "b1" / "confirmed.json").exists()
    found = Look(served, ("there is something new in landing",))
    assert build_request(settings, "key") == dg.RunRequest(run_key="key")

    def damaged(*_: object, **__: object) -> Look:
        raise PipelineError("landing is damaged")

    monkeypatch.setattr("orchestration.lib.unchanged.look", damaged)
    assert build_request(settings, "key") == dg.RunRequest(run_key="key")  # which will say what is wrong
    settings.sources_file.write_text(right.replace("UTC", "Nowhere/Land"))
    with pytest.raises(PipelineError, match="Nowhere/Land"):  # of which a run would have no job
        build_request(settings, "key")


def test_schedules_keep_to_the_reporting_zone_and_are_off_at_first(
    settings: Settings, tmp_path: Path
) -> None:
    for schedule in repository(settings, tmp_path).schedule_defs:
        assert schedule.execution_timezone == "Europe/Berlin"
        assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED


def entry(**fields: object) -> SourceEntry:
    return SourceEntry.model_validate({"name": "crm", "time_zone": "UTC", **fields})


def test_only_steps_that_talk_to_a_network_are_tried_again(settings: Settings, tmp_path: Path) -> None:
    files = landing_assets(settings, entry(system="salesforce", path=tmp_path))
    api = landing_assets(settings, entry(system="hubspot", hubspot_api={"token_env": "T"}))
    demo = landing_assets(settings, entry(system="demo"))
    assert files.op.retry_policy is None and demo.op.retry_policy is None
    assert published_marts(settings, []).op.retry_policy is None
    for step in (api, published_postgres(settings)):
        assert step.op.retry_policy is not None and step.op.retry_policy.max_retries == 2


@pytest.mark.parametrize(
    ("is_transient", "tags", "allowed"),
    [(True, {}, True), (False, {}, False), (True, {INTERACTIVE_TAG: "true"}, False)],
)
def test_a_step_fails_at_once_on_what_time_does_not_cure(
    is_transient: bool, tags: dict[str, str], allowed: bool
) -> None:
    error = PipelineError("the server is away")
    error.is_transient = is_transient
    attempts = []

    @dg.asset(retry_policy=dg.RetryPolicy(max_retries=2))
    def land(context: dg.AssetExecutionContext) -> None:
        attempts.append(1)
        raise failure_of(error, context)

    with dg.DagsterInstance.ephemeral() as instance:
        assert not dg.materialize([land], instance=instance, tags=tags, raise_on_error=False).success
    assert len(attempts) == (3 if allowed else 1)


def test_freshness_follows_the_limits_of_the_sources_file(settings: Settings, tmp_path: Path) -> None:
    def fail_hours(policy: dg.FreshnessPolicy | None) -> float | None:
        return None if policy is None else policy.fail_window.to_timedelta().total_seconds() / 3600  # type: ignore[attr-defined]

    source = {"system": "salesforce", "path": tmp_path}
    assert fail_hours(source_freshness(entry(**source, max_staleness_days=2))) == 48
    assert fail_hours(source_freshness(entry(**source))) == 72
    assert source_freshness(entry(system="demo")) is None
    spec = next(iter(landing_assets(settings, entry(**source, max_staleness_days=1)).specs))
    assert fail_hours(spec.freshness_policy) == 24
    marts = published_marts(settings, ["fct_leads"], marts_freshness(36))
    assert fail_hours(next(iter(marts.specs)).freshness_policy) == 36
