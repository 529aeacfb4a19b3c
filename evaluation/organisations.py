"""The generated organisations: verdicts and evidence against what the generator says it spoiled.

Belongs here: the comparison. The kinds that are held back are counted and nothing more: no
name, no example and no evidence of theirs is printed, or the rules would be tuned to them.
"""

from collections.abc import Iterable

from evaluation.inputs import ORGANISATIONS
from evaluation.judgements import Judgements, has_rule
from evaluation.labels import GROUPS, SPOILS, STALE, Truth, truth
from evaluation.metrics import Confusion, Goal, compare_pairs, ratio
from evaluation.report import CONFUSION_HEADER, PAIR_HEADER, Section, confusion_cells, pair_cells, percent

_WORST = 8


def sections(judged: Judgements) -> list[Section]:
    """Overall, per kind, per evidence group, duplicates and stale leads."""
    known = truth()
    return [
        _overall(known, judged),
        _kinds(known, judged),
        _groups(known, judged),
        _duplicates(known, judged),
        _stale(known, judged),
        _process(known, judged),
    ]


def _about(known: Truth) -> str:
    seeds = ", ".join(str(options.seed) for options in ORGANISATIONS.values())
    return f"generated organisations, seeds {seeds}, {len(known.leads):,} leads"


def _overall(known: Truth, judged: Judgements) -> Section:
    section = Section(
        "Generated organisations: fake leads overall",
        f"{_about(known)}. Positives: leads of the generator's fake kinds. Held-back kinds stand in rows "
        "of their own and in no other table.",
        ("verdicts counted as found", *CONFUSION_HEADER),
    )
    fake = {key for key, lead in known.leads.items() if lead.is_fake}
    held = set(known.leads) - known.open
    measured = {}
    for name, verdicts in (("fake", ("fake",)), ("fake or suspect", ("fake", "suspect"))):
        found = judged.with_verdict(*verdicts)
        for title, among in ((name, known.open), (f"{name}; held-back kinds only", held),
                             (f"{name}; all kinds", set(known.leads))):  # fmt: skip
            measured[title] = Confusion.of(fake, found, among)
            section.rows.append((title, *confusion_cells(measured[title])))
    counts = measured["fake; all kinds"]
    section.goals = [
        Goal("generated organisation, held-back kinds among them: fake leads, recall", 0.95, counts.recall,
             note="most of what is missed is suspect: one sign alone is not fake"),
        Goal("generated organisation, held-back kinds among them: fake leads, precision", 0.97,
             counts.precision),
    ]  # fmt: skip
    wrong = (judged.with_verdict("fake", "suspect") & known.open) - fake
    section.remarks.append(f"real leads judged fake or suspect: {len(wrong)} ({_by_kind(known, wrong)})")
    of_kind: dict[tuple[str, ...], list[str]] = {}
    for key in sorted(wrong, key=lambda key: (-judged.leads[key]["fake_score"], key)):
        of_kind.setdefault(known.leads[key].kinds[:1], []).append(key)
    section.remarks += [
        f"{judged.leads[key]['verdict']} {judged.leads[key]['fake_score']:.2f}, "
        f"{', '.join(sorted(judged.flags[key]))}: {known.leads[key].text} [{(*kinds, 'clean')[0]}]"
        for kinds, keys in of_kind.items()
        for key in keys[:2]
    ]
    return section


def _kinds(known: Truth, judged: Judgements) -> Section:
    section = Section(
        "Generated organisations: fake leads by kind, the worst first",
        f"{_about(known)}; held-back kinds left out.",
        ("kind", "leads", "fake", "suspect", "neither", "a lead that is not judged fake"),
    )
    fake, suspect = judged.with_verdict("fake"), judged.with_verdict("suspect")
    rows = []
    for name, kind in known.kinds.items():
        leads = known.of_kind(name)
        if kind["family"] != "fake" or kind["is_held_back"] or not leads:
            continue
        missed = sorted(leads - fake, key=lambda key: (judged.leads[key]["fake_score"], key))
        example = known.leads[missed[0]].text if missed else "–"
        rows.append((len(leads & fake) / len(leads), (
            name, str(len(leads)), percent(len(leads & fake) / len(leads)),
            percent(len(leads & suspect) / len(leads)), str(len(leads - fake - suspect)), example,
        )))  # fmt: skip
    section.rows = [row for _, row in sorted(rows)]
    mashed = known.of_kind("keyboard_mash") | known.of_kind("random_letters")
    found = {key for key in mashed if "name_gibberish" in judged.flags.get(key, ())}
    note = "" if has_rule("name_gibberish") else "no such rule yet: it finds nobody"
    section.goals = [Goal("gibberish names, recall", 0.95, ratio(len(found), len(mashed)), note=note)]
    return section


def _groups(known: Truth, judged: Judgements) -> Section:
    section = Section(
        "Generated organisations: evidence by rule family",
        f"{_about(known)}; held-back kinds left out. Positives: leads whose kind always spoils what the "
        "family looks at; leads whose kind does so in some records only are left out of that row.",
        ("family", *CONFUSION_HEADER, "not found, by kind"),
    )
    for group in GROUPS:
        actual, unsure = set(), set()
        for kind, (always, sometimes) in SPOILS.items():
            actual |= known.of_kind(kind) if group in always.split() else set()
            unsure |= known.of_kind(kind) if group in sometimes.split() else set()
        found = {key for key, groups in judged.groups.items() if group in groups}
        everyone = known.open - unsure
        missed = (actual & everyone) - found
        section.rows.append(
            (group, *confusion_cells(Confusion.of(actual, found, everyone)), _by_kind(known, missed))
        )
        wrong = sorted((found & everyone) - actual)
        section.remarks += [
            f"{group}, wrong: {', '.join(sorted(judged.flags[key]))}: {known.leads[key].text} "
            f"[{', '.join(known.leads[key].kinds) or 'clean'}]"
            for key in wrong[:3]
        ]
    return section


def _duplicates(known: Truth, judged: Judgements) -> Section:
    section = Section(
        "Generated organisations: duplicates",
        f"{_about(known)}. Pairs of (younger, older record) within one organisation, "
        "fake leads left out. By kind there is recall only.",
        ("kind", *PAIR_HEADER),
    )

    def is_scored(key: str) -> bool:
        return key in known.open and not known.leads[key].is_fake

    told = {key: lead.duplicate_of for key, lead in known.leads.items() if lead.duplicate_of}
    actual = {_pair(a, b) for a, b in told.items() if b and is_scored(a)}
    found = {
        _pair(key, row["duplicate_of"])
        for key, row in judged.leads.items()
        if row["duplicate_of"] and key in known.leads and is_scored(key)
        and key.split(":")[0] == row["duplicate_of"].split(":")[0]
        and _is_scored_or_contact(known, row["duplicate_of"])
    }  # fmt: skip
    section.rows.append(("all", *pair_cells(compare_pairs(actual, found))))
    for kind, about in known.kinds.items():
        if about["family"] == "duplicate" and not about["is_held_back"]:
            pairs = {_pair(key, str(told[key])) for key in known.of_kind(kind) if key in told}
            section.rows.append(
                (
                    kind,
                    *pair_cells(compare_pairs(pairs, found & pairs))[:2],
                    "",
                    percent(ratio(len(found & pairs), len(pairs))),
                    "",
                )
            )
    texts = {key: lead.text for key, lead in known.leads.items()}
    section.remarks = [
        f"taken for one person: {texts.get(a, a)} / {texts.get(b, b)}"
        for a, b in sorted(found - actual)[:_WORST]
    ] + [f"not found: {texts.get(a, a)} / {texts.get(b, b)}" for a, b in sorted(actual - found)[:_WORST]]
    return section


def _is_scored_or_contact(known: Truth, key: str) -> bool:
    """Whether a survivor is a contact (of whom the generator spoils none) or a lead that is scored."""
    return key not in known.leads or (key in known.open and not known.leads[key].is_fake)


def _stale(known: Truth, judged: Judgements) -> Section:
    section = Section(
        "Generated organisations: stale leads",
        f"{_about(known)}. Recall by kind; the generator does not say of every other lead that it is in "
        "good hands, so there is no precision.",
        ("kind", "leads", "is_stale", "not stale"),
    )
    stale = {key for key, row in judged.leads.items() if row["is_stale"]}
    for kind in STALE:
        leads = known.of_kind(kind)
        section.rows.append(
            (
                kind,
                f"{len(leads):,}",
                percent(ratio(len(leads & stale), len(leads))),
                f"{len(leads - stale):,}",
            )
        )
    section.remarks.append(
        "the generator closes the leads of those who opted out, and closed leads are not stale: by design"
    )
    section.remarks.append(
        "the generator calls a recontact day overdue after a week, the rule on the next day: a lead without "
        "a kind may be stale for that"
    )
    clean = {key for key in known.open if not known.leads[key].kinds}
    section.rows.append(
        ("no kind at all", f"{len(clean):,}", percent(ratio(len(clean & stale), len(clean))),
         f"{len(clean - stale):,}")
    )  # fmt: skip
    return section


def _process(known: Truth, judged: Judgements) -> Section:
    section = Section(
        "Generated organisations: leads that arrived in a burst",
        f"{_about(known)}. Bursts are twelve leads by one creator within seconds; imports declare themselves "
        "and are none.",
        ("kind", "leads", "`burst`"),
    )
    burst = {key for key, flags in judged.flags.items() if "burst" in flags}
    kinds = {kind: known.of_kind(kind) for kind in ("burst", "bulk_import")}
    kinds["all others"] = known.open - kinds["burst"] - kinds["bulk_import"]
    for kind, leads in kinds.items():
        section.rows.append((kind, f"{len(leads):,}", percent(ratio(len(leads & burst), len(leads)))))
    return section


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _by_kind(known: Truth, leads: Iterable[str]) -> str:
    counts: dict[str, int] = {}
    for key in leads:
        for kind in known.leads[key].kinds:
            if kind in SPOILS:
                counts[kind] = counts.get(kind, 0) + 1
    return ", ".join(f"{kind} {n}" for kind, n in sorted(counts.items(), key=lambda item: -item[1])) or "–"
