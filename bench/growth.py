"""8: whole builds in processes of their own: time, peak of memory, and how both grow with the data.

Belongs here: builds as `make run` does them, from landing to what is served, under 4 GB for DuckDB.
"""

from typing import Any

from bench.homes import MEMORY_LIMIT, SCALES
from bench.task import Task
from bench.timing import Timed, growth_exponent
from bench.turns import turns
from bench.whole_runs import nodes, steps
from orchestration.lib.warehouse import warehouse_build_id
from orchestration.settings import Settings

AIM_EXPONENT = 1.05
AIM_SECONDS = {"16x": 1800}  # on two cores
_COSTS = {"time": "build_seconds", "CPU time": "build_cpu_seconds", "peak of memory": "build_peak_bytes"}


def measure(task: Task) -> dict[str, Any]:
    """What the rebuilds of the turns took. `exponent`: least squares on logarithms over
    this size and the smaller ones that this day's report has, of the data's scale."""
    costs = [turn["rebuild"] for turn in turns(task)]
    settings = task.homes.built(task.size)
    build_id = warehouse_build_id(settings)
    timed = Timed(
        "build, checks and publication",
        tuple(cost["seconds"] for cost in costs),
        tuple(cost["cpu_seconds"] for cost in costs),
    )
    landing = task.homes.landing_cost(task.size)
    figures = {
        "scale": SCALES[task.size],
        "build_seconds": timed.median,
        "build_cpu_seconds": timed.to_dict()["cpu_median"],
        "build_peak_bytes": max(cost["peak_bytes"] for cost in costs),
        "landing_seconds": landing["seconds"],
        "landing_peak_bytes": landing["peak_bytes"],
    }
    return {
        "memory_limit": MEMORY_LIMIT,
        "aim_exponent": AIM_EXPONENT,
        "aim_seconds": AIM_SECONDS.get(task.size, "none"),
        **figures,
        **sizes_of(settings),
        "exponent": _exponents(task, figures),
        "steps": steps(settings, build_id),
        "slowest": nodes(settings, build_id),
        "timed": [timed.to_dict()],
    }


def sizes_of(settings: Settings) -> dict[str, int]:
    """Bytes of what a home holds, by what it is."""
    folders = {"landing": settings.landing, "published": settings.published}
    sizes = {
        f"{name}_bytes": sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        for name, folder in folders.items()
    }
    return sizes | {"warehouse_bytes": settings.warehouse.stat().st_size}


def _exponents(task: Task, figures: dict[str, Any]) -> dict[str, float]:
    """By cost; empty where no smaller size has been measured."""
    known = [found for size, found in task.others.items() if SCALES[size] < SCALES[task.size]]
    together = [*known, figures]
    if len(together) < 2:
        return {}
    scales = [each["scale"] for each in together]
    return {name: growth_exponent(scales, [each[cost] for each in together]) for name, cost in _COSTS.items()}
