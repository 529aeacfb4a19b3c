"""The character model for gibberish names, outside of the warehouse: the same sum as int_name_words.

Belongs here: what training, tests and the evaluation share. The rule is dbt's (int_lead_gibberish_flags).
"""

import csv
import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from orchestration.settings import DBT_PROJECT_DIR

WEIGHTS = DBT_PROJECT_DIR / "seeds/lead_quality/name_character_weights.csv"
SHORTEST = 4  # the letters of fewer say nothing: Ng, Xu, Ek, Abd
_FOLDED = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"}
)
_CYRILLIC_LETTERS = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўђјљњћџ"
_CYRILLIC_SOUNDS = (
    "a,b,v,g,d,e,e,zh,z,i,y,k,l,m,n,o,p,r,s,t,u,f,kh,ts,ch,sh,shch,,y,,e,yu,ya,i,yi,ye,g,w,dj,j,lj,nj,c,dz"
)
_GREEK_LETTERS = "αβγδεζηθικλμνξοπρστυφχψως"
_GREEK_SOUNDS = "a,v,g,d,e,z,i,th,i,k,l,m,n,x,o,p,r,s,t,y,f,ch,ps,o,s"
# Hangul syllables in Unicode's order, by the Revised Romanization
_INITIALS = "g,kk,n,d,tt,r,m,b,pp,s,ss,,j,jj,ch,k,t,p,h"
_VOWELS = "a,ae,ya,yae,eo,e,yeo,ye,o,wa,wae,oe,yo,u,wo,we,wi,yu,eu,ui,i"
_FINALS = ",k,k,k,n,n,n,t,l,l,l,l,l,l,l,l,m,p,p,t,t,ng,t,t,k,t,p,t"


@cache
def sounds() -> dict[str, str]:
    """Letters of Cyrillic and Greek to Latin ones, as in passports, roughly."""
    tables = ((_CYRILLIC_LETTERS, _CYRILLIC_SOUNDS), (_GREEK_LETTERS, _GREEK_SOUNDS))
    return {
        letter: sound
        for letters, said in tables
        for letter, sound in zip(letters, said.split(","), strict=True)
    }


@cache
def weights() -> dict[str, float]:
    """Pairs and triples of letters to their weight, from the seed."""
    with WEIGHTS.open(encoding="utf-8", newline="") as file:
        return {row["characters"]: float(row["weight"]) for row in csv.DictReader(file)}


def score(word: str) -> float:
    """Sum of the weights of a word in Latin letters: above 0 more like a mash than like a name."""
    return sum(weights().get(gram, 0.0) for gram in grams(word))


def folded(text: str) -> str:
    """Lower case without accents, in Latin letters where a table here knows how."""
    out = []
    for char in unicodedata.normalize("NFC", text).lower():
        syllable = ord(char) - 0xAC00
        plain = unicodedata.normalize("NFD", char)[0]
        if 0 <= syllable < 11172:
            out.append(_INITIALS.split(",")[syllable // 588])
            out.append(_VOWELS.split(",")[syllable % 588 // 28])
            out.append(_FINALS.split(",")[syllable % 28])
        else:
            out.append(sounds().get(char, sounds().get(plain, plain)))
    return "".join(out).translate(_FOLDED)


def words(text: str) -> Iterator[str]:
    """The words of a name that the model judges: four Latin letters or more."""
    for word in re.split(r"[^\w]+|[\d_]+", folded(text)):
        if len(word) >= SHORTEST and re.fullmatch("[a-z]+", word):
            yield word


def grams(word: str) -> list[str]:
    """Pairs and triples of letters, the word's ends among them."""
    marked = f"^{word}$"
    return [marked[i : i + n] for n in (2, 3) for i in range(len(marked) - n + 1)]
