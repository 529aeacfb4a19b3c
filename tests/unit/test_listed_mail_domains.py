"""The dbt Python model of published lists of mail domains: which list wins where a domain stands on both."""

import csv
import importlib.util
from types import ModuleType

import pytest

from orchestration.settings import DBT_PROJECT_DIR

MODEL = DBT_PROJECT_DIR / "models" / "intermediate" / "lead_quality" / "int_listed_mail_domains.py"
SEED = DBT_PROJECT_DIR / "seeds" / "lead_quality" / "throwaway_mail_domains.csv"


@pytest.fixture(scope="module")
def lists() -> ModuleType:
    spec = importlib.util.spec_from_file_location("int_listed_mail_domains", MODEL)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def seeded() -> dict[str, set[str]]:
    with SEED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {kind: {row["text"] for row in rows if row["kind"] == kind} for kind in ("domain", "word")}


def test_free_mail_wins_but_for_known_throwaways(lists: ModuleType) -> None:
    disposable = {"both.net", "known.io", "trash-mail.ml", "only-disposable.org"}
    free_mail = {"both.net", "known.io", "trash-mail.ml", "trash-free.net"}
    assert lists.lists_of({"known.io"}, {"trash"}, disposable, free_mail) == [
        ("both.net", False, True),
        ("known.io", True, False),
        ("only-disposable.org", True, False),
        ("trash-free.net", False, True),
        ("trash-mail.ml", True, False),
    ]


def test_well_known_throwaways_and_providers_are_what_they_are(lists: ModuleType) -> None:
    seed = seeded()
    listed = {
        domain: is_disposable
        for domain, is_disposable, _ in lists.lists_of(
            seed["domain"], seed["word"], set(lists.blocklist), set(lists.whitelist)
        )
    }
    thrown_away = "mailinator.com yopmail.com guerrillamail.com 10minutemail.com temp-mail.org maildrop.cc"
    generated = "armyspy.com cuvox.de dayrep.com einrot.com fleckens.hu gustr.com rhyta.com teleworm.us"
    assert all(listed[domain] for domain in (thrown_away + " " + generated).split())
    people = "gmail.com gmx.de yahoo.com gotmail.com cmail.net"
    assert not any(listed[domain] for domain in people.split())
