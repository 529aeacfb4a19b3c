"""Grain: (telephone number as typed, region of the lead's country), judged once by phonenumbers.

`problem` is null where the number is good and where it cannot be judged (`is_judged`): without a country
code and a known country, nobody can say. A number is good if one way of reading it is. It is judged again
only when the library, whose numbering plans change, has.
"""

import re
from collections.abc import Iterator
from importlib.metadata import version

import phonenumbers
import pyarrow as pa
from phonenumbers import NumberParseException, ValidationResult

# Judged again when the library or the rules below change: raise the number with them.
JUDGED_WITH = f"phonenumbers {version('phonenumbers')}, rules 1"
UNKNOWN = "ZZ"
IMPOSSIBLE = "no number of its region has this length"
INVALID = "it is in no range that its region has given out"
# What is written behind a number: an extension in any language, whose number it is, when to call.
NOTE = re.compile(r"(?<=\d)[^\w+]*[^\W\d_]{2,}.*$", re.DOTALL)
# The zero that is not dialled from abroad.
TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
SEVERAL = re.compile(r"[/;,|\n]|\b(?:or|oder|ou)\b", re.I)
SCHEMA = pa.schema(
    [
        ("number", pa.string()),
        ("country_region", pa.string()),
        ("is_judged", pa.bool_()),
        ("problem", pa.string()),
        ("contradicts_country", pa.bool_()),
        ("judged_with", pa.string()),
    ]
)


def readings(number: str) -> Iterator[str]:
    """The ways of reading what was typed, the likeliest first."""
    yield number
    plain = TRUNK_ZERO.sub("", NOTE.sub("", number))
    yield plain
    digits = re.sub(r"[^\d]", "", plain)
    if digits.startswith("00"):
        yield "+" + digits[2:]
    # a country code without its plus; no national number is that long with it
    elif "+" not in plain and len(digits) > 10:
        yield "+" + digits
    parts = [part for part in SEVERAL.split(number) if re.search(r"\d{3}", part)]
    if len(parts) > 1:
        yield from parts


def is_international(number: str) -> bool:
    """Whether the number says its country itself, by a plus or two zeros."""
    return bool(re.match(r"[\s(]*(?:\+|\uff0b|00[1-9])", number))


def judge(number: str, country_region: str) -> tuple[bool, str | None, bool | None]:
    """(is_judged, problem, contradicts_country) of a number and the region of its country, ZZ if unknown.

    A number without its area code is good where it can be dialled locally. Only the calling code is
    compared with the country, so that regions under one code (+1, +7, +44) never contradict each other;
    null where the number is no good, names no country, or the country is unknown.
    """
    if not re.search(r"\d", number) or (country_region == UNKNOWN and not is_international(number)):
        return False, None, None
    problem = IMPOSSIBLE
    for reading in readings(number):
        try:
            parsed = phonenumbers.parse(reading, None if country_region == UNKNOWN else country_region)
        except NumberParseException:
            continue
        if phonenumbers.is_valid_number(parsed):
            return True, None, contradicts(parsed, country_region)
        reason = phonenumbers.is_possible_number_with_reason(parsed)
        if reason == ValidationResult.IS_POSSIBLE_LOCAL_ONLY and not is_international(number):
            return True, None, None
        if reason == ValidationResult.IS_POSSIBLE:
            problem = INVALID
    return True, problem, None


def contradicts(parsed: phonenumbers.PhoneNumber, country_region: str) -> bool | None:
    """Whether the calling code is another country's; null for world-wide services and no known country."""
    regions = phonenumbers.region_codes_for_country_code(parsed.country_code)
    if country_region == UNKNOWN or phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY in regions:
        return None
    return country_region not in regions


def model(dbt, session):
    dbt.config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key=["number", "country_region"],
        on_schema_change="fail",
        packages=["phonenumbers"],
    )
    query = "select distinct number, country_region from phones"
    if dbt.is_incremental:
        query += (
            f" anti join (select * from {dbt.this} where judged_with = '{JUDGED_WITH}')"
            " using (number, country_region)"
        )
    new = dbt.ref("int_lead_phones").query("phones", query + " order by number, country_region")
    rows = [(*key, *judge(*key), JUDGED_WITH) for key in new.fetchall()]
    columns = zip(*rows, strict=True) if rows else [()] * len(SCHEMA)
    arrays = [pa.array(column, kind.type) for column, kind in zip(columns, SCHEMA, strict=True)]
    return pa.table(arrays, schema=SCHEMA)
