"""What can be measured, by name: the one list that `python -m bench` goes through.

Belongs here: the list. A new measure is a module with a function that takes a `Task`, and a line here.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from bench import (
    api_ingest,
    bi_reads,
    code_location,
    file_ingest,
    gate_pass,
    growth,
    incremental,
    lead_scoring,
    pandas_answers,
    publication,
    whole_build,
    whole_runs,
)
from bench.task import Measure, Task


def _files(task: Task) -> dict[str, Any]:
    return file_ingest.measure(task.work, rows=task.rows, repeats=task.repeats)


def _pages(task: Task) -> dict[str, Any]:
    return api_ingest.measure(task.work, rows=task.rows // 10, repeats=task.repeats)


def _leads(task: Task) -> dict[str, Any]:
    return lead_scoring.measure(task.work, part=task.part)


def _unsized(measure: Callable[..., dict[str, Any]], task: Task) -> dict[str, Any]:
    return measure(task.work, repeats=task.repeats)


MEASURES = (
    Measure("growth", "8", "whole builds: time, peak of memory, growth", growth.measure, has_sizes=True),
    Measure("build", "1", "dbt against DuckDB alone", whole_build.measure, has_sizes=True),
    Measure("incremental", "2", "a day of changes against a rebuild", incremental.measure, has_sizes=True),
    Measure("gate", "3", "the gate against one SQL pass per table", gate_pass.measure, has_sizes=True),
    Measure("publish", "4", "publication against a plain copy", publication.measure, has_sizes=True),
    Measure("reads", "9", "BI queries, at rest and while publishing", bi_reads.measure, has_sizes=True),
    Measure("pandas", "10", "the same questions by pandas", pandas_answers.measure, has_sizes=True),
    Measure(
        "run",
        "5",
        "a run with nothing new against the bare imports; where the time of a build goes",
        partial(_unsized, whole_runs.measure),
    ),
    Measure("file", "6a", "file ingestion against DuckDB's typed CSV read", _files),
    Measure("api", "6b", "pages of an API against direct Arrow writing", _pages),
    Measure("leads", "7", "leads scored and deduplicated, and the day after", _leads),
    Measure(
        "load",
        "",
        "loading the code location, with the dbt project parsed",
        partial(_unsized, code_location.measure),
    ),
)
