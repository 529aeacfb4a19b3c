"""How a spoiled lead is made: kinds of pollution and the text that they write.

Belongs here: the means. The kinds themselves are in `kinds.py`; those that no rule names are in
`heldback.py`.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

Record = dict[str, str]
FIELDS = ("FirstName", "LastName", "Company", "Email", "Phone", "Title", "Website")
# What becomes of a lead of a kind (lead_tracks): nothing special, thrown away, left alone, …
NORMAL, JUNK, UNTOUCHED, BOUNCED, OPTED_OUT, COPY, LEFT_BEHIND = range(7)
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "poiuytrewq", "lkjhgfdsa")
_CONSONANTS = "bcdfghjklmnpqrstvwxz"
THROWAWAY = ("mailinator.com", "guerrillamail.com", "yopmail.com", "10minutemail.com", "trashmail.com")

Writer = Callable[[np.random.Generator, int], list[Record]]


class Kind(NamedTuple):
    """`family`: fake, defect, duplicate, stale or process. `rate`: share of all leads.

    `text(rng, count)` returns up to `count` records; a field that a record does not name keeps its
    clean value.
    """

    name: str
    family: str
    rate: float
    fate: int = NORMAL
    text: Writer | None = None


def mash(rng: np.random.Generator) -> str:
    """What fingers do on a keyboard: a run along a row, now and then with a wrong key."""
    row = pick(rng, *_KEYS)
    length = int(rng.integers(4, 8))
    start = int(rng.integers(0, max(1, len(row) - length)))
    run = (row + row)[start : start + length]
    return run if rng.random() < 0.6 else run[:-1] + pick(rng, *_KEYS[0])


def consonants(rng: np.random.Generator, length: int) -> str:
    """Letters at random, without a vowel."""
    return "".join(_CONSONANTS[i] for i in rng.integers(0, len(_CONSONANTS), length))


def pick(rng: np.random.Generator, *options: str) -> str:
    """One of the options."""
    return options[rng.integers(0, len(options))]


def record(line: str) -> Record:
    """`first | last | company | e-mail | phone | title`; what is left empty stays clean."""
    values = (value.strip() for value in line.split("|"))
    return {field: value for field, value in zip(FIELDS, values, strict=False) if value}


def rows(*lines: str) -> Writer:
    """The same few records for everyone."""
    return lambda _rng, _count: [record(line) for line in lines]


def each(line: Callable[[np.random.Generator], str]) -> Writer:
    """A record of its own for every lead."""
    return lambda rng, count: [record(line(rng)) for _ in range(count)]


def only(field: str, *values: str) -> Writer:
    """One field is spoiled, with one of a few values."""
    return lambda _rng, _count: [{field: value} for value in values]


def mashed_name(rng: np.random.Generator) -> str:
    """First and last name, both mashed."""
    return f"{mash(rng).title()} | {mash(rng).title()}"


def placeholder_phone(rng: np.random.Generator) -> str:
    """A number that nobody has."""
    return pick(rng, "0000000000", "1234567890", "1111111111", "+1 555 0100", "9999999999", "12345")
