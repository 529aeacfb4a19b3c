"""What one check found, in a form that outlives Great Expectations' own.

Belongs here: `CheckResult` and making one from what GX returns. No GX import: its objects come in.
"""

from dataclasses import dataclass
from typing import Any, Literal

from expectations.schema import SQL, Expectation, Suite, Trend

Outcome = Literal["passed", "failed", "crashed"]
MAX_FAILING = 20
ROWS = ("expect_column_values_", "expect_column_value_", "expect_column_pair_", "expect_compound_")  # kinds
MESSAGE = "message"  # a column of that name in the rows of an SQL check is a sentence to show


@dataclass(frozen=True)
class CheckResult:
    """One expectation of one suite, evaluated or crashed.

    `name` is `<table>.<expectation>`; `failing` holds up to 20 row keys (or sentences) as text;
    `unexpected_count` is null where the kind counts no rows; `observed` is what was found where the check
    failed, or the exception's message.
    """

    name: str
    table: str
    severity: Literal["error", "warning"]
    outcome: Outcome
    failing: tuple[str, ...]
    unexpected_count: int | None
    observed: str | None
    reason: str
    remedy: str

    @property
    def is_blocking(self) -> bool:
        """A crash blocks at any severity: it is not known whether the bound holds."""
        return self.outcome == "crashed" or (self.outcome == "failed" and self.severity == "error")


def check_name(suite: Suite, check: Expectation | Trend) -> str:
    """The name under which a check stands in verdicts and in the UI."""
    return f"{suite.table}.{check.name}"


def crashed(suite: Suite, expectation: Expectation, error: str) -> CheckResult:
    """A check that could not be evaluated."""
    return _result(suite, expectation, "crashed", observed=error.strip()[:1000])


def from_gx(suite: Suite, expectation: Expectation, found: Any) -> CheckResult:
    """Translate a GX ExpectationValidationResult.

    GX reports a crash as `success=False` with `exception_info`, which at severity warning would
    pass for a harmless failure: any exception makes the outcome `crashed`.
    """
    error = _exception(found.exception_info)
    if error is not None:
        return crashed(suite, expectation, error)
    if found.success:  # asked for no more than that
        counts_rows = expectation.type == SQL or expectation.type.startswith(ROWS)
        return _result(suite, expectation, "passed", unexpected_count=0 if counts_rows else None)
    result = found.result or {}
    rows = (result.get("details") or {}).get("unexpected_rows")
    keys = rows if rows is not None else result.get("partial_unexpected_index_list")
    if keys is None:
        keys = result.get("partial_unexpected_list") or []
    count = result.get("unexpected_count")
    if rows is not None:
        count = result.get("observed_value")
    observed = result.get("observed_value")
    mismatched = (result.get("details") or {}).get("mismatched") or {}
    if mismatched.get("missing"):
        keys, observed = mismatched["missing"], f"missing: {', '.join(mismatched['missing'])}"
    return _result(
        suite,
        expectation,
        "failed",
        failing=tuple(_key_text(key) for key in keys[:MAX_FAILING]),
        unexpected_count=None if count is None else int(count),
        observed=None if observed is None else str(observed)[:1000],
    )


def _exception(info: Any) -> str | None:
    """GX gives either one record or one per metric; None where nothing was raised."""
    records = [info] if "raised_exception" in (info or {}) else list((info or {}).values())
    messages = [str(record.get("exception_message")) for record in records if record.get("raised_exception")]
    return "; ".join(dict.fromkeys(messages)) if messages else None


def _key_text(key: Any) -> str:
    if not isinstance(key, dict):
        return str(key)
    if key.get(MESSAGE):
        return str(key[MESSAGE])
    return ", ".join(f"{name}={value}" for name, value in key.items())


def _result(suite: Suite, expectation: Expectation, outcome: Outcome, **found: Any) -> CheckResult:
    nothing: dict[str, Any] = {"failing": (), "unexpected_count": None, "observed": None}
    return CheckResult(
        name=check_name(suite, expectation),
        table=suite.table,
        severity=expectation.severity,
        outcome=outcome,
        reason=expectation.reason,
        remedy=expectation.remedy,
        **(nothing | found),
    )
