"""`python -m evaluation.training.name_model`: train the character model for gibberish names.

Writes dbt_project/seeds/lead_quality/name_character_weights.csv, a linear model over character pairs and
triples of one word: a positive sum of weights is a keyboard mash, a negative one a name. It needs Faker and
scikit-learn, which the pipeline does not (`pip install faker scikit-learn`).

Training data: the names of persons in every locale of Faker (MIT licence) whose script is Latin, or that
Faker romanizes, or that the tables below do (Cyrillic, Greek, Hangul); pinyin syllables. Against them:
letters at random, walks over keyboards, rows mashed with one hand, syllables repeated, all seeded. Whole
locales are held out, so that the figures printed at the end are of names that the model has not seen.
"""

import csv
import importlib
import pkgutil
import random

import numpy as np
from faker.providers import person
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from evaluation.gibberish import SHORTEST, WEIGHTS, grams, words

HELD_OUT = {"tr_TR", "en_NG", "fi_FI", "id_ID", "pt_PT", "cs_CZ", "en_IN", "hr_HR", "hu_HU", "lv_LV"}
STRENGTH = 2.0  # of the fit: 0.5 to 8 found the same within half a point of recall
SMALLEST_WEIGHT = 0.02  # leaving out all below 0.1 doubled the false positives
FALSE_POSITIVES = 0.002  # of words: a name has two, and the goal for names is 0.005
KEYBOARDS = (
    ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    ("qwertzuiop", "asdfghjkl", "yxcvbnm"),
    ("azertyuiop", "qsdfghjklm", "wxcvbn"),
)
_PINYIN = """
a ai an ang ao ba bai ban bang bao bei ben bi bian biao bin bing bo bu cai can cao chang chao chen cheng
chi chong chu chuan chun cong cui dai dan dang deng di ding dong du duan fan fang fei feng fu gao ge gong
gu guan guang gui guo hai han hao he heng hong hou hu hua huan huang hui huo ji jia jian jiang jiao jie
jin jing jiu ju jun kai kang ke kong kuang lai lan lang lei li lian liang liao lin ling liu long lu luan
luo lv ma mao mei meng mi miao min ming mo mu na nan nie ning niu ou pan pang pei peng pi ping pu qi qian
qiang qiao qin qing qiu qu quan ran ren rong ru ruan rui shan shang shao shen sheng shi shu shuang shui
si song su sun tan tang tao teng tian tie ting tong tu wan wang wei wen weng wu xi xia xian xiang xiao
xie xin xing xiong xiu xu xuan xue xun ya yan yang yao ye yi yin ying yong you yu yuan yue yun zang zeng
zhai zhan zhang zhao zhen zheng zhi zhong zhou zhu zhuang zhuo zi zong zou zu
"""


def names_by_locale() -> dict[str, set[str]]:
    """Words of given and family names per locale of Faker."""
    found: dict[str, set[str]] = {}
    for module in pkgutil.iter_modules(person.__path__):
        if not module.ispkg:
            continue
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        for attribute in dir(provider):
            if "name" not in attribute or "prefix" in attribute or "suffix" in attribute:
                continue
            values = getattr(provider, attribute)
            if not isinstance(values, tuple | list | dict) or attribute == "formats":
                continue
            for value in values:
                parts = value if isinstance(value, tuple | list) else [value]
                for part in parts:
                    if isinstance(part, str) and "{{" not in part:
                        found.setdefault(module.name, set()).update(words(part))
    randomness = random.Random(7)
    found["pinyin"] = {
        word
        for _ in range(3000)
        for word in words("".join(randomness.choices(_PINYIN.split(), k=randomness.choice((1, 2, 2, 3)))))
    }
    return {locale: names for locale, names in found.items() if names}


def mashes(count: int, seed: int) -> list[str]:
    """What hands leave on a keyboard when a field must not stay empty."""
    randomness = random.Random(seed)
    letters = "abcdefghijklmnopqrstuvwxyz"

    def walk() -> str:
        """Neighbouring keys, one way or to and fro."""
        row = randomness.choice(randomness.choice(KEYBOARDS))
        at, step, out = randomness.randrange(len(row)), randomness.choice((-1, 1)), []
        for _ in range(randomness.randint(4, 10)):
            out.append(row[at % len(row)])
            if randomness.random() < 0.2:
                step = -step
            at += step
        return "".join(out)

    def row_mash() -> str:
        """One row, mostly the home row, in any order: two hands drumming."""
        keyboard = randomness.choice(KEYBOARDS)
        row = keyboard[randomness.choices((0, 1, 2), (2, 6, 1))[0]]
        return "".join(randomness.choices(row, k=randomness.randint(5, 11)))

    def left_or_right() -> str:
        """The keys of one hand."""
        half = (
            [row[:5] for row in KEYBOARDS[0]]
            if randomness.random() < 0.6
            else [row[5:] for row in KEYBOARDS[0]]
        )
        return "".join(randomness.choices("".join(half), k=randomness.randint(5, 10)))

    def at_random() -> str:
        return "".join(randomness.choices(letters, k=randomness.randint(5, 12)))

    def consonants() -> str:
        return "".join(randomness.choices("bcdfghjklmnpqrstvwxz", k=randomness.randint(4, 9)))

    def repeated() -> str:
        """asdasd, fghfgh, jkjkjk."""
        row = randomness.choice(KEYBOARDS[0])
        piece = "".join(randomness.choices(row, k=randomness.choice((2, 3, 3, 4))))
        return (piece * 4)[: randomness.randint(4, 9)]

    def columns() -> str:
        """qazwsx, wsxedc."""
        rows = KEYBOARDS[0]
        start = randomness.randrange(6)
        return "".join(
            rows[r][c]
            for c in range(start, start + randomness.choice((2, 3)))
            for r in range(3)
            if c < len(rows[r])
        )

    makers = (walk, row_mash, row_mash, left_or_right, at_random, at_random, consonants, repeated, columns)
    return [word for word in (randomness.choice(makers)() for _ in range(count)) if len(word) >= SHORTEST]


def main() -> None:
    locales = names_by_locale()
    held_out = {word for locale in HELD_OUT & set(locales) for word in locales[locale]}
    known = {word for locale, names in locales.items() if locale not in HELD_OUT for word in names}
    held_out -= known
    kept = sorted(known)
    random.Random(3).shuffle(kept)
    bad = sorted(set(mashes(60_000, seed=1)) - known)
    # Judged by a model that has not seen the held-out locales; the one that is kept has seen all.
    vectorizer, model = fit(kept, bad)
    others = score(vectorizer, model, sorted(held_out))
    part = len(kept) // 10
    unseen = score(*fit(kept[part:], bad), kept[:part])
    threshold = float(np.quantile(np.r_[unseen, others], 1 - FALSE_POSITIVES))
    test = sorted(set(mashes(20_000, seed=2)) - set(bad))
    found = score(vectorizer, model, test) > threshold
    print(f"{len(kept)} names of {len(locales)} locales, {len(bad)} mashes; threshold {threshold:.2f}")
    print(f"false positives: unseen names {np.mean(unseen > threshold):.4f}")
    print(f"  held-out locales ({len(held_out)} words) {np.mean(others > threshold):.4f}")
    print(
        "  worst:",
        [word for _, word in sorted(zip(others, sorted(held_out), strict=True), reverse=True)[:12]],
    )
    print(f"recall on {len(test)} unseen mashes: {found.mean():.4f}")
    for length in range(4, 13):
        some = np.array([len(word) == length for word in test])
        if some.any():
            print(f"  {length} letters: {found[some].mean():.3f} of {some.sum()}")
    vectorizer, model = fit(kept + sorted(held_out), bad)
    with WEIGHTS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["characters", "weight"])
        for gram, weight in zip(vectorizer.get_feature_names_out(), model.coef_[0], strict=True):
            if abs(weight) >= SMALLEST_WEIGHT:
                writer.writerow([gram, f"{weight:.2f}"])


def fit(names: list[str], others: list[str]) -> tuple[CountVectorizer, LogisticRegression]:
    """A linear model over `grams`: names 0, mashes 1."""
    vectorizer = CountVectorizer(analyzer=grams, min_df=3)
    features = vectorizer.fit_transform(names + others)
    labels = np.r_[np.zeros(len(names)), np.ones(len(others))]
    return vectorizer, LogisticRegression(C=STRENGTH, max_iter=500).fit(features, labels)


def score(vectorizer: CountVectorizer, model: LogisticRegression, some: list[str]) -> np.ndarray:
    """Sum of weights of each word; without the intercept, which the threshold takes the place of."""
    return np.asarray(vectorizer.transform(some) @ model.coef_[0])


if __name__ == "__main__":
    main()
