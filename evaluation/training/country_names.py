"""`python -m evaluation.training.country_names`: write the seed that tells a country by its name.

Names are those of Unicode CLDR (Unicode licence), read by Babel: in English, German, French, Spanish and
the official languages of the country; beside them the ISO 3166 codes of two and three letters and the
everyday names below. A name that stands for two countries is left out, because it says nothing.
"""

import csv
from collections import defaultdict

import phonenumbers
from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.languages import get_official_languages

from orchestration.settings import DBT_PROJECT_DIR

SEED = DBT_PROJECT_DIR / "seeds" / "lead_quality" / "country_names.csv"
LANGUAGES = ("en", "de", "fr", "es")
AMBIGUOUS = {"NA", "Congo"}  # not available; two countries
EVERYDAY = {
    "US": "United States of America|U.S.|U.S.A.|America|Estados Unidos de América|"
    "Vereinigte Staaten von Amerika",
    "GB": "Great Britain|Britain|England|Scotland|Wales|Northern Ireland|U.K.|UK|Großbritannien|Angleterre",
    "NL": "Holland|The Netherlands|Nederland|Pays Bas",
    "CZ": "Czech Republic|Tschechische Republik|République tchèque|República Checa",
    "TR": "Turkey|Türkiye|Turkiye",
    "RU": "Russian Federation|Russische Föderation|Fédération de Russie",
    "KR": "South Korea|Republic of Korea|Korea, Republic of|Corea del Sur",
    "IE": "Republic of Ireland|Eire",
    "CN": "People's Republic of China|PRC|Mainland China",
    "HK": "Hong Kong|Hongkong|Hong Kong SAR",
    "MO": "Macau|Macao",
    "VN": "Viet Nam",
    "CI": "Ivory Coast",
    "AE": "UAE|U.A.E.|Emirates",
    "BR": "Brasil",
    "CH": "Swiss Confederation|Schweiz|Suisse|Svizzera",
    "MK": "Macedonia|North Macedonia",
    "SZ": "Swaziland",
    "BY": "Belarus|Weißrussland",
    "IR": "Islamic Republic of Iran|Iran, Islamic Republic of",
    "TW": "Taiwan, Province of China",
    "MD": "Republic of Moldova|Moldova, Republic of",
}


def named(region: str) -> set[str]:
    """How a country is written: its codes, and its names in the languages above and its own."""
    names = {region, *EVERYDAY.get(region, "").split("|")}
    names.update(
        code
        for code, regions in get_global("territory_aliases").items()
        if regions == [region] and len(code) == 3 and code.isalpha()
    )
    for language in (*LANGUAGES, *get_official_languages(region)):
        try:
            names.add(Locale.parse(language).territories.get(region, ""))
        except UnknownLocaleError:
            continue
    return names - AMBIGUOUS - {""}


def main() -> None:
    """Write the seed: a row per name, in the order of the regions."""
    regions_of: dict[str, set[str]] = defaultdict(set)
    for region in phonenumbers.SUPPORTED_REGIONS:
        for name in named(region):
            regions_of[name].add(region)
    rows = sorted((next(iter(regions)), name) for name, regions in regions_of.items() if len(regions) == 1)
    with SEED.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["region", "country"])
        writer.writerows(rows)


if __name__ == "__main__":
    main()
