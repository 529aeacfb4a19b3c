"""The dbt Python model that judges telephone numbers: what can be dialled, and each judged once."""

import csv
import importlib.util
from dataclasses import dataclass
from types import ModuleType

import duckdb
import phonenumbers
import pyarrow as pa
import pytest

from orchestration.settings import DBT_PROJECT_DIR

SEEDS = DBT_PROJECT_DIR / "seeds" / "lead_quality"
MODEL = DBT_PROJECT_DIR / "models" / "intermediate" / "lead_quality" / "int_phone_numbers.py"
FORMATS = (
    phonenumbers.PhoneNumberFormat.NATIONAL,
    phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    phonenumbers.PhoneNumberFormat.E164,
    phonenumbers.PhoneNumberFormat.RFC3966,
)
KINDS = (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE)


@pytest.fixture(scope="module")
def phones() -> ModuleType:
    spec = importlib.util.spec_from_file_location("int_phone_numbers", MODEL)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class Dbt:
    """What dbt hands to a Python model."""

    phones: duckdb.DuckDBPyRelation
    is_incremental: bool
    this: str = "judged"

    def config(self, **settings: object) -> None:
        assert settings["unique_key"] == ["number", "country_region"]

    def ref(self, name: str) -> duckdb.DuckDBPyRelation:
        assert name == "int_lead_phones"
        return self.phones


def run(
    phones: ModuleType,
    connection: duckdb.DuckDBPyConnection,
    keys: list[tuple[str, str]],
    incremental: bool,
) -> pa.Table:
    columns = {
        "number": pa.array([number for number, _ in keys], pa.string()),
        "country_region": pa.array([region for _, region in keys], pa.string()),
    }
    return phones.model(Dbt(connection.from_arrow(pa.table(columns)), incremental), connection)


@pytest.mark.parametrize("kind", KINDS)
def test_real_numbers_of_every_region_are_good_however_they_are_written(
    phones: ModuleType, kind: int
) -> None:
    wrong = []
    judged = 0
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        number = phonenumbers.example_number_for_type(region, kind)
        if number is None:
            continue
        international = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        written = {phonenumbers.format_number(number, style) for style in FORMATS}
        written |= {"00" + international[1:], international + " ext. 12", international.replace(" ", "/")}
        for text in written:
            judged += 1
            if phones.judge(text, region) != (True, None, False):
                wrong.append((region, text, phones.judge(text, region)))
    assert judged > 1000
    assert not wrong


@pytest.mark.parametrize(
    ("number", "region"),
    [
        ("+49 (0)30 2093 70123", "DE"),
        ("+39 (0)6 6982 1234", "IT"),
        ("+34 (0)91 486 4846", "ES"),
        ("0049 30 209370123", "US"),
        ("49 30 209370123", "US"),
        ("030 209370123", "DE"),
        ("030/2093-70123", "DE"),
        ("030 209370123 Durchwahl 12", "DE"),
        ("030 209370123 / 0151 27123456", "DE"),
        ("+49-30-209370123 (office)", "DE"),
        ("+49 (0)30 209370123 bitte nach 17 Uhr", "DE"),
        ("Büro 030 209370123 oder 0151 27123456", "DE"),
        ("\uff0b49 30 2093 70123\u202c", "DE"),
        ("+49 30 209370123; +49 151 27123456", "DE"),
        ("1-800-FLOWERS", "US"),
        ("(650) 253-0000 x123", "US"),
        ("tel:+1-650-253-0000", "US"),
        ("011 44 20 7946 1234", "US"),
        ("253-0000", "US"),
        ("+800 1234 5678", "DE"),
    ],
)
def test_what_people_write_is_good(phones: ModuleType, number: str, region: str) -> None:
    assert phones.judge(number, region)[:2] == (True, None)


@pytest.mark.parametrize(
    ("number", "region"),
    [
        ("+49 84", "DE"),
        ("+49 84", "ZZ"),
        ("+999 1234 5678", "ZZ"),
        ("+1 111 111 1111", "US"),
        ("911", "US"),
        ("+44 20 7946 123", "GB"),
        ("030 209370123", "US"),
        ("+1 555 0199", "US"),
    ],
)
def test_what_nobody_can_have_is_not_and_the_reason_hides_the_number(
    phones: ModuleType, number: str, region: str
) -> None:
    is_judged, problem, contradicts = phones.judge(number, region)
    assert is_judged
    assert contradicts is None
    assert problem in (phones.IMPOSSIBLE, phones.INVALID)


@pytest.mark.parametrize(
    ("number", "region"),
    [("030 209370123", "ZZ"), ("12", "ZZ"), ("49 30 209370123", "ZZ"), ("none", "DE"), ("000000", "ZZ")],
)
def test_unknown_is_not_invalid(phones: ModuleType, number: str, region: str) -> None:
    assert phones.judge(number, region) == (False, None, None)


@pytest.mark.parametrize(
    ("number", "region", "contradicts"),
    [
        ("+64 9 302 2513", "DE", True),
        ("0064 9 302 2513", "DE", True),
        ("+49 30 209370123", "DE", False),
        ("030 209370123", "DE", False),
        ("+1 604 555 2345", "US", False),
        ("+44 1534 456789", "GB", False),
        ("+7 727 250 1234", "RU", False),
        ("+800 1234 5678", "DE", None),
        ("+49 30 209370123", "ZZ", None),
        ("+49 84", "US", None),
    ],
)
def test_only_another_calling_code_contradicts(
    phones: ModuleType, number: str, region: str, contradicts: bool | None
) -> None:
    assert phones.judge(number, region)[2] is contradicts


def test_a_number_is_judged_once_per_region_and_the_result_is_that_of_a_full_refresh(
    phones: ModuleType,
) -> None:
    connection = duckdb.connect()
    keys = [("+49 84", "DE"), ("030 209370123", "DE"), ("030 209370123", "US")]
    first = run(phones, connection, keys[:2], incremental=False)
    connection.from_arrow(first).create("judged")
    second = run(phones, connection, [*keys[1:], keys[2]], incremental=True)
    assert second.select(["number", "country_region"]).to_pylist() == [
        {"number": "030 209370123", "country_region": "US"}
    ]
    connection.from_arrow(second).insert_into("judged")
    full = run(phones, connection, keys, incremental=False)
    kept = connection.execute("select * from judged order by number, country_region").to_arrow_table()
    assert kept.to_pylist() == full.to_pylist()


def test_another_version_of_the_library_judges_again(phones: ModuleType) -> None:
    connection = duckdb.connect()
    connection.from_arrow(run(phones, connection, [("+49 84", "DE")], incremental=False)).create("judged")
    connection.execute("update judged set judged_with = 'phonenumbers 1.0'")
    assert run(phones, connection, [("+49 84", "DE")], incremental=True).num_rows == 1


def test_nothing_new_is_a_typed_empty_table(phones: ModuleType) -> None:
    empty = run(phones, duckdb.connect(), [], incremental=False)
    assert empty.num_rows == 0
    assert empty.schema == phones.SCHEMA


def test_what_a_numbering_plan_says_is_never_enough_to_suspect_a_lead() -> None:
    def values(seed: str, key: str, value: str) -> dict[str, float]:
        with (SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
            return {row[key]: float(row[value]) for row in csv.DictReader(file)}

    weights = values("lead_flag_weights", "flag", "weight")
    suspect = values("lead_quality_thresholds", "threshold", "value")["suspect_score"]
    phone = max(weights["phone_invalid"], weights["phone_region"])
    assert 1 - (1 - phone) * (1 - weights["name_email_mismatch"]) < suspect
