"""Addresses: form against cases with a reason each; free-mail and alias domains; role prefixes."""

import csv
import importlib.util
from collections.abc import Iterable, Sequence
from types import ModuleType

import email_validator
from disposable_email_domains import blocklist

from evaluation.inputs import CASES, FREE_MAIL, ROLES, lines
from evaluation.judgements import Judgements
from evaluation.metrics import Confusion, Goal, ratio
from evaluation.report import CONFUSION_HEADER, Section, confusion_cells, percent
from orchestration.settings import DBT_PROJECT_DIR

# A domain that says by its own name what it is for.
_THROWING = ("temp", "trash", "spam", "fake", "junk", "dispos", "discard", "minute", "wegwer", "jetable",
             "dump", "shit", "crap", "burn", "mailinator", "yopmail", "guerrilla", "throw", "muell", "oneoff",
             "forget", "destruct", "papierkorb", "sofort", "instant", "nowhere", "sinnlos")  # fmt: skip

# The domains of fakenamegenerator.com, which invents people by the thousand.
_GENERATED_NAMES = {"armyspy.com", "cuvox.de", "dayrep.com", "einrot.com", "fleckens.hu", "gustr.com",
                    "jourrapide.com", "rhyta.com", "superrito.com", "teleworm.us"}  # fmt: skip


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
        "the test suite of is_email 3.05 by Dominic Sayers and Michael Rushton (BSD licence; its addresses and "
        "categories as data, evaluation/cases/isemail.csv), and evaluation/cases/addresses.csv, written by this "
        "project from the rules and examples of RFC 5321, 5322, 6531, 1035 and 3696 (with its errata). The "
        "positives are what is no address. Of the suite that is everything that cannot be sent to as it stands: "
        "errors, what only the broad grammar of RFC 5322 allows, deprecated forms, comments and folding.",
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
    rows: list[Sequence[str]] = []
    remarks, goals = [], []
    alias = set(lines(CASES / "alias_domains.txt"))
    free = set(lines(FREE_MAIL)) if FREE_MAIL.exists() else set()
    names = {"alias": "alias services (evaluation/cases/alias_domains.txt)",
             "free": "free mail (email_domains/free_mail_domains.txt)"}  # fmt: skip
    for label, wanted in (("alias", alias), ("free", free)):
        wrong = sorted(d for d in wanted if "email_disposable" in found.get(f"{label}-{d}", ()))
        listed = len(wanted & blocklist)
        share = percent(ratio(len(wrong), len(wanted)))
        rows.append((names[label], f"{len(wanted):,}", f"{listed:,}", f"{len(wrong):,}", share))
        if not wanted:
            remarks.append(f"{names[label]}: absent here, not measured")
        elif label == "free":
            remarks += _contradictions(wrong)
        else:
            remarks.append(f"alias domains judged disposable: {', '.join(wrong) or 'none'}")
        title = "alias" if label == "alias" else "free-mail"
        measured = float(len(wrong)) if wanted else None
        note = f"{listed} stand on both published lists, see above" if label == "free" else ""
        goals.append(Goal(f"{title} domains judged disposable", 0, measured, False, True, note))
        if label == "free":
            undisputed = float(len(set(wrong) - blocklist)) if wanted else None
            goals.append(
                Goal("free-mail domains on no list of disposable ones, judged disposable", 0, undisputed,
                     False, True, "their parent is listed")
            )  # fmt: skip
    remarks.append("recall is not measured: no list of disposable domains here that the rule does not use")
    return Section(
        "Mail domains (`email_disposable`)",
        "one lead per domain through the whole pipeline. All are labelled 'a person's mailbox'.",
        ("labelled list", "domains", "on the disposable list", "judged disposable", "false-positive rate"),
        rows, remarks, goals,
    )  # fmt: skip


def _contradictions(wrong: Sequence[str]) -> list[str]:
    """Free mail judged disposable, by what speaks for and against it."""
    telling = [d for d in wrong if any(word in d for word in _THROWING)]
    disputed = [d for d in wrong if d in blocklist and d not in telling]
    children = [d for d in wrong if d not in blocklist and d not in telling]
    generators = [d for d in wrong if d in _GENERATED_NAMES]
    return [
        f"free mail judged disposable, and saying so in its own name ({len(telling)}): {', '.join(telling)}",
        f"free mail judged disposable, and on the disposable list too ({len(disputed)}); the two lists "
        f"contradict each other, and the one of free mail is no truth: it holds {len(generators)} domains of "
        f"a generator of invented people ({', '.join(generators)}): {', '.join(disputed)}",
        f"free mail judged disposable because a parent is listed ({len(children)}): {', '.join(children)}",
    ]


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
