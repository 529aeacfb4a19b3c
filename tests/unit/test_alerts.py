"""Alerts: one message when a trouble begins, one when it is over, to a receiver that really listens."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.defs.alerts import alert_sensors, run_end
from orchestration.defs.jobs import pipeline_jobs
from orchestration.errors import PipelineError
from orchestration.lib import builds
from orchestration.lib.alerts import RunEnd, tell, without_people
from orchestration.settings import ALERT_URLS, Settings
from orchestration.sources_file import SourceEntry
from tests.unit.webhook import Receiver

NOW = datetime.fromisoformat("2026-07-02T12:00:00+00:00")
CRM = SourceEntry.model_validate(
    {"name": "crm", "system": "salesforce", "path": "x", "time_zone": "UTC", "max_staleness_days": 2}
)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def settings(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Settings:
    port = receiver.server.server_port
    monkeypatch.setenv(ALERT_URLS, f"json://user:planted-s3cret@127.0.0.1:{port}/hook")
    return Settings.load()


def ingested(settings: Settings, at: datetime) -> None:
    folder = settings.landing / "_ingests" / "crm"
    folder.mkdir(parents=True, exist_ok=True)
    moment = at.strftime("%Y-%m-%d %H:%M:%S.%f")
    record = {"ingest_id": moment, "started_at": moment, "finished_at": moment}
    (folder / f"{at:%Y%m%dT%H%M%S}.json").write_text(json.dumps(record))


def built(
    settings: Settings,
    at: datetime,
    share: float,
    *,
    checks: list[dict[str, Any]] | None = None,
    run: str = "",
) -> str:
    build_id = f"{at:%Y%m%dT%H%M%S}-aaaaaaaa"
    folder = builds.build_dir(settings, build_id)
    verdict = {"build_id": build_id, "is_publishable": not checks, "problems": [], "checks": checks or []}
    builds.write_json(folder / builds.VERDICT, verdict | {"fake_shares": {"crm": share}})
    builds.write_json(folder / builds.MANIFEST, {"build_id": build_id, "run_id": run})
    if not checks:
        moment = at.strftime("%Y-%m-%d %H:%M:%S.%f")
        record = {"build_id": build_id, "published_at": moment, "fake_shares": {"crm": share}}
        builds.write_json(folder / builds.PUBLISHED, record)
    return build_id


FAILED_CHECK = {
    "name": "rpt_lead_quality.row_count", "outcome": "failed", "severity": "error",
    "reason": "A lead has one verdict.", "failing_keys": ["lead_id=crm:ann@acme.example"], "observed": "Ann",
}  # fmt: skip


def test_each_trouble_is_told_once_and_so_is_its_end(settings: Settings, receiver: Receiver) -> None:
    ingested(settings, NOW - timedelta(days=3))
    built(settings, NOW - timedelta(days=2), 0.1)
    for _ in range(3):
        tell(settings, [CRM], now=NOW)
    assert sorted(receiver.titles) == ["source crm is stale", "the last good build is old"]
    ingested(settings, NOW)
    built(settings, NOW, 0.1)
    for _ in range(3):
        tell(settings, [CRM], now=NOW)
    assert receiver.titles[2:] == [
        "recovered: the last good build is old",
        "recovered: source crm is stale",
    ]
    tell(settings, [CRM], now=NOW + timedelta(days=2, minutes=1))
    assert len(receiver.titles) == 6, "a trouble that comes back is told again"


def test_what_a_removed_source_failed_at_is_over(settings: Settings, receiver: Receiver) -> None:
    ingested(settings, NOW)
    built(settings, NOW, 0.1)
    failed = RunEnd("ingest", "shop", "r1", NOW.timestamp(), "it was away")
    tell(settings, [CRM, CRM.model_copy(update={"name": "shop"})], [failed], now=NOW)
    assert "ingest of shop failed" in receiver.titles
    receiver.messages.clear()
    tell(settings, [CRM], now=NOW)
    assert "recovered: ingest of shop failed" in receiver.titles


def test_a_blocked_gate_is_told_without_people(settings: Settings, receiver: Receiver) -> None:
    ingested(settings, NOW)
    built(settings, NOW - timedelta(hours=1), 0.1)
    build_id = built(settings, NOW, 0.1, checks=[FAILED_CHECK])
    tell(settings, [CRM], now=NOW)
    built(settings, NOW + timedelta(minutes=1), 0.1, checks=[FAILED_CHECK])  # blocked again: no news
    tell(settings, [CRM], now=NOW)
    (message,) = receiver.messages
    assert build_id in message["message"] and "A lead has one verdict." in message["message"]
    assert "ann" not in json.dumps(message).lower() and "planted" not in json.dumps(message)
    built(settings, NOW + timedelta(minutes=2), 0.1)
    tell(settings, [CRM], now=NOW)
    assert receiver.titles[1:] == ["recovered: the gate blocked a build"]


def test_a_jump_of_fake_leads_does_not_become_its_own_measure(settings: Settings, receiver: Receiver) -> None:
    ingested(settings, NOW)
    for day in range(3):
        built(settings, NOW - timedelta(days=20 - day), 0.04)
    built(settings, NOW - timedelta(hours=9), 0.089)
    tell(settings, [CRM], now=NOW)
    assert receiver.titles == [], "within five points"
    for hour in range(8):  # published all the same, again and again
        built(settings, NOW - timedelta(hours=8 - hour), 0.091)
        tell(settings, [CRM], now=NOW)
    assert receiver.titles == ["share of fake leads jumped in source crm"]
    built(settings, NOW, 0.05)
    tell(settings, [CRM], now=NOW)
    assert receiver.titles[1:] == ["recovered: share of fake leads jumped in source crm"]


def test_how_runs_ended(settings: Settings, receiver: Receiver) -> None:
    ingested(settings, NOW)
    failed = RunEnd("ingest", "crm", "r1", 100.0, "The server is away.")
    tell(settings, [CRM], [failed], now=NOW)
    tell(settings, [CRM], [RunEnd("ingest", "crm", "r2", 200.0, "The server is away still.")], now=NOW)
    assert receiver.titles == ["ingest of crm failed"]
    assert "The server is away." in receiver.messages[0]["message"]
    tell(settings, [CRM], [RunEnd("ingest", "plan", "r3", 250.0, None)], now=NOW)
    assert len(receiver.titles) == 1, "another source's success"
    tell(settings, [CRM], [RunEnd("ingest", "crm", "r4", 300.0, None)], now=NOW)
    tell(settings, [CRM], [failed], now=NOW)  # a sensor that looks back
    assert receiver.titles[1:] == ["recovered: ingest of crm failed"]


def test_what_was_not_delivered_is_tried_again(settings: Settings, receiver: Receiver) -> None:
    ingested(settings, NOW)
    receiver.status = 500
    assert tell(settings, [CRM], [RunEnd("build", None, "r", 1.0, "x")], now=NOW) == []
    receiver.status = 200
    assert tell(settings, [CRM], now=NOW) == ["Pipeline Truth: build failed"]
    assert tell(settings, [CRM], now=NOW) == []


def test_nothing_is_told_until_it_is_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings.load({"PIPELINE_HOME": str(tmp_path)})
    assert tell(settings, [CRM], now=NOW) == [] and not (tmp_path / "alerts.json").exists()
    assert alert_sensors(settings, [CRM], pipeline_jobs(settings, {}, [], [])) == []
    monkeypatch.setenv(ALERT_URLS, "nonsense-planted")
    with pytest.raises(PipelineError, match=ALERT_URLS) as refused:
        tell(Settings.load(), [CRM], [RunEnd("build", None, "r", 1.0, "x")], now=NOW)
    assert "planted" not in str(refused.value)


def test_why_a_dagster_run_failed(settings: Settings, receiver: Receiver) -> None:
    @dg.op(name="land_crm")
    def lands() -> None:
        raise dg.Failure("Source crm: ann@acme.example cannot be read at https://u:pw@host/x?token=1")

    @dg.op(name="dbt_build")
    def builds_it() -> None:
        raise dg.Failure("Not built.\nmodel fct_leads: cannot convert 'Ann Smith'\ntest unique_x: Got 1")

    @dg.op(name="gate")
    def defect() -> None:
        raise ValueError("Ann Smith")

    instance = dg.DagsterInstance.ephemeral()

    def end_of(name: str, **steps: Any) -> RunEnd:
        @dg.job(name=name)
        def job() -> None:
            for step in steps.values():
                step()

        result = job.execute_in_process(
            instance=instance,
            raise_on_error=False,
            tags={"source_instance": "crm"} if "land" in steps else {},
        )
        run = instance.get_run_by_id(result.run_id)
        assert run is not None
        end = run_end(settings, instance, run)
        assert end is not None
        return end

    landed = end_of("ingest", land=lands)
    assert landed.key == "ingest:crm"
    assert landed.reason == "Source crm: [address] cannot be read at https://host/x"
    assert end_of("build", dbt=builds_it).reason == "dbt failed in fct_leads, unique_x."
    assert end_of("build", gate=defect).reason == "Step gate failed."
    # a build that the gate refused: the gate's message says it, and no second one
    blocked = end_of("build", gate=defect)
    built(settings, NOW, 0.1, checks=[FAILED_CHECK], run=blocked.run_id)
    run = instance.get_run_by_id(blocked.run_id)
    assert run is not None
    end = run_end(settings, instance, run)
    assert end is not None and end.reason is None


def test_the_sensors_tell_of_a_run_and_of_its_recovery(settings: Settings, receiver: Receiver) -> None:
    ingested(settings, datetime.now(tz=NOW.tzinfo))
    jobs = pipeline_jobs(settings, {}, [], [])
    sensors = {sensor.name: sensor for sensor in alert_sensors(settings, [CRM], jobs)}
    assert {sensor.default_status for sensor in sensors.values()} == {dg.DefaultSensorStatus.RUNNING}
    instance = dg.DagsterInstance.ephemeral()

    def ended(name: str, *, is_failed: bool) -> None:
        @dg.op(name="land_crm")
        def land() -> None:
            if is_failed:
                raise dg.Failure("The folder is empty.")

        @dg.job(name="ingest")
        def job() -> None:
            land()

        result = job.execute_in_process(
            instance=instance, raise_on_error=False, tags={"source_instance": "crm"}
        )
        event = result.get_run_failure_event() if is_failed else result.get_run_success_event()
        context = dg.build_run_status_sensor_context(
            sensor_name=name,
            dagster_event=event,
            dagster_instance=instance,
            dagster_run=result.dagster_run,
        )
        sensors[name](context)

    ended("alerts_run_failed", is_failed=True)
    ended("alerts_run_failed", is_failed=True)
    ended("alerts_run_recovered", is_failed=False)
    assert receiver.titles == ["ingest of crm failed", "recovered: ingest of crm failed"]


def test_a_reason_that_leaves_the_house_names_nobody() -> None:
    said = without_people(
        "ann.lee+x@acme.example called +49 30 123456-7 of https://u:p@h/a?key=1 " + "y" * 900
    )
    assert said.startswith("[address] called [number] of https://h/a yyy") and len(said) < 620
