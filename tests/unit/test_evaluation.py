"""The evaluation's arithmetic and labels, and that the documented rules are those of the seeds."""

from pathlib import Path

import pytest

from evaluation import docs, fodder
from evaluation.inputs import colleagues_and_households
from evaluation.labels import GROUPS, SPOILS, STALE
from evaluation.metrics import Confusion, Goal, area_under_curve, compare_pairs, pairs_of
from evaluation.report import goals_table, percent, table
from orchestration.sources.demo import DemoOptions, answers


def test_confusion_counts_only_those_who_are_judged() -> None:
    everyone = {f"{n}" for n in range(10)}
    counts = Confusion.of({"0", "1", "2", "elsewhere"}, {"1", "2", "3", "unknown"}, everyone)
    assert counts == Confusion(tp=2, fp=1, fn=1, tn=6)
    assert counts.precision == pytest.approx(2 / 3)
    assert counts.recall == pytest.approx(2 / 3)
    assert counts.f1 == pytest.approx(2 / 3)
    assert counts.false_positive_rate == pytest.approx(1 / 7)
    assert counts.agreement == pytest.approx(0.8)


def test_f1_is_the_harmonic_mean() -> None:
    counts = Confusion(tp=6, fp=2, fn=4)
    assert counts.precision is not None and counts.recall is not None
    expected = 2 * counts.precision * counts.recall / (counts.precision + counts.recall)
    assert counts.f1 == pytest.approx(expected)


def test_nothing_found_is_no_precision_and_not_zero() -> None:
    counts = Confusion.of({"a"}, set(), {"a", "b"})
    assert counts.precision is None
    assert counts.recall == 0
    assert counts.false_positive_rate == 0
    assert percent(counts.precision) == "–"


def test_pairs_are_compared_and_not_clusters() -> None:
    actual = pairs_of([["c", "a", "b"], ["d", "e"], ["f"]])
    assert actual == {("a", "b"), ("a", "c"), ("b", "c"), ("d", "e")}
    counts = compare_pairs(actual, pairs_of([["b", "a"], ["d", "e", "f"]]))
    assert counts == Confusion(tp=2, fp=2, fn=2)


@pytest.mark.parametrize(
    ("goal", "outcome"),
    [
        (Goal("recall", 0.95, 0.95), "met"),
        (Goal("recall", 0.95, 0.9), "MISSED by 5.0 points"),
        (Goal("false positives", 0.005, 0.02, at_least=False), "MISSED by 1.5 points"),
        (Goal("merged", 0, 0.0, at_least=False, is_count=True), "met"),
        (Goal("merged", 0, 12.0, at_least=False, is_count=True), "MISSED by 12"),
        (Goal("gibberish", 0.95, None), "NOT MEASURED"),
    ],
)
def test_a_goal_says_by_how_much_it_is_missed(goal: Goal, outcome: str) -> None:
    assert goal.outcome == outcome
    assert goal.is_met == (outcome == "met")


def test_goals_that_are_not_met_come_first() -> None:
    rows = goals_table([Goal("good", 0.5, 0.6), Goal("bad", 0.5, 0.4)]).splitlines()
    assert rows[2].startswith("| bad ")
    assert "MISSED by 10.0 points" in rows[2]


def test_a_cell_cannot_break_the_table() -> None:
    assert table(("a",), [("x|y",)]).splitlines()[2] == "| x\\|y |"


def test_every_kind_that_is_not_held_back_is_labelled() -> None:
    kinds = answers(DemoOptions(scale=0.1))["kinds"]
    shown = {name for name, kind in kinds.items() if not kind["is_held_back"]}
    assert {name for name in shown if kinds[name]["family"] in ("fake", "defect")} == set(SPOILS)
    assert {name for name in shown if kinds[name]["family"] == "stale"} <= set(STALE)
    assert {group for both in SPOILS.values() for part in both for group in part.split()} <= set(GROUPS)


def test_neighbours_differ_in_their_address() -> None:
    people = colleagues_and_households()
    assert len(people) == 800
    assert len({person["email"] for person in people if "email" in person}) == 500
    assert len({person["phone"] for person in people}) == 300


def test_the_documented_rules_are_those_of_the_seeds() -> None:
    document = docs.DOCS.read_text(encoding="utf-8")
    assert docs.between(document, "rules", docs.rules()) == document, "run `python -m evaluation.docs`"


def test_a_document_without_the_part_is_told() -> None:
    with pytest.raises(ValueError, match="figures"):
        docs.between("# Lead quality", "figures", "text")


def test_figures_are_put_between_their_markers_and_long_lists_cut(tmp_path: Path) -> None:
    path = tmp_path / "quality.md"
    parts = "".join(
        f"<!-- {part}: generated -->\nold\n<!-- {part}: end -->\n" for part in ("rules", "figures")
    )
    path.write_text(f"before\n{parts}after\n", encoding="utf-8")
    docs.write_figures("- short\n- " + "domain.example, " * 100, path)
    written = path.read_text(encoding="utf-8")
    assert written.startswith("before\n") and written.endswith("after\n")
    assert "\nold\n" not in written
    assert "`email_disposable`" in written
    assert "\n- short\n" in written
    assert max(len(line) for line in written.splitlines() if line.startswith("- domain")) < 450


def test_the_area_under_the_curve_counts_ties_half() -> None:
    assert area_under_curve([0.9, 0.8], [0.1, 0.2, 0.3]) == 1
    assert area_under_curve([0.5, 0.1], [0.5]) == pytest.approx(0.25)
    assert area_under_curve([], [0.5]) is None
    assert area_under_curve([0.5], []) is None


def test_the_fodder_section_names_its_worst_errors() -> None:
    def row(score: float, *parts: str) -> dict[str, object]:
        return {"fodder_score": score, "is_fodder_like": score >= 0.6} | {p: p in parts for p in fodder.PARTS}

    scores = {
        "o:1": row(0.85, "few_meetings"),
        "o:2": row(0.7, "no_discovery", "few_meetings"),
        "o:3": row(0.3),
        "o:4": row(0.1),
    }
    labels = {"o:1": fodder.LABEL, "o:2": "plain", "o:3": fodder.LABEL, "o:4": "rotten"}
    section = fodder.section(fodder.FodderScores(scores, labels, unjudged=2))
    text = section.render()
    assert [goal.measured for goal in section.goals] == [0.75, 0.5, 0.5]
    assert "flagged, and is none: o:2 0.70 [plain], few_meetings, no_discovery" in text
    assert "missed: o:3 0.30 [column_fodder], no part" in text
    assert "labelled column_fodder without a score: 2" in text
    assert "few_meetings: 50.0 % of fodder, 50.0 % of others" in text
