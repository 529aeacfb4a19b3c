"""The page of a build: what failed comes first, with keys; nothing in it is markup but ours."""

from orchestration.lib.report import render

NOTHING_TIMED: dict[str, object] = {"steps": {}, "layers": [], "slowest": []}
TIMINGS = {
    "steps": {"manifest": 1.0, "dbt": 71.34},
    "layers": [{"layer": "marts", "nodes": 1, "seconds": 1.5}],
    "slowest": [{"node": "m", "layer": "marts", "seconds": 1.5, "rows": 1234567}],
}


def verdict(build_id: str, rows: int, share: float, **changes: object) -> dict[str, object]:
    check = {
        "name": "fct_leads.lead_id_not_null", "table": "fct_leads", "severity": "error", "outcome": "passed",
        "failing_keys": [], "unexpected_count": None, "observed": None, "reason": "Ids are counted.",
        "remedy": "Look at the source.",
    }  # fmt: skip
    return {
        "build_id": build_id, "as_of": "2026-06-30", "known_at": "2026-07-01", "created_at": "2026-07-01",
        "git_revision": "abc", "is_publishable": True, "blocking_reasons": [], "checks": [check],
        "tables": {"fct_leads": {"rows": rows}}, "fake_shares": {"crm": share},
    } | changes  # fmt: skip


def test_what_failed_comes_first_with_its_keys() -> None:
    passed = verdict("b", 1, 0.1)["checks"][0]  # type: ignore[index]
    warned = passed | {"name": "z_warned", "severity": "warning", "outcome": "failed", "unexpected_count": 2}
    failed = passed | {"name": "failed", "outcome": "failed", "failing_keys": ["lead_id=crm:<b>7</b>"],
                       "unexpected_count": 1234}  # fmt: skip
    crashed = passed | {"name": "crashed", "outcome": "crashed", "observed": "Binder Error <script>"}
    page = render(
        verdict("b2", 5, 0.25, is_publishable=False, blocking_reasons=["one <thing>"],
                checks=[passed, warned, failed, crashed]), [], TIMINGS,
    )  # fmt: skip
    assert page.index("crashed") < page.index(">failed") < page.index("z_warned")
    assert "Is not published: 1 reason<" in page
    assert "1,234 rows" in page
    assert "crm:&lt;b&gt;7&lt;/b&gt;" in page
    assert "<script>" not in page
    assert "one &lt;thing&gt;" in page
    assert '4, <span class="no">3 failed</span>' in page  # of the table's checks
    assert "first build" in page
    assert page.index(">dbt<") < page.index(">71.3<") < page.index(">marts<") < page.index(">1.50<")
    assert ">1,234,567<" in page


def test_the_trend_over_builds() -> None:
    old = [verdict("b1", 10, 0.1), verdict("b2", 30, 0.2)]
    page = render(verdict("b3", 20, 0.15), old, NOTHING_TIMED)
    assert "May be published" in page
    assert "-10" in page  # since the build before
    assert "10 to 20, between 10 and 30" in page
    assert "0.1 to 0.15, between 0.1 and 0.2" in page
    assert "All 1 hold" in page


def test_a_reason_that_a_check_gives_is_said_once() -> None:
    passed = verdict("b", 1, 0.1)["checks"][0]  # type: ignore[index]
    failed = passed | {"name": "t.kept", "outcome": "failed", "failing_keys": ["source crm has 1 of 9 rows"]}
    reasons = ["t.kept: source crm has 1 of 9 rows. Ids are counted.", "source crm is too old"]
    page = render(
        verdict("b2", 5, 0.1, is_publishable=False, blocking_reasons=reasons, checks=[failed]),
        [],
        NOTHING_TIMED,
    )
    assert "Is not published: 2 reasons<" in page
    assert page.count("source crm has 1 of 9 rows") == 1
    assert "<li>source crm is too old</li>" in page


def test_checks_that_failed_over_the_builds() -> None:
    passed = verdict("b", 1, 0.1)["checks"][0]  # type: ignore[index]
    failed = passed | {"outcome": "failed"}
    old = [
        verdict("b1", 1, 0.1, checks=[failed, failed, passed], is_publishable=False),
        verdict("b2", 1, 0.1, checks=[passed]),
    ]
    page = render(verdict("b3", 1, 0.1, checks=[failed], is_publishable=False), old, NOTHING_TIMED)
    assert "over the last 3 builds" in page
    assert 'aria-label="checks failed per build: 2, 0, 1"' in page
    assert "b1: 2 checks failed, could not be published" in page
    assert "b2: 0 checks failed, could be published" in page
    assert page.count("<rect") == 3


def test_what_was_expected_of_figures() -> None:
    trend = verdict("b", 1, 0.1)["checks"][0] | {  # type: ignore[index]
        "name": "fct_leads.rows_as_before", "kind": "trend", "observed": "5 rows, expected 3 to <7>"
    }  # fmt: skip
    page = render(verdict("b2", 1, 0.1, checks=[trend]), [], NOTHING_TIMED)
    assert "1 figures and what was expected of them" in page
    assert "5 rows, expected 3 to &lt;7&gt;" in page


def test_a_table_that_is_new() -> None:
    page = render(verdict("b2", 3, 0.0), [verdict("b1", 3, 0.0, tables={}, fake_shares={})], NOTHING_TIMED)
    assert ">new<" in page
