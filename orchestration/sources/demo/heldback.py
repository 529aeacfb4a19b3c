"""Kinds of pollution that no rule names: what the lead rules have to find without being told.

Belongs here: these kinds only. The file is frozen by its hash before the rules are tuned; whoever
tunes them does not read it.
"""

import numpy as np

from orchestration.sources.demo.pollution import JUNK, Kind, Record, consonants, fixed, mash, person


def _digits(rng: np.random.Generator, count: int) -> list[Record]:
    return [
        person(
            str(rng.integers(10**6, 10**7)),
            str(rng.integers(10**5, 10**6)),
            str(rng.integers(100, 999)),
            f"{mash(rng)}@{mash(rng)}.xyz",
        )
        for _ in range(count)
    ]


def _half_real(rng: np.random.Generator, count: int) -> list[Record]:
    return [
        person(
            None, consonants(rng, 9), consonants(rng, 6), f"{consonants(rng, 10)}@{consonants(rng, 8)}.top"
        )
        for _ in range(count)
    ]


HELDBACK = (
    Kind("refusal", "fake", 0.003, JUNK, fixed(
        person("Go", "Away", "Nunya", "goaway@nospam.invalid"), person("No", "Thanks", "not telling", "no@thanks.invalid"),
        person("None", "Ofyourbusiness", "private", "none@ofyour.invalid"))),
    Kind("repeated_words", "fake", 0.003, JUNK, fixed(
        person("Blah", "Blah", "Blah", "blah@blah.com"), person("Lala", "Lala", "lala", "la@la.la"),
        person("Haha", "Haha", "haha haha", "haha@haha.com"))),
    Kind("alphabet", "fake", 0.002, JUNK, fixed(
        person("Abc", "Def", "Ghi", "abc@def.com", Phone="123456"), person("Abcd", "Efgh", "abc", "abcd@abcd.com"))),
    Kind("digits_for_names", "fake", 0.003, JUNK, _digits),
    Kind("half_real", "fake", 0.003, JUNK, _half_real),
)  # fmt: skip
