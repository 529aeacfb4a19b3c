"""Runs suites over a DuckDB file with Great Expectations, every check pushed down as SQL.

Belongs here: GX, and nothing but GX; it is imported on the first run (6 to 12 seconds) so that
nothing else pays for it. What a failed check means for a build is the gate's business.

DuckDB is reached through SQLAlchemy and `shim.py`: 2,000,000 rows and five expectations take 1.8 s,
against 7 to 37 s for the same on a pandas frame.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from expectations.results import CheckResult, crashed, from_gx
from expectations.schema import SCHEMA, SQL, Expectation, Suite
from expectations.shim import buffered_rows, kept_configurations, plain_ids
from expectations.sql import Value, render

_NAME = "check"  # where an expectation carries its name through GX
_SEVERITIES = {"error": "critical", "warning": "warning"}


def run(
    warehouse: Path,
    suites: list[Suite],
    parameters: Mapping[str, Value],
    *,
    memory_limit: str | None = None,
) -> list[CheckResult]:
    """Evaluate every expectation of `suites` on the tables of schema `main`, read only.

    `parameters` fill `${name}` in the suites' SQL; beyond `memory_limit` (DuckDB's own without one) queries
    go to disk. One result per expectation, in the order given;
    an expectation, table or query that raises gives `crashed` and the others go on. No connection
    is left open. Raises PipelineError where a suite asks for a parameter that is not given.
    """
    rendered = {suite.table: [_arguments(e, parameters) for e in suite.expectations] for suite in suites}
    context, source = _connect(warehouse, memory_limit)
    try:
        results = []
        engine = source.get_execution_engine()
        missing = _missing_tables(engine, suites)
        _spare_the_catalogue(engine)
        with buffered_rows(), kept_configurations(), plain_ids():
            for suite in suites:
                if suite.table in missing:
                    error = f"there is no table {SCHEMA}.{suite.table} in the warehouse"
                    results += [crashed(suite, expectation, error) for expectation in suite.expectations]
                else:
                    results += _run_suite(source, suite, rendered[suite.table])
        return results
    finally:
        # GX keeps two engines, one to test the connection and one to work with.
        source.get_execution_engine().close()
        source.get_engine().dispose()
        context.data_sources.delete(source.name)


def _missing_tables(engine: Any, suites: list[Suite]) -> set[str]:
    query = f"select table_name from information_schema.tables where table_schema = '{SCHEMA}'"
    with engine.engine.connect() as connection:
        rows = connection.exec_driver_sql(query).all()
    return {suite.table for suite in suites} - {name for (name,) in rows}


def _arguments(expectation: Expectation, parameters: Mapping[str, Value]) -> dict[str, Any]:
    kwargs = dict(expectation.kwargs)
    if expectation.type == SQL:
        kwargs["unexpected_rows_query"] = render(str(kwargs.get("unexpected_rows_query", "")), parameters)
    return kwargs


def _connect(warehouse: Path, memory_limit: str | None) -> tuple[Any, Any]:
    import great_expectations as gx
    from sqlalchemy import URL

    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}  # type: ignore[assignment]
    config = {"memory_limit": memory_limit} if memory_limit else {}
    url = URL.create("duckdb", database=str(warehouse.resolve())).render_as_string()
    sources: Any = context.data_sources  # its type stubs do not know `kwargs`
    source = sources.add_sql(
        "warehouse",
        connection_string=url.replace("$", r"\$"),  # GX would look `$x` up in the environment
        # Without transactions, which cost 2 ms a query: nothing is written, and the writer's lock is held.
        kwargs={
            "connect_args": {"read_only": True, "config": config},
            "isolation_level": "AUTOCOMMIT",
        },
    )
    return context, source


def _spare_the_catalogue(engine: Any) -> None:
    """Columns and keys of all tables are read in two queries instead of two for each table (a sixth of what
    was left of a gate), and nothing is rolled back where every statement commits itself (a twelfth).

    Set on our own engine's objects, since GX asks anew for every table; the writer's lock keeps tables as
    they are meanwhile. What is not found here is looked up as ever.
    """
    inspector = engine.get_inspector()
    for one, every in (
        ("get_columns", "get_multi_columns"),
        ("get_pk_constraint", "get_multi_pk_constraint"),
    ):
        setattr(inspector, one, _remembered(getattr(inspector, one), getattr(inspector, every)()))
    engine.get_inspector = lambda: inspector
    engine.engine.dialect.do_rollback = lambda _: None


def _remembered(look_up: Callable[..., Any], known: Mapping[tuple[str | None, str], Any]) -> Any:
    def answer(table_name: str, schema: str | None = None, **options: Any) -> Any:
        found = known.get((schema, str(table_name)))
        return look_up(table_name, schema, **options) if found is None else found

    return answer


def _run_suite(source: Any, suite: Suite, arguments: list[dict[str, Any]]) -> list[CheckResult]:
    """Which rows fail is asked only where some do: it takes three more queries per expectation, which
    was two thirds of the time of a gate where all is well."""
    from great_expectations.datasource.fluent.sql_datasource import TableAsset

    results: dict[str, CheckResult] = {}
    checks: dict[str, Any] = {}
    complete: dict[str, Any] = {}
    for expectation, kwargs in zip(suite.expectations, arguments, strict=True):
        try:
            complete[expectation.name] = _implementation(expectation, kwargs)
            counts = _rows_counted(expectation, kwargs) if expectation.type == SQL else None
            checks[expectation.name] = counts or complete[expectation.name]
        except Exception as error:  # whatever GX raises, the other checks are still to be judged
            results[expectation.name] = crashed(suite, expectation, str(error))
    try:
        # Neither by add_table_asset nor by a batch definition: GX writes its whole configuration as YAML for
        # each that is added.
        source.assets.append(TableAsset(name=suite.table, type="table", table_name=suite.table))
        asset = source.get_asset(suite.table)
        batch = asset.get_batch(asset.build_batch_request())
        found = _validate(batch, suite, checks, {"result_format": "BOOLEAN_ONLY"})
        failing = {name: complete[name] for name in checks if name in found and not found[name].success}
        if failing:
            with_rows = {"result_format": "COMPLETE", "unexpected_index_column_names": suite.key}
            found |= _validate(batch, suite, failing, with_rows)
    except Exception as error:  # a missing table, a damaged file: every check of the table crashed
        return [crashed(suite, expectation, str(error)) for expectation in suite.expectations]
    for expectation in suite.expectations:
        if expectation.name in found:
            results[expectation.name] = from_gx(suite, expectation, found[expectation.name])
    # One that GX passed over in silence has no result; the verdict then calls the audit partial.
    return [results[e.name] for e in suite.expectations if e.name in results]


def _implementation(expectation: Expectation, kwargs: dict[str, Any]) -> Any:
    from great_expectations.expectations.registry import get_expectation_impl

    implementation: Any = get_expectation_impl(expectation.type)
    return implementation(**_described(expectation), **kwargs)


def _rows_counted(expectation: Expectation, kwargs: dict[str, Any]) -> Any:
    """An SQL check that counts its rows, without a second query for the rows themselves."""
    return _row_count_class()(**_described(expectation), **kwargs)


def _described(expectation: Expectation) -> dict[str, Any]:
    return {"severity": _SEVERITIES[expectation.severity], "meta": {_NAME: expectation.name}}


@cache
def _row_count_class() -> Any:
    from great_expectations.expectations.core import UnexpectedRowsExpectation

    counted = "unexpected_rows_query.row_count"

    class CountUnexpectedRows(UnexpectedRowsExpectation):
        metric_dependencies = (counted,)

        def _validate(self, metrics: dict[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
            return {"success": metrics[counted] == 0}

    return CountUnexpectedRows


def _validate(
    batch: Any, suite: Suite, checks: Mapping[str, Any], result_format: Mapping[str, Any]
) -> dict[str, Any]:
    """GX's results by the names of the checks; none for what GX passes over."""
    import great_expectations as gx

    together = gx.ExpectationSuite(name=suite.table, expectations=list(checks.values()))
    found = batch.validate(together, result_format=result_format)
    return {item.expectation_config.meta[_NAME]: item for item in found.results}
