"""The weekly page per manager, from a small publication."""

from pathlib import Path

import pytest

from orchestration.defs.jobs import pipeline_jobs
from orchestration.errors import PipelineError
from orchestration.lib import digest
from orchestration.lib.digest import make_digests, send_digests, write_digests
from orchestration.lib.publisher import publish
from orchestration.settings import DIGEST_URLS, Settings
from tests.unit.published_marts import BUILD, JUDGED, execute, make_home, write_verdict

REPS = """
    insert into dim_reps values
        ('crm:u3', 'Cy *the* Fox', 'crm:u2', 'north', 'rep', true, 'UTC', 40.0),
        ('crm:u4', 'Dee', null, 'north', 'rep', true, 'UTC', 40.0),
        ('crm:u5', 'Eve', 'crm:u2', 'north', 'rep', false, 'UTC', 40.0),
        ('crm:u6', 'Flo', 'crm:u2', 'north', 'rep', false, 'UTC', 40.0)
"""
FINDINGS = """
    insert into rpt_rep_brief (rep_id, position, finding, severity, measure, amount_at_stake, evidence,
        drill_table, drill_keys, as_of)
    select rep_id, position, finding, severity, 1, amount, evidence, 'fct_deal_flags', '{}', as_of
    from (values
        ('crm:u1', 2, 'past_close_dates', 'critical', null, '2 deals past their close date'),
        ('crm:u5', 1, 'slippage', 'warn', 5.00, '1 of 2 deals pushed')
    ) as found(rep_id, position, finding, severity, amount, evidence),
        (select max(as_of) as as_of from rpt_rep_brief)
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    made = make_home(
        tmp_path_factory.mktemp("served"), reporting={"currency": "EUR", "time_zone": "Asia/Tokyo"}
    )
    execute(
        made.warehouse,
        [
            REPS,
            FINDINGS,
            "update rpt_rep_brief set amount_at_stake = 1234567.40 where position = 1 and rep_id = 'crm:u1'",
        ],
    )
    write_verdict(made, BUILD)
    publish(made, BUILD, now=JUDGED)
    return made


def test_a_page_per_manager(settings: Settings) -> None:
    bo, nobody = make_digests(settings)
    assert (
        bo.markdown
        == """\
# Pipeline Truth for Bo, as of 2026-07-01

## Ann

- 30 % of the open amount is rotten. At stake: 1,234,567 EUR.
- **critical** 2 deals past their close date.

## Eve

- 1 of 2 deals pushed. At stake: 5 EUR.

Nothing found: Cy \\*the\\* Fox.

Amounts of different findings overlap and are not to be added.
"""
    )
    assert nobody.manager_id == "no_manager"
    assert "Nothing found: Bo, Dee." in nobody.markdown


def test_pages_are_written_and_sent_to_whom_they_are_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = make_digests(settings, "crm:u2")
    (path,) = write_digests(settings, digests)
    assert path.relative_to(settings.home).as_posix() == f"digests/{BUILD}/crm_u2.md"
    assert path.read_text() == digests[0].markdown
    sent: list[tuple[str, str, str]] = []

    def take(addresses: str, title: str, body: str, *, variable: str) -> bool:
        sent.append((addresses, title, body))
        return variable == DIGEST_URLS

    monkeypatch.setattr(digest, "send", take)
    monkeypatch.setenv(DIGEST_URLS, "json://hook/{manager_id}")
    send_digests(settings, digests)
    ((address, title, body),) = sent
    assert (address, title) == ("json://hook/crm:u2", "Pipeline Truth for Bo, as of 2026-07-01")
    assert body.startswith("## Ann")
    monkeypatch.setattr(digest, "send", lambda *_, **__: False)
    with pytest.raises(PipelineError, match="Nobody took the page of crm:u2"):
        send_digests(settings, digests)


def test_what_cannot_be_made_is_explained(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="No rep has the manager crm:u9"):
        make_digests(settings, "crm:u9")
    with pytest.raises(PipelineError, match="nothing is served"):
        make_digests(Settings(home=tmp_path / "none", sources_file=tmp_path / "x"))


def test_the_job_writes_them_where_nothing_is_configured(settings: Settings) -> None:
    assert pipeline_jobs(settings, {}, [], []).digest.execute_in_process().success
    assert len(list((settings.home / "digests" / BUILD).glob("*.md"))) == 2
