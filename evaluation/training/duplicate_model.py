"""`python -m evaluation.training.duplicate_model`: make the parameters of the model that finds duplicates.

Writes dbt_project/models/intermediate/lead_quality/duplicate_model.json, settings of Splink with an m and a u
for every level of every comparison (Fellegi and Sunter). Generated people (people_generator) go through the
pipeline itself, so that the parameters are of the same fields and candidates that the build compares: m is a
level's share among candidate pairs of one person, u among pairs of two. There are two kinds of two people,
and a set of u for each: neighbours share a home, a desk or a surname, strangers nothing but by chance.
One u for both would say that a name may be shared, and so may an address, and not that hardly anyone
shares both.

It needs Faker (`pip install faker`), which the pipeline does not. Raise VERSION with every change.
"""

import csv
import importlib.util
import json
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from evaluation.judgements import build
from evaluation.training.people_generator import FIELDS, records
from orchestration.settings import DBT_PROJECT_DIR

VERSION = 2
PEOPLE, SEEDS = 12_000, {"training": 11, "held_out": 12}
# Of a million leads one in five has a second record: any two of them are one person this often.
ANY_TWO = 0.2 / 1_000_000
FOLDER = DBT_PROJECT_DIR / "models" / "intermediate" / "lead_quality"
PARAMETERS = FOLDER / "duplicate_model.json"
MAPPED = {
    "lead_id": "id", "first_name": "first", "last_name": "last", "company": "company", "email": "email",
    "phone": "phone", "mobile_phone": "mobile", "street": "street", "postal_code": "postal", "city": "city",
    "birth_date": "birth",
}  # fmt: skip

_SWAPPED = (
    "(given_name_l = surname_r and jaro_winkler_similarity(surname_l, given_name_r) >= 0.85)"
    " or (given_name_r = surname_l and jaro_winkler_similarity(surname_r, given_name_l) >= 0.85)"
)
# the other name was changed besides
_ONE_SWAPPED = "given_name_l = surname_r or given_name_r = surname_l"
# Anna Maria and Anna Luise are two people; not Anna M., nor Anna Mara
_FIRST_ALIKE = "split_part(given_name_l, ' ', 1) = split_part(given_name_r, ' ', 1)"
_SECONDS = [f"split_part(given_name_{side}, ' ', 2)" for side in "lr"]
_OTHER_SECOND = (
    f"({_FIRST_ALIKE} and {_SECONDS[0]} <> '' and {_SECONDS[1]} <> ''"
    f" and not starts_with({_SECONDS[0]}, {_SECONDS[1]}) and not starts_with({_SECONDS[1]}, {_SECONDS[0]})"
    f" and jaro_winkler_similarity({_SECONDS[0]}, {_SECONDS[1]}) < 0.85)"
)
# Anna Maria and Annamaria are one name
_TWO_NAMES = (
    "(is_known_given_name_l and is_known_given_name_r"
    " and replace(given_name_l, ' ', '') <> replace(given_name_r, ' ', ''))"
    f" or {_OTHER_SECOND}"
)
_FORMS = (
    "list_has_any(string_split(given_forms_l, ' '), string_split(given_forms_r, ' '))"
    f" and not {_OTHER_SECOND}"
)
_SHORTENED = (
    "(least(length(given_name_l), length(given_name_r)) = 1"
    " and left(given_name_l, 1) = left(given_name_r, 1))"
    f" or ({_FIRST_ALIKE} and not {_OTHER_SECOND})"
)

# Garcia and Garcia Lopez; not Ng and Wong, Li and Lin
_PART_OF = (
    "contains(' ' || surname_l || ' ', ' ' || surname_r || ' ')"
    " or contains(' ' || surname_r || ' ', ' ' || surname_l || ' ')"
    " or (least(length(surname_l), length(surname_r)) >= 5"
    " and (contains(surname_l, surname_r) or contains(surname_r, surname_l)))"
)
# minh.tran@ and linh.tran@ are no slip of the pen where the names say the same
_ONE_NAME = "coalesce(given_name_l = given_name_r, true) and coalesce(surname_l = surname_r, true)"


def _long(name: str) -> str:
    """Long enough for a slip: Minh and Linh, Li and Lu are two names."""
    return f"least(length({name}_l), length({name}_r)) >= 5"


def _slip(name: str, similarity: float) -> str:
    return f"({_long(name)} and ({_slips(name, 1)} or {_alike(name, similarity)}))"


def _moved(name: str) -> str:
    """The same letters, two of them in each other's place or parted by a space, however short the name."""
    letters = [f"list_sort(string_split(replace({name}_{side}, ' ', ''), ''))" for side in "lr"]
    return f"({_slips(name, 1)} and {letters[0]} = {letters[1]})"


def _missing(name: str) -> str:
    return f"{name}_l is null or {name}_r is null"


def _slips(name: str, count: int) -> str:
    """No more slips than that. The lengths say no to most pairs at a hundredth of what the distance costs."""
    lengths = f"abs(length({name}_l) - length({name}_r)) <= {count}"
    return f"({lengths} and damerau_levenshtein({name}_l, {name}_r) <= {count})"


def _same_digits(name: str) -> str:
    """A number in it is no slip: firm 1 and firm 2, john1@ and john2@."""
    left, right = (f"regexp_replace({name}_{side}, '[^0-9]', '', 'g')" for side in "lr")
    return f"{left} = {right}"


def _alike(name: str, similarity: float) -> str:
    return f"jaro_winkler_similarity({name}_l, {name}_r) >= {similarity}"


# Each comparison: what is no comparison, then levels (label, condition), the most alike first.
COMPARISONS: Mapping[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "given_name": (_missing("given_name"), (
        ("the same", "given_name_l = given_name_r"),
        ("forms of one name", _FORMS),
        ("in each other's place", _SWAPPED),
        ("one in the other's place", _ONE_SWAPPED),
        ("an initial, or one of two names", _SHORTENED),
        ("two names", _TWO_NAMES),
        ("a slip", f"{_slip('given_name', 0.9)} or {_moved('given_name')}"),
        ("alike", f"{_long('given_name')} and {_alike('given_name', 0.8)}"),
    )),
    # names in each other's place are told by the given name
    "surname": (f"{_missing('surname')} or {_SWAPPED}", (
        ("the same", "surname_l = surname_r"),
        ("a slip", f"{_slip('surname', 0.92)} or {_moved('surname')}"),
        ("alike", f"({_long('surname')} and {_alike('surname', 0.8)}) or {_PART_OF}"),
    )),
    "mailbox": (_missing("mailbox"), (
        ("the same", "mailbox_l = mailbox_r"),
        ("a slip", f"{_ONE_NAME} and {_slips('mailbox', 2)} and {_same_digits('mailbox')}"),
        ("the same before the @", "split_part(mailbox_l, '@', 1) = split_part(mailbox_r, '@', 1)"),
    )),
    "line": (
        "coalesce(line_l, mobile_line_l) is null or coalesce(line_r, mobile_line_r) is null",
        (("the same", "line_l in (line_r, mobile_line_r) or mobile_line_l in (line_r, mobile_line_r)"),),
    ),
    "company": (
        f"({_missing('company')}) and ({_missing('company_domain')})",
        (
            ("the same", "company_l = company_r or company_domain_l = company_domain_r"),
            ("alike", f"{_alike('company', 0.9)} and {_same_digits('company')}"),
        ),
    ),
    "street": (_missing("street"), (
        ("the same", "street_l = street_r"),
        ("a slip", f"{_slips('street', 2)} and {_same_digits('street')}"),
        ("alike", _alike("street", 0.85)),
    )),
    "postal_code": (_missing("postal_code"), (
        ("the same", "postal_code_l = postal_code_r"),
        ("a slip", _slips("postal_code", 1)),
    )),
    "city": (_missing("city"), (("the same", "city_l = city_r"), ("alike", _alike("city", 0.85)))),
    "birth_date": (_missing("birth_date"), (
        ("the same", "birth_date_l = birth_date_r"),
        ("a slip", "damerau_levenshtein(cast(birth_date_l as varchar), cast(birth_date_r as varchar)) <= 2"),
    )),
}  # fmt: skip
KINDS = ("one", "neighbours", "strangers")
_DIFFERENT_NAMES = "two names"


def parameters(counts: Mapping[str, Counter[tuple[str, int]]], pairs: Mapping[str, int]) -> dict[str, Any]:
    """The JSON file from counts of (comparison, gamma) and of pairs per kind of pair: `one` person,
    `neighbours`, `strangers`. A level that was never seen counts one half.
    """
    return {
        "version": VERSION,
        "made_by": f"evaluation/training/duplicate_model.py, seed {SEEDS['training']}",
        "given_names_differ": [label for label, _ in _levels("given_name")].index(_DIFFERENT_NAMES),
        "against": {
            kind: {
                "link_type": "dedupe_only",
                "unique_id_column_name": "value_key",
                "probability_two_random_records_match": ANY_TWO
                if kind == "strangers"
                else round(pairs["one"] / (pairs["one"] + pairs[kind]), 6),
                "retain_matching_columns": True,  # without them Splink 5 does not return the levels either
                "retain_intermediate_calculation_columns": False,
                "blocking_rules_to_generate_predictions": [],
                "comparisons": [_comparison(name, counts["one"], counts[kind]) for name in COMPARISONS],
            }
            for kind in KINDS[1:]
        },
    }


def _levels(name: str) -> list[tuple[str, str]]:
    """Levels of a comparison by gamma, from 0: the least alike."""
    return [("unlike", "ELSE"), *reversed(COMPARISONS[name][1])]


def _comparison(name: str, ones: Counter[tuple[str, int]], twos: Counter[tuple[str, int]]) -> dict[str, Any]:
    missing, levels = COMPARISONS[name][0], _levels(name)
    shares = [
        [(counts[name, gamma] + 0.5) / sum(counts[name, any_] + 0.5 for any_ in range(len(levels)))
         for gamma in range(len(levels))]
        for counts in (ones, twos)
    ]  # fmt: skip
    told: list[dict[str, Any]] = [
        {"sql_condition": condition, "label_for_charts": label,
         "m_probability": round(m, 6), "u_probability": round(u, 8)}
        for (label, condition), m, u in zip(levels, *shares, strict=True)
    ]  # fmt: skip
    told.append({"sql_condition": missing, "label_for_charts": "not known", "is_null_level": True})
    return {"output_column_name": name, "comparison_levels": told[::-1]}


def write(model: Mapping[str, Any]) -> None:
    PARAMETERS.write_text(json.dumps(model, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def comparing() -> ModuleType:
    """The dbt model that compares, as a module."""
    spec = importlib.util.spec_from_file_location(
        "int_duplicate_comparisons", FOLDER / "int_duplicate_comparisons.py"
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{FOLDER} has no int_duplicate_comparisons.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def landed(folder: Path) -> Path:
    """Two sets of generated people through the pipeline as two sources; returns the warehouse."""
    sources = []
    for name, seed in SEEDS.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, ["id", *FIELDS])
            writer.writeheader()
            writer.writerows(records(PEOPLE, seed))
        sources.append(
            {"name": name, "system": "csv_mapping", "path": str(folder), "time_zone": "UTC",
             "currency": "EUR", "objects": {"lead": {"file": f"{name}.csv", "columns": MAPPED}},
             "lead_allowance": {"fake_share": 1.0, "reason": "Generated people."}}
        )  # fmt: skip
    text = yaml.safe_dump(
        {"reporting": {"time_zone": "Europe/Berlin", "currency": "EUR"}, "sources": sources}
    )
    (folder / "sources.yaml").write_text(text, encoding="utf-8")
    build(folder / "data", folder / "sources.yaml")
    return folder / "data" / "warehouse.duckdb"


def pairs_of(warehouse: Path, source: str) -> tuple[pa.Table, pa.Table]:
    """What is compared of a source's generated people, and the candidate pairs with `kind`, one of KINDS.

    Values that two people share are left out: nobody could tell them apart.
    """
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        persons = connection.execute(
            """
            select distinct * exclude (record_key, read_from, business_card, named_line)
            from intermediate.int_person_fields
            """
        ).to_arrow_table()
        pairs = connection.execute(
            """
            with people as (
                select
                    value_key,
                    min(split_part(record_key, '-', 2)) as person,
                    min(split_part(record_key, '-', 4)) as place
                from intermediate.int_person_fields
                where record_key like 'lead|' || $1 || ':%'
                group by value_key having count(distinct split_part(record_key, '-', 2)) = 1
            )
            select
                left_key,
                right_key,
                case when l.person = r.person then 'one' when l.place = r.place then 'neighbours'
                    else 'strangers' end as kind
            from intermediate.int_duplicate_candidates
            inner join people as l on left_key = l.value_key
            inner join people as r on right_key = r.value_key
            where left_key <> right_key
            """,
            [source],
        ).to_arrow_table()
    return persons, pairs


def compared(persons: pa.Table, pairs: pa.Table, model: Mapping[str, Any]) -> pa.Table:
    """The pairs with their `kind`, probability and the level (gamma) of every comparison."""
    batches = iter(pairs.combine_chunks().to_batches())
    found = pa.Table.from_batches(comparing().compare(persons, batches, model))
    return found.join(pairs, ["left_key", "right_key"])


def strangers(warehouse: Path, source: str) -> pa.Table:
    """Pairs of people of two places, drawn at random and always the same, as `kind` strangers."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(
            """
            with people as (
                select
                    value_key,
                    min(split_part(record_key, '-', 4)) as place,
                    row_number() over (order by md5(cast(value_key as varchar))) as position
                from intermediate.int_person_fields
                where record_key like 'lead|' || $1 || ':%'
                group by value_key
            )
            select l.value_key as left_key, r.value_key as right_key, 'strangers' as kind
            from people as l
            cross join range(1, 5) as shifts (shift)
            inner join people as r on r.position = l.position + shifts.shift
            where l.place <> r.place
            """,
            [source],
        ).to_arrow_table()


def trained(persons: pa.Table, candidates: pa.Table, others: pa.Table) -> dict[str, Any]:
    """Parameters from labelled candidate pairs and, for strangers, from any two: the candidates among these
    were chosen for what they share."""
    near = candidates.filter(pc.not_equal(candidates["kind"], "strangers"))
    pairs = pa.concat_tables([near.select(["left_key", "right_key", "kind"]), others])
    counts: dict[str, Counter[tuple[str, int]]] = {kind: Counter() for kind in KINDS}
    found = compared(persons, pairs, parameters(counts, dict.fromkeys(KINDS, 1)))
    kinds = found["kind"].to_pylist()
    for name in COMPARISONS:
        for gamma, kind in zip(found[f"gamma_{name}"].to_pylist(), kinds, strict=True):
            counts[kind][name, gamma] += 1
    return parameters(counts, Counter(kinds))


def report(found: pa.Table) -> None:
    """Precision and recall among the candidates of people that the model has not seen, per threshold."""
    pairs = list(zip(found["match_probability"].to_pylist(), found["kind"].to_pylist(), strict=True))
    print(Counter(kind for _, kind in pairs))
    for threshold in (0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999):
        said = Counter(kind for probability, kind in pairs if probability >= threshold)
        recall = said["one"] / sum(kind == "one" for _, kind in pairs)
        print(
            f"  {threshold}: precision {said['one'] / max(said.total(), 1):.4f}, recall {recall:.4f}",
            dict(said),
        )


def main() -> None:
    """Train on one generated set, write the parameters, print what they do on another."""
    with tempfile.TemporaryDirectory(prefix="duplicates-") as folder:
        warehouse = landed(Path(folder))
        write(trained(*pairs_of(warehouse, "training"), strangers(warehouse, "training")))
        model = json.loads(PARAMETERS.read_text(encoding="utf-8"))
        report(compared(*pairs_of(warehouse, "held_out"), model))


if __name__ == "__main__":
    main()
