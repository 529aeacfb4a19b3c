"""Which builds a build is compared with, what is known to be deleted, and what the gate makes of it."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from expectations.schema import SUITES_DIR, load_suites
from orchestration.cli import main
from orchestration.lib import builds
from orchestration.lib.gate import judge
from orchestration.lib.history import WINDOW, PublishedHistory, configuration, write_profile
from orchestration.settings import Settings
from orchestration.sources_file import SourcesFile, load_sources_file
from tests.unit.published_marts import (
    BUILD,
    JUDGED,
    build_manifest,
    execute,
    make_home,
)

TABLES = {"fct_leads": {"rows": 1000, "nulls": {}, "sources": {"crm": 1000}}}
SECOND = "20260702T040000-bbbbbbbb"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, sources_file=tmp_path / "sources.yaml")


def manifest(number: int, **changes: Any) -> dict[str, Any]:
    """Of the build of one day in June 2026."""
    moment = f"2026-06-{number:02} 04:00:00.000000"
    times = {"as_of": moment, "known_at": moment, "started_at": moment, "configuration": "same"}
    return build_manifest(f"202606{number:02}T040000-aaaaaaaa") | times | changes


def published(settings: Settings, *made: dict[str, Any]) -> list[dict[str, Any]]:
    """What the manifest of a later build says of them; their profiles are written."""
    for each in made:
        write_profile(settings, each, TABLES)
    return [
        {key: each[key] for key in ("build_id", "as_of", "known_at")} | {"published_at": each["started_at"]}
        for each in made
    ]


def compared(settings: Settings, now: dict[str, Any], check: str = "fct_leads.rows_kept") -> list[str]:
    return [build_id[6:8] for build_id, _ in PublishedHistory(settings, now)(check)]


def test_the_last_published_builds_are_compared_oldest_first(settings: Settings) -> None:
    past = published(settings, *(manifest(day) for day in range(1, 26)))
    assert compared(settings, manifest(28, publications=past)) == [f"{day:02}" for day in range(6, 26)]
    assert WINDOW == 20
    never_profiled = {**past[0], "build_id": "20260627T040000-cccccccc"}
    assert compared(settings, manifest(28, publications=[never_profiled])) == []


def test_another_configuration_is_another_table(settings: Settings) -> None:
    past = published(settings, manifest(1), manifest(2, configuration="other"), manifest(3))
    assert compared(settings, manifest(4, publications=past)) == ["01", "03"]
    assert compared(settings, manifest(4, publications=past, configuration="other")) == ["02"]


def test_a_build_that_looks_back_is_held_to_builds_that_did(settings: Settings) -> None:
    later = "2026-06-28 00:00:00.000000"
    past = published(settings, *(manifest(day) for day in (1, 2, 9)), manifest(3, known_at=later))
    assert compared(settings, manifest(5, publications=past)) == ["01", "02"]
    backfill = published(settings, manifest(10, as_of="2026-01-31 00:00:00.000000"))
    assert compared(settings, manifest(11, publications=past + backfill)) == ["10", "01", "02", "09"]


def test_an_accepted_change_starts_anew_for_its_check_or_its_table(settings: Settings) -> None:
    past = published(settings, *(manifest(day) for day in (1, 2, 3)))
    accepted = [{"check": "fct_leads.rows_kept", "after": past[1]["build_id"], "reason": "purged"}]
    now = manifest(4, publications=past, accepted_changes=accepted)
    assert compared(settings, now) == ["03"]
    assert compared(settings, now, "fct_leads.rows_as_before") == ["01", "02", "03"]
    accepted[0]["check"] = "fct_leads"
    assert compared(settings, now, "fct_leads.rows_as_before") == ["03"]
    assert compared(settings, now, "fct_leads_of_another.rows_kept") == ["01", "02", "03"]


def test_deletions_and_erasures_since_a_build_are_known(settings: Settings) -> None:
    def load(deleted: int, name: str = "Lead", source: str = "crm") -> dict[str, Any]:
        return {"source_instance": source, "object": name, "deleted_count": deleted}

    past = published(settings, manifest(1, loads=[load(10)]))
    loads = [load(310), load(99, "Task"), load(500, source="cal")]
    history = PublishedHistory(settings, manifest(2, publications=past, loads=loads))
    build_id = past[0]["build_id"]
    assert history.explained(build_id, "crm", ["lead", "leads"]) == 300
    assert history.explained(build_id, "crm", []) == 0
    for day, records in ((1, 7), (2, 2)):
        erasure = {"erased_at": f"2026-06-{day:02}T03:00:00+00:00", "records": records}
        builds.write_json(settings.erasures / f"{day}.json", erasure)
    assert history.explained(build_id, "crm", ["lead"]) == 302


SOURCES = """
reporting: {time_zone: Europe/Berlin, currency: EUR}
sources:
  - {name: crm, system: salesforce, path: exports/1, time_zone: UTC}
"""


def read(path: Path, text: str) -> SourcesFile:
    path.write_text(text)
    return load_sources_file(path)


def test_the_configuration_is_what_tables_are_made_of(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    usual = configuration(read(path, SOURCES))
    accepted = "accepted_changes: [{check: fct_leads, after: 20260704T050000-0a1b2c3d, reason: purged}]\n"
    watched = SOURCES.replace("time_zone: UTC", "time_zone: UTC, required: true, max_staleness_days: 2")
    alike = [SOURCES.replace("exports/1", "exports/2"), SOURCES + accepted, watched]
    assert {configuration(read(path, text)) for text in alike} == {usual}
    other = [SOURCES.replace("EUR", "USD"), SOURCES.replace("time_zone: UTC", "time_zone: Asia/Tokyo"),
             SOURCES.replace("name: crm", "name: other")]  # fmt: skip
    assert len({usual, *(configuration(read(path, text)) for text in other)}) == 4


def test_a_collapse_is_refused_and_let_through_when_it_is_accepted(tmp_path: Path) -> None:
    suites = tmp_path / "suites"  # one of them: the others' expectations take seconds
    suites.mkdir()
    shutil.copy(SUITES_DIR / "fct_opportunities.yml", suites)
    settings = make_home(tmp_path, SECOND)
    execute(settings.warehouse, ["delete from fct_opportunities where opportunity_id <> 'crm:o0'"])
    before = build_manifest() | {"configuration": "same"}
    facts = {"rows": 610, "nulls": {"amount": 0, "close_date": 0}, "sources": {"crm": 610}}
    write_profile(settings, before, {"fct_opportunities": facts})
    plan = build_manifest(SECOND) | {
        "configuration": "same",
        "publications": [before | {"published_at": "2026-07-01 04:02:00.000000"}],
    }
    name = "fct_opportunities.rows_kept"

    folder = builds.build_dir(settings, SECOND)
    builds.write_json(folder / builds.MANIFEST, plan)
    verdict = judge(settings, now=JUDGED, suites_dir=suites)
    assert verdict["compared_with"] == [BUILD]
    (reason,) = [each for each in verdict["blocking_reasons"] if each.startswith(name)]
    assert f"source crm has 1 of the 610 rows that it had in build {BUILD}" in reason
    assert f"accepted_changes: [{{check: {name}, after: {BUILD}, reason: why}}]" in reason
    kept = builds.read_json(folder / builds.PROFILE)
    assert (kept["build_id"], kept["tables"]["fct_opportunities"]["sources"]) == (SECOND, {"crm": 1})

    accepted = [{"check": name, "after": BUILD, "reason": "purged"}]
    builds.write_json(folder / builds.MANIFEST, plan | {"accepted_changes": accepted})
    verdict = judge(settings, now=JUDGED, suites_dir=suites)
    assert [each for each in verdict["blocking_reasons"] if each.startswith(name)] == []
    checks = {check["name"]: check for check in verdict["checks"]}
    assert checks[name]["kind"] == "trend"
    assert checks[name]["detail"] == "no published build to compare with yet"
    expected = {f"fct_opportunities.{check.name}" for check in load_suites(suites)[0].checks}
    assert {check["name"] for check in verdict["checks"] if check["kind"] != "dbt"} == expected


def test_an_accepted_change_that_accepts_nothing_is_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIPELINE_SOURCES", str(settings.sources_file))
    build_id = "20260704T050000-0a1b2c3d"
    for change, words in (
        (f"check: fct_leads.rows_kept, after: {build_id}", ""),
        (f"check: fct_leads.verdict_known, after: {build_id}", "verdict_known, which compares nothing"),
        ("check: fct_leads, after: 2026-07-04", "line 5"),
    ):
        settings.sources_file.write_text(f"{SOURCES}accepted_changes: [{{{change}, reason: purged}}]\n")
        assert main(["check"]) == bool(words)
        assert words in capsys.readouterr().err
