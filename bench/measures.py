"""What can be measured, by name: the one list that `python -m bench` goes through.

Belongs here: the form of a measure, and the list. A new measure is a module with a function that takes a
`Task`, and a line here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench import api_ingest, code_location, file_ingest, lead_scoring, whole_runs
from bench.homes import Homes

Part = Callable[[str, Callable[[], dict[str, Any]]], dict[str, Any]]


@dataclass(frozen=True)
class Task:
    """What a measure is given. `work`: an empty folder that is removed afterwards; `size`: one of
    `homes.SCALES`, of no meaning where the measure has no sizes; `rows`: of the file of measure 6;
    `part(name, work)`: what `work()` returned, now or before the measure was interrupted."""

    work: Path
    repeats: int
    size: str
    homes: Homes
    rows: int
    part: Part


@dataclass(frozen=True)
class Measure:
    """`number`: as in the list of docs/performance.md; `run` gives figures for the report: `timed` (of
    `Timed.to_dict`), ratios (of `ratios`), dictionaries of seconds, lists of rows, plain values."""

    name: str
    number: str
    title: str
    run: Callable[[Task], dict[str, Any]]
    has_sizes: bool = False


def _files(task: Task) -> dict[str, Any]:
    return file_ingest.measure(task.work, rows=task.rows, repeats=task.repeats)


def _pages(task: Task) -> dict[str, Any]:
    return api_ingest.measure(task.work, rows=task.rows // 10, repeats=task.repeats)


def _leads(task: Task) -> dict[str, Any]:
    return lead_scoring.measure(task.work, part=task.part)


def _unsized(measure: Callable[..., dict[str, Any]], task: Task) -> dict[str, Any]:
    return measure(task.work, repeats=task.repeats)


MEASURES = (
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
