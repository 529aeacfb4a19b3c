"""What a measure is given, and the form of one.

Belongs here: `Task` and `Measure`, which the measures import. The list of them is `measures`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.homes import Homes

Part = Callable[[str, Callable[[], dict[str, Any]]], dict[str, Any]]
SharedPart = Callable[[str, str, Callable[[], dict[str, Any]]], dict[str, Any]]


@dataclass(frozen=True)
class Task:
    """What a measure is given. `work`: an empty folder that is removed afterwards; `size`: one of
    `homes.SCALES`, of no meaning where the measure has no sizes; `rows`: of the file of measure 6;
    `part(name, work)`: what `work()` returned, now or before the measure was interrupted; `shared(key,
    name, work)`: the same for what several measures need; `others`: results of this measure by size, as far
    as this day's report has them."""

    work: Path
    repeats: int
    size: str
    homes: Homes
    rows: int
    part: Part
    shared: SharedPart
    others: Mapping[str, dict[str, Any]]


@dataclass(frozen=True)
class Measure:
    """`number`: as in the list of docs/performance.md; `run` gives figures for the report: `timed` (of
    `Timed.to_dict`), ratios (of `ratios`), dictionaries of seconds, lists of rows, plain values."""

    name: str
    number: str
    title: str
    run: Callable[[Task], dict[str, Any]]
    has_sizes: bool = False
