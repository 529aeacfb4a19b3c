"""The gate's verdict: the alarms on a source in words, and everything that makes a no."""

import json
from pathlib import Path
from typing import Any

import pytest

from expectations.runner import run
from expectations.schema import load_suites
from orchestration.errors import PipelineError
from orchestration.lib import builds
from orchestration.lib.gate import fake_allowance, judge, suite_parameters
from orchestration.lib.verdict import blocking_reasons, counts
from orchestration.settings import Settings
from tests.unit.published_marts import (
    BUILD,
    JUDGED,
    build_manifest,
    execute,
    make_home,
    make_warehouse,
    write_dbt_artifacts,
    write_verdict,
)

ALL_FAKE = "update rpt_lead_quality set verdict = 'fake', fake_score = 1, main_reason = 'email_disposable'"


def alarm(path: Path, manifest: dict[str, Any], *statements: str) -> tuple[str, ...]:
    make_warehouse(path, BUILD, *statements)
    suite = next(suite for suite in load_suites() if suite.table == "rpt_lead_quality")
    only = [e for e in suite.expectations if e.name == "source_mostly_real"]
    one = suite.model_copy(update={"expectations": only})
    (result,) = run(path, [one], suite_parameters(manifest))
    assert result.outcome != "crashed", result.observed
    return result.failing


def with_allowance(share: float | None, publications: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    manifest = build_manifest()
    manifest["sources"][0]["fake_share_allowance"] = share
    return manifest | {"publications": publications or []}


def published(*shares: float) -> list[dict[str, Any]]:
    known = {"known_at": "2026-06-01 00:00:00.000000", "published_at": "2026-06-01 00:00:00.000000"}
    return [known | {"build_id": f"b{i}", "fake_shares": {"crm": share}} for i, share in enumerate(shares)]


def test_a_source_that_is_all_fake_is_named_with_its_reason(tmp_path: Path) -> None:
    rows = (
        "insert into rpt_lead_quality by name"
        " select 'crm:m' || i as lead_id, 'crm' as source_instance from range(3800) t(i)"
    )
    assert alarm(tmp_path / "w.duckdb", with_allowance(None), rows, ALL_FAKE) == (
        "every one of 3,900 leads of source crm looks fake; most common reason email_disposable;"
        " this looks like demonstration data",
    )


def test_an_allowance_of_the_sources_file_lets_it_through(tmp_path: Path) -> None:
    assert alarm(tmp_path / "w.duckdb", with_allowance(1.0), ALL_FAKE) == ()


def test_an_allowance_that_has_ended_is_named(tmp_path: Path) -> None:
    """Else its writer is told to write what is written already."""
    manifest = with_allowance(None)
    manifest["sources"][0]["allowance_ended_on"] = "2026-06-30"
    (words,) = alarm(tmp_path / "w.duckdb", manifest, ALL_FAKE)
    assert words.endswith("demonstration data; the lead_allowance of the sources file ended on 2026-06-30")


def test_the_share_counts_fake_and_suspect_and_leaves_duplicates_out(tmp_path: Path) -> None:
    # of 100 leads: 6 fake, 1 suspect, 1 duplicate: 7 of 99
    (words,) = alarm(tmp_path / "w.duckdb", with_allowance(0.07))
    assert words.startswith("7 of 99 leads of source crm look fake (7.1 %, allowed are 7.0 %)")
    assert alarm(tmp_path / "w.duckdb", with_allowance(0.071)) == ()


def test_few_leads_raise_no_alarm(tmp_path: Path) -> None:
    keep = "delete from rpt_lead_quality where lead_id not in (select lead_id from rpt_lead_quality limit {})"
    assert alarm(tmp_path / "w.duckdb", with_allowance(None), keep.format(49), ALL_FAKE) == ()
    assert len(alarm(tmp_path / "w.duckdb", with_allowance(None), keep.format(50), ALL_FAKE)) == 1


def test_new_bad_leads_are_seen_among_many_old_good_ones(tmp_path: Path) -> None:
    old = (
        "insert into rpt_lead_quality by name select 'crm:m' || i as lead_id, 'crm' as source_instance,"
        " 'trusted' as verdict, 0 as fake_score,"
        " timestamp '2026-05-01' as first_landed_at from range(5000) t(i)"
    )
    new = (
        "insert into rpt_lead_quality by name select 'crm:n' || i as lead_id, 'crm' as source_instance,"
        " 'fake' as verdict, 1 as fake_score,"
        " 'name_gibberish' as main_reason, timestamp '2026-06-02' as first_landed_at"
        " from range(60) t(i)"
    )
    assert alarm(tmp_path / "w.duckdb", with_allowance(None), old, new) == ()  # nothing published: all is new
    assert alarm(tmp_path / "w.duckdb", with_allowance(None, published(0.01)), old, new) == (
        "every one of the 60 new leads of source crm looks fake; most common reason name_gibberish;"
        " this looks like demonstration data",
    )


@pytest.mark.parametrize(
    ("declared", "shares", "allowance"),
    [
        (None, [], 0.20),
        (None, [0.9] * 9, 0.20),
        (None, [0.0] * 10, 0.05),
        (None, [0.08] * 10, 0.24),
        (None, [0.9] * 10, 0.40),
        (0.7, [0.0] * 10, 0.7),
        (0.0, [], 0.0),
    ],
)
def test_the_allowance_follows_the_source_once_it_is_known(
    declared: float | None, shares: list[float], allowance: float
) -> None:
    source = {"name": "crm", "fake_share_allowance": declared}
    assert fake_allowance(source, published(*shares)) == pytest.approx(allowance)


def test_a_clean_build_is_judged_publishable(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    verdict = judge(settings, now=JUDGED)
    assert (verdict["blocking_reasons"], verdict["is_publishable"]) == ([], True)
    assert verdict == json.loads((settings.builds / BUILD / "verdict.json").read_text())
    assert verdict["fake_shares"] == {"crm": round(7 / 99, 6)}
    assert verdict["tables"]["fct_leads"]["rows"] == 100
    numbers = counts(verdict)
    assert numbers["checks_expected"] == numbers["checks_evaluated"] == len(verdict["checks"])
    assert numbers["checks_failed"] == 0


def test_a_failed_audit_leaves_its_reasons_and_an_aborted_one_no_verdict(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    execute(settings.warehouse, ["update fct_leads set touches = -1 where lead_id = 'crm:l3'"])
    said: list[str] = []
    verdict = judge(settings, now=JUDGED, progress=said.append)
    assert verdict["is_publishable"] is False
    (reason,) = verdict["blocking_reasons"]
    assert reason.startswith("fct_leads.touches_not_negative: 1 rows fail, for example lead_id=crm:l3")
    assert "What to do:" in reason
    assert f"Blocks publication: {reason}" in said
    (settings.builds / BUILD / "run_results.json").unlink()
    with pytest.raises(PipelineError, match=r"run_results\.json of this build is not there"):
        judge(settings, now=JUDGED)
    assert not (settings.builds / BUILD / "verdict.json").exists()


def test_a_crash_at_severity_warning_blocks(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    verdict = write_verdict(settings, dim_reps__nobody_manages_themselves="crashed")
    assert verdict["blocking_reasons"] == [
        "dim_reps.nobody_manages_themselves: could not be evaluated: Binder Error: no such column"
    ]
    assert write_verdict(settings, dim_reps__nobody_manages_themselves="failed")["is_publishable"] is True


def test_a_missing_table_is_said_once(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    execute(settings.warehouse, ["drop table dim_stages"])
    reasons = judge(settings, now=JUDGED)["blocking_reasons"]
    assert reasons == [
        "6 checks of dim_stages: could not be evaluated: there is no table main.dim_stages in the warehouse"
    ]


def test_an_expected_check_without_an_outcome_blocks(tmp_path: Path) -> None:
    verdict = write_verdict(make_home(tmp_path), fct_leads__verdict_known="missing")
    assert verdict["blocking_reasons"] == ["fct_leads.verdict_known: was expected and has not been evaluated"]


@pytest.mark.parametrize(
    ("statuses", "words"),
    [
        ({"unique_leads": "fail"}, "dbt.unique_leads: 0 rows fail"),
        ({"unique_leads": "error"}, "dbt.unique_leads: could not be evaluated"),
        ({"unique_leads": "skipped"}, "dbt.unique_leads: was expected and has not been evaluated"),
        ({"unique_leads": "not_run"}, "dbt.unique_leads: was expected and has not been evaluated"),
        ({"fct_leads": "error"}, "dbt did not build fct_leads (error)"),
        ({"fct_leads": "not_run"}, "dbt did not build fct_leads (not run)"),
        (
            {"generated_at": "2026-06-30T04:00:00Z"},
            "dbt's results are of 2026-06-30 04:00:00 UTC, before this build",
        ),
    ],
)
def test_what_dbt_did_not_do_blocks(tmp_path: Path, statuses: dict[str, str], words: str) -> None:
    settings = make_home(tmp_path)
    write_dbt_artifacts(settings, **statuses)
    reasons = write_verdict(settings)["blocking_reasons"]
    assert [reason for reason in reasons if reason.startswith(words)], reasons


def test_a_dbt_warning_does_not_block(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    write_dbt_artifacts(settings, unique_leads="warn")
    verdict = write_verdict(settings)
    assert verdict["is_publishable"] is True
    assert counts(verdict)["checks_failed"] == 1


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (
            {"is_stale": True},
            "source crm is too old: last complete load 2026-07-01 03:50:00.000000 UTC, allowed are 3 days",
        ),
        (
            {"is_stale": True, "last_ingest_at": None},
            "source crm is required and has no complete load (last: never)",
        ),
        ({"is_stale": True, "last_ingest_at": None, "required": False}, None),
    ],
)
def test_a_stale_source_blocks_by_name(tmp_path: Path, facts: dict[str, Any], words: str | None) -> None:
    manifest = build_manifest()
    manifest["sources"][0] |= facts
    reasons = write_verdict(make_home(tmp_path, sources=manifest["sources"]))["blocking_reasons"]
    assert [reason.split(". What")[0] for reason in reasons] == ([words] if words else [])


def test_marts_and_suites_are_the_same_tables(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    path = settings.work / "dbt" / "manifest.json"
    path.write_text(path.read_text().replace('"name": "fct_leads"', '"name": "fct_news"'))
    reasons = write_verdict(settings)["blocking_reasons"]
    assert any(reason.startswith("mart fct_news has no suite") for reason in reasons)
    assert any(reason.startswith("suite fct_leads has no mart") for reason in reasons)


def test_nothing_judged_is_a_no() -> None:
    assert blocking_reasons({"problems": [], "checks": []}) == [
        "no check was expected, so nothing has been judged"
    ]


def test_the_audit_needs_a_warehouse_that_says_whose_it_is(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, sources_file=tmp_path / "sources.yaml")
    with pytest.raises(PipelineError, match="no warehouse"):
        judge(settings)
    make_warehouse(settings.warehouse, BUILD, "drop table meta_build")
    with pytest.raises(PipelineError, match="no table meta_build"):
        judge(settings)
    make_warehouse(settings.warehouse, BUILD)
    with pytest.raises(PipelineError, match=f"no build {BUILD}"):
        judge(settings)


def test_a_build_is_found_by_its_run(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    assert builds.for_run(settings, f"r-{BUILD}")["build_id"] == BUILD
    assert builds.latest_build(settings) == BUILD
    with pytest.raises(PipelineError, match="run other has no build manifest"):
        builds.for_run(settings, "other")
    with pytest.raises(PipelineError, match="not a build id"):
        builds.build_dir(settings, "../etc")
