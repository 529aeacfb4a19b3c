"""The page of a build: what failed comes first, with keys; nothing in it is markup but ours."""

from orchestration.lib.report import render


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
                checks=[passed, warned, failed, crashed]), [], {"model.m": 1.5},
    )  # fmt: skip
    assert page.index("crashed") < page.index(">failed") < page.index("z_warned")
    assert "Is not published: 1 reasons" in page
    assert "1,234 rows" in page
    assert "crm:&lt;b&gt;7&lt;/b&gt;" in page
    assert "<script>" not in page
    assert "one &lt;thing&gt;" in page
    assert "first build" in page
    assert "1.50" in page


def test_the_trend_over_builds() -> None:
    old = [verdict("b1", 10, 0.1), verdict("b2", 30, 0.2)]
    page = render(verdict("b3", 20, 0.15), old, {})
    assert "May be published" in page
    assert "-10" in page  # since the build before
    assert "10 to 20, between 10 and 30" in page
    assert "0.1 to 0.15, between 0.1 and 0.2" in page
    assert "All 1 hold" in page


def test_a_table_that_is_new() -> None:
    page = render(verdict("b2", 3, 0.0), [verdict("b1", 3, 0.0, tables={}, fake_shares={})], {})
    assert ">new<" in page
