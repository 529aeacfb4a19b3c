"""People: febrl's known duplicates, neighbours who must not be merged, and names that are names."""

from collections import defaultdict

from evaluation.inputs import FEBRL, NEIGHBOURS
from evaluation.judgements import Judgements, has_rule
from evaluation.metrics import Goal, Pair, compare_pairs, pairs_of, ratio
from evaluation.report import PAIR_HEADER, Section, pair_cells, percent


def _clusters(judged: Judgements, instance: str) -> set[Pair]:
    groups = defaultdict(set)
    for key, row in judged.of(instance).items():
        if row["cluster_id"]:
            groups[row["cluster_id"]].add(key)
    return pairs_of(groups.values())


def febrl(judged: Judgements) -> Section:
    """Pairwise figures on febrl dataset1."""
    section = Section(
        "Duplicates: febrl",
        "people_duplicates/dataset1.csv, mapped through csv_mapping: rec-N-org and rec-N-dup-0 are one "
        "person. Mapped are the names, street with number, suburb, postcode and date of birth, which a "
        "lead can have; not the second line of the address, the state and the social security number. It "
        "has no e-mail address, telephone or company, so the exact rules find nobody: this is the model.",
        PAIR_HEADER,
    )
    goal, wanted = "duplicates on febrl, pairwise F1", 0.95
    if not FEBRL.exists():
        section.remarks.append("absent here, not measured")
        section.goals.append(Goal(goal, wanted, None, note="febrl is not here"))
        return section
    people = defaultdict(set)
    for key in judged.of("febrl"):
        people[key.split("-")[1]].add(key)
    counts = compare_pairs(pairs_of(people.values()), _clusters(judged, "febrl"))
    section.rows.append(pair_cells(counts))
    section.goals.append(Goal(goal, wanted, counts.f1))
    return section


def neighbours(judged: Judgements) -> Section:
    """Colleagues and households that were merged."""
    merged = sorted(_clusters(judged, "neighbours"))
    verdicts = judged.with_verdict("duplicate") & set(judged.of("neighbours"))
    return Section(
        "Duplicates: colleagues and households",
        f"generated: {NEIGHBOURS} firms of three colleagues (one telephone number, one mail domain, two "
        f"of one surname), {NEIGHBOURS} couples (one surname, number and family firm) and {NEIGHBOURS} times "
        "three siblings (one surname, home and number, two of them twins, no e-mail address). Nobody is a "
        "duplicate.",
        ("leads", "pairs merged", "leads judged duplicate"),
        [(f"{len(judged.of('neighbours')):,}", f"{len(merged):,}", f"{len(verdicts):,}")],
        [f"merged: {one} / {other}" for one, other in merged[:8]],
        [Goal("colleagues and households merged", 0, float(len(merged)), False, True)],
    )


def names(judged: Judgements) -> Section:
    """People whose names count as evidence against them."""
    section = Section(
        "Names of people (`name_placeholder`, `name_injected`, `name_sentence`)",
        "febrl's persons and the generated neighbours; all are labelled real. febrl's duplicates carry "
        "misspelt names on purpose.",
        ("set", "leads", "flagged by name", "false-positive rate", "which"),
    )
    gibberish = 0
    for instance in ("febrl", "neighbours"):
        leads = judged.of(instance)
        wrong = sorted(key for key in leads if "name" in judged.groups.get(key, ()))
        gibberish += sum("name_gibberish" in judged.flags.get(key, ()) for key in leads)
        if leads:
            section.rows.append(
                (instance, f"{len(leads):,}", str(len(wrong)), percent(ratio(len(wrong), len(leads))),
                 ", ".join(wrong[:8]) or "–")
            )  # fmt: skip
    people = len(judged.of("febrl")) + len(judged.of("neighbours"))
    measured, note = ratio(gibberish, people), "few surnames, of few countries"
    if not has_rule("name_gibberish"):
        measured, note = None, "no such rule yet: nothing is flagged, which says nothing"
    section.goals = [
        Goal("gibberish names, false positives on real names", 0.005, measured, False, note=note)
    ]
    return section
