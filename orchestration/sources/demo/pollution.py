"""The ways in which leads are spoiled: which kinds there are, how often, and what they write.

Belongs here: what a spoiled record looks like. `text(rng, count)` of a kind returns up to `count`
records; a field that a record does not name keeps its clean value. Kinds kept from those who tune
the rules are in `heldback.py`.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

Record = dict[str, str | None]
FIELDS = ("FirstName", "LastName", "Company", "Email", "Phone", "Title", "Website")
# What becomes of a lead of a kind: see lead_follow.
NORMAL, JUNK, UNTOUCHED, BOUNCED, OPTED_OUT, COPY, LEFT_BEHIND = (
    "",
    "junk",
    "untouched",
    "bounced",
    "opted",
    "copy",
    "left",
)
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "poiuytrewq", "lkjhgfdsa")
_THROWAWAY = ("mailinator.com", "guerrillamail.com", "yopmail.com", "10minutemail.com", "trashmail.com")
_SAMPLES = (
    ("Bertha", "Boxer", "Farmers Coop. of Florida", "bertha@fcof.net", "(850) 644-4200"),
    ("Phyllis", "Cotton", "Abbott Insurance", "pcotton@abbottins.net", "(703) 757-1000"),
    ("Jeff", "Glimpse", "Jackson Controls", "jeffg@jackson.com", "886-2-25474189"),
    ("Mike", "Braund", "Metropolitan Health Services", "likeb@metro.com", "(410) 381-2334"),
    ("Brenda", "Mcclure", "Cadinal Inc.", "brenda@cardinal.net", "(847) 262-5000"),
)


class Kind(NamedTuple):
    """`family`: fake, defect, duplicate, stale or process. `rate`: share of all leads."""

    name: str
    family: str
    rate: float
    fate: str = NORMAL
    text: Callable[[np.random.Generator, int], list[Record]] | None = None


def mash(rng: np.random.Generator, low: int = 4, high: int = 8) -> str:
    """What fingers do on a keyboard: a run along a row, now and then with a wrong key."""
    row = _KEYS[rng.integers(0, len(_KEYS))]
    length = int(rng.integers(low, high))
    start = int(rng.integers(0, max(1, len(row) - length)))
    run = (row + row)[start : start + length]
    return run if rng.random() < 0.6 else run[:-1] + _KEYS[0][rng.integers(0, 10)]


def consonants(rng: np.random.Generator, length: int) -> str:
    return "".join("bcdfghjklmnpqrstvwxz"[i] for i in rng.integers(0, 20, length))


def fixed(*records: Record) -> Callable[[np.random.Generator, int], list[Record]]:
    """The same few records for everyone."""
    return lambda _rng, _count: list(records)


def _each(
    make: Callable[[np.random.Generator], Record],
) -> Callable[[np.random.Generator, int], list[Record]]:
    return lambda rng, count: [make(rng) for _ in range(count)]


def person(
    first: str | None, last: str, company: str | None = None, email: str | None = None, **more: str | None
) -> Record:
    """A record with these fields; fields that are None here stay clean."""
    given = {"FirstName": first, "LastName": last, "Company": company, "Email": email, **more}
    return {field: value for field, value in given.items() if value is not None}


def _pick(rng: np.random.Generator, *options: str) -> str:
    return options[rng.integers(0, len(options))]


def _random_phone(rng: np.random.Generator) -> str:
    return _pick(rng, "0000000000", "1234567890", "1111111111", "+1 555 0100", "9999999999", "12345")


def _mashed(rng: np.random.Generator) -> Record:
    first, last = mash(rng).title(), mash(rng).title()
    return person(
        first, last, mash(rng), f"{mash(rng)}@{mash(rng)}.com", Phone=_random_phone(rng), Website=None
    )


def _letters(rng: np.random.Generator) -> Record:
    first, last = (consonants(rng, int(rng.integers(5, 10))).title() for _ in range(2))
    return person(first, last, consonants(rng, 7), f"{consonants(rng, 8)}@{_pick(rng, *_THROWAWAY)}")


def _throwaway(rng: np.random.Generator) -> Record:
    return person(
        mash(rng).title(), mash(rng), None, f"{mash(rng)}{rng.integers(1, 999)}@{_pick(rng, *_THROWAWAY)}"
    )


def _impossible(rng: np.random.Generator) -> Record:
    return person(mash(rng).title(), mash(rng).title(), None, f"{mash(rng)}@@{mash(rng)}", Phone="123")


_TRAP = person("<script>alert(1)</script>", "x", None, "x@mailinator.com")
KINDS = (
    Kind("keyboard_mash", "fake", 0.005, JUNK, _each(_mashed)),
    Kind("random_letters", "fake", 0.004, JUNK, _each(_letters)),
    Kind("disposable_email", "fake", 0.005, JUNK, _each(_throwaway)),
    Kind("placeholder_email", "fake", 0.004, JUNK, fixed(
        person("Test", "Test", None, "test@test.com"), person("Xxx", "Xxx", None, "none@none.com"),
        person("Asdf", "Asdf", None, "asdf@asdf.com"), person("Na", "Na", None, "noemail@example.com"))),
    Kind("test_names", "fake", 0.004, JUNK, fixed(
        person("Test", "Lead", "Test Company", "test@example.com"), person("Testy", "Tester", "Testing Inc", "test2@example.org"),
        person("Demo", "User", "Demo Company", "demo@example.com"), person("Test", "Account", "test", "qa@test.invalid"))),
    Kind("fictional_names", "fake", 0.003, JUNK, fixed(
        person("Mickey", "Mouse", "Disney", "mickey@mouse.test", Phone="555-0100"),
        person("John", "Doe", "Acme Inc", "john.doe@example.com", Phone="+1 555 0199"),
        person("Donald", "Duck", "ACME", "donald@example.net"), person("Jane", "Doe", "none", "jane@doe.invalid"))),
    Kind("unknown_names", "fake", 0.004, JUNK, fixed(
        person("N/A", "N/A", "none", "na@na.com"), person("Unknown", "Unknown", "Unknown", "none@unknown.invalid"),
        person("xxx", "xxx", "xxx", "xxx@xxx.com", Phone="0000000000"))),
    Kind("field_words", "fake", 0.003, JUNK, fixed(
        person("First Name", "Last Name", "Company Name", "email@example.com", Title="Job Title"),
        person("Your Name", "Here", "Company", "name@example.com", Phone="1234567890"))),
    Kind("sample_record", "fake", 0.003, JUNK, fixed(
        *(person(f, n, c, e, Phone=p) for f, n, c, e, p in _SAMPLES),
        person("Maria", "Johnson (Sample Contact)", None, "emailmaria@hubspot.com"),
        person("Cool", "Robot (Sample Contact)", None, "coolrobot@hubspot.com"))),
    Kind("url_in_name", "fake", 0.004, JUNK, fixed(
        person("Free crypto https://t1p.example/win", "CLICK", None, "win@yopmail.com"),
        person("www.cheap-pills.example", "buy now", None, "sale@guerrillamail.com"),
        person("Bonus", "http://bit.example/x9", None, "bonus77@trashmail.com"))),
    Kind("html_in_name", "fake", 0.003, JUNK, fixed(
        _TRAP, person("<b>Anna</b>", "<a href=x>", None, "a@yopmail.com"), person("{{7*7}}", "${x}", None, "probe@mailinator.com"))),
    Kind("emoji_in_name", "fake", 0.002, JUNK, fixed(
        person("🎁🎁🎁", "GIFT", None, "gift@trashmail.com"), person("💰💰💰💰", "💰💰", None, "cash@yopmail.com"))),
    Kind("email_in_name", "fake", 0.002, JUNK, fixed(
        person("spam4u@yopmail.com", "spam4u@yopmail.com", None, "spam4u@yopmail.com"),
        person("info@trashmail.com", "x", None, "info@trashmail.com"))),
    Kind("phone_placeholder", "fake", 0.004, JUNK, _each(lambda r: person(
        mash(r).title(), "Test", None, None, Phone=_pick(r, "1234567890", "0000000000", "555-0123", "1111111111")))),
    Kind("shared_phone", "fake", 0.004, JUNK, _each(lambda r: person(
        mash(r).title(), mash(r).title(), None, f"{mash(r)}@yopmail.com", Phone="+49 30 8997 3311"))),
    Kind("company_placeholder", "fake", 0.003, JUNK, fixed(
        person(None, "Test", "self", "me@example.com", Title="none"), person("No", "Name", "none", "no@none.invalid", Title="xxx"),
        person("Xx", "Yy", "company", "x@y.invalid", Title="title"))),
    Kind("invalid_address", "fake", 0.004, JUNK, _each(lambda r: person(
        mash(r).title(), mash(r).title(), None, _pick(r, "nope", "a@b", "no at sign", "@.com", "x@@y.com"), Phone=_random_phone(r)))),
    Kind("own_domain", "fake", 0.002, JUNK, fixed(
        person("Test", "Demo", "Veridian Works", "test@veridianworks.io"), person("Qa", "Qa", "test", "qa+1@veridianworks.io"))),
    Kind("impossible_dates_and_mash", "fake", 0.002, JUNK, _each(_impossible)),
    Kind("impossible_modified", "defect", 0.003),
    Kind("created_in_future", "defect", 0.002, UNTOUCHED),
    Kind("role_account", "defect", 0.008, NORMAL, fixed(*({"Email": f"{role}@"} for role in ("info", "sales", "office", "support")))),
    Kind("name_email_mismatch", "defect", 0.006, NORMAL, fixed(
        *({"Email": f"{other}@"} for other in ("kvandermeer", "t.oyelaran", "bruce.hathersage", "mpetrosian")))),
    Kind("address_typo", "defect", 0.004, NORMAL, fixed({"Email": "@@"}, {"Email": ",com"})),
    Kind("phone_invalid", "defect", 0.006, NORMAL, _each(lambda r: {"Phone": f"+49 {r.integers(2, 9)}{r.integers(2, 9)}"})),
    Kind("phone_region", "defect", 0.005, NORMAL, _each(lambda r: {"Phone": f"+64 9 {r.integers(302, 379)} {r.integers(2513, 8642)}"})),
    Kind("title_placeholder", "defect", 0.006, NORMAL, fixed(
        {"Title": "Example-Job-title"}, {"Title": "xxx"}, {"Title": "-"}, {"Title": "test title"})),
    Kind("bounced", "defect", 0.008, BOUNCED),
    Kind("opted_out", "stale", 0.006, OPTED_OUT),
    Kind("untouched", "stale", 0.008, UNTOUCHED),
    Kind("unowned", "stale", 0.008, UNTOUCHED),
    Kind("owner_inactive", "stale", 0.006, LEFT_BEHIND),
    Kind("duplicate_exact", "duplicate", 0.012, COPY),
    Kind("duplicate_typo", "duplicate", 0.012, COPY),
    Kind("duplicate_nickname", "duplicate", 0.005, COPY),
    Kind("duplicate_of_contact", "duplicate", 0.008, COPY),
    Kind("bulk_import", "process", 0.05),
    Kind("burst", "process", 0.008),
)  # fmt: skip
