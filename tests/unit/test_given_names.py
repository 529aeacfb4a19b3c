"""The seed of given names: which are forms of one name, so that two records of them may be one person."""

import csv

import pytest

from orchestration.settings import DBT_PROJECT_DIR


@pytest.fixture(scope="module")
def forms() -> dict[str, set[str]]:
    with (DBT_PROJECT_DIR / "seeds" / "lead_quality" / "given_names.csv").open(encoding="utf-8") as file:
        return {row["given_name"]: set(row["forms"].split()) for row in csv.DictReader(file)}


@pytest.mark.parametrize(
    "names",
    [
        ("gustaf", "gustav"),
        ("erick", "erik"),
        ("krista", "christa"),
        ("walter", "valter"),
        ("marta", "martha"),
        ("rudolf", "rudolph"),
        ("bettina", "betina"),
        ("katja", "katya"),
        ("bob", "robert"),
    ],
)
def test_spellings_and_short_forms_are_one_name(forms: dict[str, set[str]], names: tuple[str, str]) -> None:
    assert forms[names[0]] & forms[names[1]]


@pytest.mark.parametrize(
    "names",
    [
        ("maria", "mario"),
        ("anna", "anne"),
        ("gabriele", "gabrielle"),
        ("lucky", "lucy"),
        ("simon", "simone"),
        ("rajesh", "rakesh"),
        ("sunil", "anil"),
        ("jan", "jana"),
        ("rene", "renee"),
        ("samir", "zamir"),
        ("noa", "noah"),
    ],
)
def test_names_that_are_only_alike_are_two(forms: dict[str, set[str]], names: tuple[str, str]) -> None:
    assert names[0] in forms and names[1] in forms
    assert not forms[names[0]] & forms[names[1]]
