"""The model of duplicates as it is committed: who is one person, who is not, and what fails."""

import importlib.util
import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from orchestration.settings import DBT_PROJECT_DIR

FOLDER = DBT_PROJECT_DIR / "models" / "intermediate" / "lead_quality"
MODEL: dict[str, Any] = json.loads((FOLDER / "duplicate_model.json").read_text(encoding="utf-8"))
LIMIT = 0.9
FIELDS = {
    "given_name": pa.string(), "given_forms": pa.string(), "is_known_given_name": pa.bool_(),
    "surname": pa.string(), "mailbox": pa.string(), "line": pa.string(), "mobile_line": pa.string(),
    "company": pa.string(), "company_domain": pa.string(), "street": pa.string(), "postal_code": pa.string(),
    "city": pa.string(), "birth_date": pa.string(),
}  # fmt: skip
ANNA = {"given_name": "anna", "given_forms": "anna", "is_known_given_name": True, "surname": "lindqvist"}
ANNE = {"given_name": "anne", "given_forms": "anne", "is_known_given_name": True}
OFFICE = {"company": "werkbank", "company_domain": "werkbank.de", "line": "307020411"}
HOME = {"street": "6 tullaroop street", "postal_code": "04011", "city": "st james"}


@pytest.fixture(scope="module")
def comparing() -> ModuleType:
    spec = importlib.util.spec_from_file_location("comparisons", FOLDER / "int_duplicate_comparisons.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def judge(comparing: ModuleType, *couples: tuple[dict[str, Any], dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the model for couples of people, in their order."""
    people = [person for couple in couples for person in couple]
    columns = {
        "value_key": pa.array(range(len(people)), pa.uint64()),
        **{name: pa.array([person.get(name) for person in people], kind) for name, kind in FIELDS.items()},
    }
    known = pa.array([bool(person.get("is_known_given_name")) for person in people])
    persons = pa.table(columns | {"is_known_given_name": known})
    keys = range(0, len(people), 2)
    pairs = pa.table(
        {
            "left_key": pa.array(keys, pa.uint64()),
            "right_key": pa.array([key + 1 for key in keys], pa.uint64()),
        }
    )
    found = [
        row
        for batch in comparing.compare(persons, iter(pairs.to_batches()), MODEL)
        for row in comparing.judged(batch, MODEL).to_pylist()
    ]
    return sorted(found, key=lambda row: row["left_key"])


def test_one_person_in_two_records(comparing: ModuleType) -> None:
    bob = {"given_name": "bob", "given_forms": "bob robert", "is_known_given_name": True, "surname": "dyk"}
    robert = bob | {"given_name": "robert", "given_forms": "robert"}
    swapped = {
        "given_name": "lindqvist",
        "given_forms": "lindqvist",
        "surname": "anna",
        "birth_date": "1980-01-02",
    }
    born = {"birth_date": "1980-01-02"}
    rows = judge(
        comparing,
        (ANNA | OFFICE, ANNA | {"surname": "lindqist"} | OFFICE | {"mailbox": "a@x.de"}),
        (bob | OFFICE, robert | OFFICE),
        (ANNA | HOME | born, ANNA | HOME | born | {"street": "6 tullarop street", "city": "saint james"}),
        (ANNA | HOME | born, swapped | HOME),
    )
    assert [row["match_probability"] > LIMIT for row in rows] == [True] * 4, rows
    assert not any(row["given_names_differ"] for row in rows)


def test_colleagues_households_and_namesakes_are_not_one_person(comparing: ModuleType) -> None:
    linh = {
        "given_name": "linh",
        "given_forms": "linh",
        "surname": "tran",
        "mailbox": "linh.tran@werkbank.de",
    }
    minh = linh | {"given_name": "minh", "given_forms": "minh", "mailbox": "minh.tran@werkbank.de"}
    rows = judge(
        comparing,
        (ANNA | OFFICE, ANNE | {"surname": "lindqvist"} | OFFICE),
        (ANNA | HOME, ANNE | {"surname": "lindqvist"} | HOME | {"mailbox": "a@x.de"}),
        (linh | OFFICE, minh | OFFICE),
        (ANNA, ANNA),
        (
            ANNA | {"company": "werkbank 1", "line": "1234567"},
            ANNA | {"company": "werkbank 2", "line": "7654321"},
        ),
        # nobody knows which of the family it is
        (ANNA | HOME, {"surname": "lindqvist"} | HOME),
    )
    assert [row["match_probability"] < LIMIT for row in rows] == [True] * 6, rows
    assert [row["given_names_differ"] for row in rows] == [True, True, False, False, False, False]


def given(name: str, known: bool = True) -> dict[str, Any]:
    """Somebody of that given name; of two names the first is known."""
    return {"given_name": name, "given_forms": name, "is_known_given_name": known, "surname": "weber"}


def test_two_given_names_that_begin_alike_are_two_people(comparing: ModuleType) -> None:
    rows = judge(
        comparing,
        (given("anna maria") | OFFICE, given("anna luise") | OFFICE),
        (given("ji hoon", False) | OFFICE, given("ji min", False) | OFFICE),
        (given("anna maria") | OFFICE, given("anna") | OFFICE),
        (given("anna m") | OFFICE, given("anna maria") | OFFICE),
        (given("marie anne") | OFFICE, given("marie ann") | OFFICE),
        (given("anna maria") | OFFICE, given("annamaria") | OFFICE),
    )
    assert [row["given_names_differ"] for row in rows] == [True, True, False, False, False, False]


def test_short_surnames_are_not_one_for_a_few_letters(comparing: ModuleType) -> None:
    couples = (("ng", "wong"), ("li", "lin"), ("do", "doan"), ("wang", "wong"), ("zhang", "zhao"))
    rows = judge(
        comparing,
        *(
            tuple(
                given("david") | OFFICE | {"surname": surname, "mailbox": f"david.{surname}@werkbank.de"}
                for surname in couple
            )
            for couple in couples
        ),
        (
            given("david") | {"surname": "garcia"} | OFFICE,
            given("david") | {"surname": "garcia lopez"} | OFFICE,
        ),
    )
    assert [row["match_probability"] >= 0.6 for row in rows] == [False] * 5 + [True], rows


def test_the_order_of_a_pair_does_not_matter(comparing: ModuleType) -> None:
    one, other = (
        ANNA | HOME | {"mailbox": "anna@x.de"},
        ANNE | OFFICE | {"surname": "anna", "mailbox": "anna@y.de"},
    )
    there, back = judge(comparing, (one, other), (other, one))
    assert there["match_probability"] == back["match_probability"]


def test_a_pair_that_was_not_compared_fails(comparing: ModuleType) -> None:
    persons = pa.table(
        {"value_key": pa.array([1], pa.uint64())} | {name: pa.nulls(1, kind) for name, kind in FIELDS.items()}
    )
    pairs = pa.record_batch({"left_key": pa.array([1], pa.uint64()), "right_key": pa.array([2], pa.uint64())})
    with pytest.raises(RuntimeError, match="given 1 pairs and compared 0"):
        list(comparing.compare(persons, iter([pairs]), MODEL))


class Relation:
    """As much of a DuckDB relation as the model asks for."""

    def __init__(self, table: pa.Table, seen: list[str]) -> None:
        self.table, self.seen = table, seen

    def query(self, _name: str, sql: str) -> "Relation":
        self.seen.append(sql)
        return self

    def to_arrow_table(self) -> pa.Table:
        return self.table

    def fetchone(self) -> tuple[str]:
        return (json.dumps(MODEL),)


class Dbt:
    is_incremental = True
    this = "compared"

    def __init__(self, pairs: pa.Table) -> None:
        self.seen: list[str] = []
        self.pairs = pairs

    def config(self, **_: object) -> None: ...

    def ref(self, _name: str) -> Relation:
        return Relation(self.pairs, self.seen)


def test_what_was_compared_before_is_not_compared_again(
    comparing: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compare(*_: object) -> Iterator[pa.RecordBatch]:
        raise AssertionError("nothing is to be compared")

    monkeypatch.setattr(comparing, "compare", compare)
    nothing = pa.schema([("left_key", pa.uint64()), ("right_key", pa.uint64())]).empty_table()
    dbt = Dbt(nothing)
    assert comparing.model(dbt, None).schema == comparing.SCHEMA
    assert f"compared_with = '{comparing.compared_with(MODEL)}'" in dbt.seen[0]


def test_a_failure_of_splink_fails_the_build(comparing: ModuleType) -> None:
    one = pa.table({"left_key": pa.array([1], pa.uint64()), "right_key": pa.array([2], pa.uint64())})
    with pytest.raises(RuntimeError, match="Duplicates of leads could not be compared"):
        comparing.model(Dbt(one), duckdb.connect())
