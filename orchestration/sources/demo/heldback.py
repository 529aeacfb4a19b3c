"""Kinds of pollution that no rule names: what the lead rules have to find without being told.

Belongs here: these kinds only. A test holds the file by its hash; whoever tunes the rules does not
look here.
"""

from orchestration.sources.demo.pollution import JUNK, Kind, consonants, each, mash, rows

_REFUSALS = rows(
    "Go | Away | Nunya | goaway@nospam.invalid",
    "No | Thanks | not telling | no@thanks.invalid",
    "None | Ofyourbusiness | private | none@ofyour.invalid",
)
_REPEATED = rows(
    "Blah | Blah | Blah | blah@blah.com",
    "Lala | Lala | lala | la@la.la",
    "Haha | Haha | haha haha | haha@haha.com",
)
_ALPHABET = rows("Abc | Def | Ghi | abc@def.com | 123456", "Abcd | Efgh | abc | abcd@abcd.com")
_DIGITS = each(
    lambda r: (
        f"{r.integers(10**6, 10**7)} | {r.integers(10**5, 10**6)} | {r.integers(100, 999)} | "
        f"{mash(r)}@{mash(r)}.xyz"
    ),
)
_HALF_REAL = each(
    lambda r: f"| {consonants(r, 9)} | {consonants(r, 6)} | {consonants(r, 10)}@{consonants(r, 8)}.top",
)
HELDBACK = (
    Kind("refusal", "fake", 0.003, JUNK, _REFUSALS),
    Kind("repeated_words", "fake", 0.003, JUNK, _REPEATED),
    Kind("alphabet", "fake", 0.002, JUNK, _ALPHABET),
    Kind("digits_for_names", "fake", 0.003, JUNK, _DIGITS),
    Kind("half_real", "fake", 0.003, JUNK, _HALF_REAL),
)
