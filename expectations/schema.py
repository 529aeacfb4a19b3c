"""The format of a suite: plain YAML, one file per published table.

Belongs here: what a suite may say, and reading the suites. Running them is `runner.py`.
"""

import hashlib
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from orchestration.errors import PipelineError
from orchestration.quick_yaml import load_yaml

SUITES_DIR = Path(__file__).resolve().parent / "suites"
SCHEMA = "main"  # of the published tables; what DuckDB means by a bare name

SQL = "unexpected_rows_expectation"
ROW_COUNT = frozenset(
    {
        "expect_table_row_count_to_be_between",
        "expect_table_row_count_to_equal",
        "expect_table_row_count_to_equal_other_table",
    }
)
COLUMN_SET = "expect_table_columns_to_match_set"
NOT_NULL = "expect_column_values_to_not_be_null"

# Measured on DuckDB through SQLAlchemy with GX 1.24: these evaluate, and fail when they should.
SUPPORTED = ROW_COUNT | {
    SQL,
    COLUMN_SET,
    NOT_NULL,
    "expect_column_values_to_be_null",
    "expect_column_values_to_be_unique",
    "expect_column_values_to_be_between",
    "expect_column_values_to_be_in_set",
    "expect_column_values_to_not_be_in_set",
    "expect_column_value_lengths_to_be_between",
    "expect_column_pair_values_a_to_be_greater_than_b",
    "expect_compound_columns_to_be_unique",
    "expect_column_distinct_values_to_be_in_set",
    "expect_column_max_to_be_between",
    "expect_column_sum_to_be_between",
    "expect_column_median_to_be_between",
}
_INSTEAD = {
    "regex": "GX has no regular expressions on DuckDB: an unexpected_rows_expectation with regexp_matches",
    "like": "GX has no LIKE on DuckDB: write unexpected_rows_expectation with LIKE",
    "type": "types are the dbt contract's business: set data_type in the mart's YAML",
}


class Expectation(BaseModel):
    """One check. `name` is unique in its suite and stays: verdicts and dashboards refer to it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)
    type: str
    kwargs: dict[str, Any] = Field(default_factory=dict)
    severity: Literal["error", "warning"] = "error"  # error blocks publication
    reason: str = Field(min_length=10)  # why the bound holds
    remedy: str = Field(min_length=10)  # what to do when it does not

    @field_validator("type")
    @classmethod
    def _is_supported(cls, kind: str) -> str:
        if kind not in SUPPORTED:
            for word, advice in _INSTEAD.items():
                if word in kind:
                    raise ValueError(f"{kind} does not work here. {advice}")
            raise ValueError(f"{kind} is not among the measured kinds: {', '.join(sorted(SUPPORTED))}")
        return kind


class Trend(BaseModel):
    """One figure of a table held to what the published builds before had (`trends.py` has the rule).

    `measure`: what is compared and what `limit` means:
    kept: rows per source, or with `column` its filled share, that may be lost since the build before;
    rows: distance of the row count from its trailing median, as a share of it;
    null_share: distance of the column's share of nulls, itself a share;
    mix: total variation distance of the column's shares of `values`, 0 to 1;
    median: distance of the column's median, as a share of the trailing one.
    `at_least`: rows (values of the column, for a median) below which nothing is said. `objects`: landed
    objects, in lower case, whose deletions explain rows that are gone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)
    measure: Literal["kept", "rows", "null_share", "mix", "median"]
    column: str | None = None
    values: tuple[str, ...] = ()  # of the contract or a seed, never what people have typed
    objects: tuple[str, ...] = ()
    limit: float = Field(gt=0, lt=1)
    at_least: int = Field(default=100, ge=1)
    severity: Literal["error", "warning"] = "warning"
    reason: str = Field(min_length=10)
    remedy: str = Field(min_length=10)

    @model_validator(mode="after")
    def _is_measurable(self) -> "Trend":
        if self.measure != "kept" and (self.measure == "rows") == bool(self.column):
            raise ValueError(f"{self.measure} goes {'without a' if self.column else 'with a'} column")
        if (self.measure == "mix") != bool(self.values):
            raise ValueError("values goes with measure: mix, and only with it")
        if self.objects and (self.measure != "kept" or self.column):
            raise ValueError("objects goes with measure: kept of rows, and only with it")
        return self


class Suite(BaseModel):
    """The checks of one published table. `key`: the columns that identify a failing row, for rows kept per
    source an id `source_instance:native_id` first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    key: list[str] = Field(min_length=1)
    expectations: list[Expectation]
    trends: list[Trend] = []

    @property
    def checks(self) -> "list[Expectation | Trend]":
        """All that a verdict must name."""
        return [*self.expectations, *self.trends]

    @model_validator(mode="after")
    def _is_complete(self) -> "Suite":
        names = [check.name for check in self.checks]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"names used twice: {', '.join(repeated)}")
        kinds = {expectation.type for expectation in self.expectations}
        # An empty table passes not-null, unique and bounds, and a null column the last two.
        for needed, kind in (
            ("a row count", kinds & ROW_COUNT),
            ("a column set", kinds & {COLUMN_SET}),
            ("a not-null expectation", kinds & {NOT_NULL}),
        ):
            if not kind:
                raise ValueError(f"lacks {needed}")
        return self


def read_suite(path: Path) -> Suite:
    """One suite. Raises PipelineError naming the file and the field."""
    try:
        suite = Suite.model_validate(load_yaml(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise PipelineError(f"{path.name} is not YAML: {error}", "Correct the suite file.") from error
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc']) or 'suite'}: {problem['msg']}"
            for problem in error.errors()
        )
        raise PipelineError(f"suite {path.name}: {problems}", "Correct the suite file.") from error
    if suite.table != path.stem:
        raise PipelineError(
            f"suite {path.name} speaks of table {suite.table}", f"Name the file {suite.table}.yml."
        )
    return suite


def load_suites(folder: Path = SUITES_DIR) -> list[Suite]:
    """Every suite of the folder, by table name. Raises PipelineError where one is wrong or none is there."""
    suites = [read_suite(path) for path in sorted(folder.glob("*.yml"))]
    if not suites:
        raise PipelineError(f"no suites in {folder}", "Restore expectations/suites from version control.")
    return suites


def suites_hash(suites: list[Suite]) -> str:
    """Hash of what the suites say; comments and layout do not count."""
    ordered = sorted(suites, key=lambda suite: suite.table)
    return hashlib.sha256("\n".join(suite.model_dump_json() for suite in ordered).encode()).hexdigest()
