"""Grain: pair of distinct values of persons (int_duplicate_candidates), compared once by Splink.

A pair is compared again only when a value of a side has changed (it then has another key), or the
parameters or Splink have. Splink runs on an in-memory database of its own, and is not even imported where
every candidate has been compared before. What it cannot compare fails the build: no comparison must never
look like no duplicate.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

# Of the in-memory database, beside the warehouse's own limit; above it Splink's joins go to disk.
MEMORY_LIMIT = "2GB"
# Pairs that are in memory at once, each with everything that both sides say.
PAIRS_AT_ONCE = 500_000
# Both models ask the same questions, and a weight follows from the answers (gammas) alone: the second model
# is asked about one pair of each list of answers.
BLOCKED_PAIRS = """
    create or replace table blocked_pairs as
    select left_key as join_key_l, right_key as join_key_r, '0' as match_key from batch
"""
ONE_OF_EACH = """
    create or replace table blocked_pairs as
    select distinct on (columns('gamma_.*'))
        value_key_l as join_key_l, value_key_r as join_key_r, '0' as match_key
    from {}
"""
# Splink's match weight is the binary logarithm of the odds of one person against two. There are two ways of
# being two people, each with a model of its own; the odds against both are the sum of those against each.
PROBABILITY = """
    select
        l.value_key_l as left_key,
        l.value_key_r as right_key,
        1 / (1 + pow(2, -l.match_weight) + pow(2, -r.match_weight)) as match_probability,
        l.* like 'gamma_%'
    from {} as l
    inner join {} as r using ({})
"""
SCHEMA = pa.schema(
    [
        ("left_key", pa.uint64()),
        ("right_key", pa.uint64()),
        ("match_probability", pa.float64()),
        ("given_names_differ", pa.bool_()),
        ("compared_with", pa.string()),
    ]
)


def compared_with(model: dict[str, Any]) -> str:
    """What decides a pair beside its values: compared again when it changes."""
    content = hashlib.sha256(json.dumps(model, sort_keys=True).encode()).hexdigest()[:12]
    return f"splink {version('splink')}, parameters {model['version']} ({content})"


def questions(model: dict[str, Any]) -> list[str]:
    """Names of the comparisons. Raises ValueError where the models do not make the same ones."""
    first, second = (
        [
            (each["output_column_name"], [level["sql_condition"] for level in each["comparison_levels"]])
            for each in told["comparisons"]
        ]
        for told in model["against"].values()
    )
    if first != second:
        raise ValueError("the two models of the parameters do not compare the same things")
    return [name for name, _ in first]


def compare(
    persons: pa.Table, pairs: Iterator[pa.RecordBatch], model: dict[str, Any]
) -> Iterator[pa.RecordBatch]:
    """(left_key, right_key, match_probability, gamma of each comparison …) of each pair.

    `persons`: value_key and what is compared; `pairs`: left_key, right_key. Raises RuntimeError where not
    every pair was compared.
    """
    # Half a second, and wanted only where there is something to compare.
    from splink import DuckDBAPI, Linker  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="splink-") as folder:
        config = {"memory_limit": MEMORY_LIMIT, "temp_directory": folder, "threads": 2}
        with duckdb.connect(":memory:", config=config) as connection:
            api = DuckDBAPI(connection)
            connection.register("persons", persons)
            # once into the database's own format: every batch joins it twice
            connection.execute("create table compared_persons as select * from persons")
            compared = api.register("compared_persons")
            every, one_of_each = (
                Linker(compared, told, log_level="ERROR") for told in model["against"].values()
            )
            answers = ", ".join(f"gamma_{name}" for name in questions(model))

            def predicted(linker: Linker) -> Any:
                blocked = api.register("blocked_pairs")
                linker.table_management.register_blocked_pairs_for_predict(blocked)
                return linker.inference.predict(warning_mode="never")

            for batch in pairs:
                connection.register("batch", pa.Table.from_batches([batch]))
                connection.execute(BLOCKED_PAIRS)
                first = predicted(every)
                connection.execute(ONE_OF_EACH.format(first.physical_name))
                second = predicted(one_of_each)
                found = connection.execute(
                    PROBABILITY.format(first.physical_name, second.physical_name, answers)
                )
                rows = found.to_arrow_table()
                for table in (first, second):
                    table.drop_table_from_database_and_remove_from_cache()
                if len(rows) != len(batch) or rows["match_probability"].null_count:
                    raise RuntimeError(f"Splink was given {len(batch)} pairs and compared {len(rows)}")
                yield from rows.to_batches()


def judged(found: pa.RecordBatch, model: dict[str, Any]) -> pa.RecordBatch:
    """Rows of SCHEMA. Probabilities are rounded: the last bits are the engine's arithmetic."""
    columns = [
        found["left_key"],
        found["right_key"],
        pc.round(found["match_probability"], 6),
        pc.equal(found["gamma_given_name"], model["given_names_differ"]),
        pa.repeat(compared_with(model), len(found)),
    ]
    return pa.record_batch(columns, schema=SCHEMA)


def model(dbt, session):
    dbt.config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key=["left_key", "right_key"],
        on_schema_change="fail",
        packages=["splink"],
    )
    (text,) = dbt.ref("int_duplicate_model").fetchone()
    parameters = json.loads(text)
    query = "select left_key, right_key from candidates"
    if dbt.is_incremental:
        known = (
            f"select left_key, right_key from {dbt.this} where compared_with = '{compared_with(parameters)}'"
        )
        query += f" anti join ({known}) as known using (left_key, right_key)"
    pairs = dbt.ref("int_duplicate_candidates").query("candidates", query).to_arrow_table()
    if not len(pairs):
        return pa.Table.from_batches([], schema=SCHEMA)
    # on most days a few records of a million have changed
    session.register("new_pairs", pairs)
    persons = (
        dbt.ref("int_person_fields")
        .query(
            "fields",
            "select distinct * exclude (record_key, read_from, business_card, named_line) from fields"
            " where value_key in (select left_key from new_pairs union select right_key from new_pairs)",
        )
        .to_arrow_table()
    )
    session.unregister("new_pairs")
    batches = iter(pairs.combine_chunks().to_batches(max_chunksize=PAIRS_AT_ONCE))
    try:
        found = [judged(batch, parameters) for batch in compare(persons, batches, parameters)]
    except Exception as error:
        raise RuntimeError(
            f"Duplicates of leads could not be compared: {error}. Nothing is published without them; the "
            "parameters are duplicate_model.json, made by python -m evaluation.training.duplicate_model for "
            f"{compared_with(parameters)}."
        ) from error
    return pa.Table.from_batches(found, schema=SCHEMA)
