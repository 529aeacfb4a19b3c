"""People: their names, addresses and telephone numbers, drawn without a loop over rows.

Belongs here: what makes a clean person. What spoils a lead is `pollution.py`.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.sources.demo.columns import text_array
from orchestration.sources.demo.ids import characters
from orchestration.sources.demo.locales import LOCALE_WEIGHTS, LOCALES
from orchestration.sources.demo.options import rank_within
from orchestration.sources.demo.words import CITIES, COMPANY_HEADS, COMPANY_SECTORS, COMPANY_TAILS

_UNFOLDED = str.maketrans({"ø": "o", "ł": "l", "Ł": "L", "ß": "ss", "đ": "d", "Đ": "D", "ı": "i", "æ": "ae"})
_COMPANIES = len(COMPANY_HEADS) * len(COMPANY_TAILS) * len(COMPANY_SECTORS)
_NUMBERS = 10 * 7**5  # telephone numbers behind one beginning


def folded(name: str) -> str:
    """A name as it stands in an e-mail address: ASCII, lower case, letters and hyphens."""
    plain = unicodedata.normalize("NFKD", name.translate(_UNFOLDED)).encode("ascii", "ignore").decode()
    return "".join(c for c in plain.lower() if c.isalpha() or c == "-")


@dataclass(frozen=True)
class NamePool:
    """All names of one kind: `shown`, `latin` (for addresses), and where each country's begin."""

    shown: pa.Array
    latin: pa.Array
    starts: np.ndarray
    counts: np.ndarray


@cache
def name_pool(kind: str) -> NamePool:
    """The given or family names (`kind`) of every country."""
    lists = [[word.split("/") for word in getattr(locale, kind).split()] for locale in LOCALES]
    words = [word for names in lists for word in names]
    counts = np.array([len(names) for names in lists])
    return NamePool(
        text_array([word[0] for word in words]),
        text_array([folded(word[-1]) for word in words]),
        np.cumsum(counts) - counts,
        counts,
    )


@dataclass(frozen=True)
class People:
    """`locale`, and the positions of `given` and `family` name in their pools."""

    locale: np.ndarray
    given: np.ndarray
    family: np.ndarray

    @classmethod
    def draw(
        cls, rng: np.random.Generator, locale: np.ndarray, companion: np.ndarray | None = None
    ) -> "People":
        """One person per country in `locale`. Persons of the same `companion` group (a company) get
        different given names."""
        given, family = name_pool("given"), name_pool("family")
        choice = rng.integers(0, 2**31, len(locale))
        if companion is not None:
            base = rng.integers(0, 2**31, int(companion.max(initial=-1)) + 1)
            choice = base[companion] + rank_within(companion)
        drawn = (rng.random(len(locale)) * family.counts[locale]).astype(np.int64)
        return cls(
            locale, given.starts[locale] + choice % given.counts[locale], family.starts[locale] + drawn
        )

    def take(self, rows: np.ndarray) -> "People":
        return People(self.locale[rows], self.given[rows], self.family[rows])

    def put(self, rows: np.ndarray, other: "People") -> None:
        """Replace the people at `rows`."""
        self.locale[rows], self.given[rows], self.family[rows] = other.locale, other.given, other.family

    @property
    def first_names(self) -> pa.Array:
        return name_pool("given").shown.take(pa.array(self.given))

    @property
    def last_names(self) -> pa.Array:
        return name_pool("family").shown.take(pa.array(self.family))

    @property
    def latin_last_names(self) -> pa.Array:
        """Family names as addresses spell them."""
        return name_pool("family").latin.take(pa.array(self.family))

    def emails(self, domains: pa.Array, style: np.ndarray) -> pa.Array:
        """Business addresses. `style` 0: first.last, 1: flast, 2: first_last, 3: last.first."""
        first = name_pool("given").latin.take(pa.array(self.given))
        last = self.latin_last_names
        initial = pc.utf8_slice_codeunits(first, 0, 1)
        styles = [
            pc.binary_join_element_wise(first, last, "."),
            pc.binary_join_element_wise(initial, last, ""),
            pc.binary_join_element_wise(first, last, "_"),
            pc.binary_join_element_wise(last, first, "."),
        ]
        return pc.binary_join_element_wise(pc.choose(pa.array(style), *styles), domains, "@")


def draw_locales(rng: np.random.Generator, count: int) -> np.ndarray:
    weights = np.array(LOCALE_WEIGHTS) / sum(LOCALE_WEIGHTS)
    return rng.choice(len(LOCALES), count, p=weights)


def phones(rng: np.random.Generator, locale: np.ndarray, skip: int = 0) -> pa.Array:
    """A valid number of each country, never the same twice (up to 168,070 per beginning), without
    repeated or running digits: neighbouring digits differ by 2 to 8. `skip` passes over numbers that
    other people have."""
    counts = np.array([len(place.phones) for place in LOCALES])
    starts = np.cumsum(counts) - counts
    prefix = starts[locale] + rng.integers(0, counts[locale])
    number = (
        (rank_within(prefix) + skip) * 61_001 + prefix * 9_973
    ) % _NUMBERS  # 61,001 shares no factor with 10 × 7⁵
    digits = np.empty((len(locale), 6), np.uint8)
    digits[:, 0] = number % 10
    number = number // 10
    for place in range(1, 6):
        digits[:, place] = (digits[:, place - 1] + 2 + number % 7) % 10
        number = number // 7
    pool = text_array([beginning for place in LOCALES for beginning in place.phones])
    return pc.binary_join_element_wise(pool.take(pa.array(prefix)), characters(digits + ord("0")), "")


def companies(index: np.ndarray, locale: np.ndarray) -> tuple[pa.Array, pa.Array]:
    """Invented companies by number: their names and web domains, each number its own."""
    slot = (index * 7_919 + 12_289) % _COMPANIES  # both primes to the size: neighbours look unrelated
    town = index // _COMPANIES - 1
    tail, rest = slot % len(COMPANY_TAILS), slot // len(COMPANY_TAILS)
    head, sector = rest % len(COMPANY_HEADS), rest // len(COMPANY_HEADS)
    towns = pa.array(np.minimum(town, len(CITIES) - 1), mask=town < 0)
    heads, tails = (
        text_array(COMPANY_HEADS).take(pa.array(head)),
        text_array(COMPANY_TAILS).take(pa.array(tail)),
    )
    stem = pc.binary_join_element_wise(heads, tails, "")
    words = text_array(COMPANY_SECTORS).take(pa.array(sector))
    legal = text_array([place.legal for place in LOCALES]).take(pa.array(locale))
    city = text_array(CITIES).take(towns)
    names = pc.binary_join_element_wise(stem, words, city, legal, " ", null_handling="skip")
    ends = text_array([place.tld for place in LOCALES]).take(pa.array(locale))
    hosts = pc.utf8_lower(pc.binary_join_element_wise(stem, words, city, "-", null_handling="skip"))
    return names, pc.binary_join_element_wise(hosts, ends, ".")
