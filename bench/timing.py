"""Two things timed by turns, and what the machine was.

Belongs here: medians, spreads, ratios, the record on disk. What is timed is the other modules'.
"""

import math
import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

_PACKAGES = ("dagster", "dbt-core", "dbt-duckdb", "dlt", "duckdb", "great-expectations", "pyarrow")


@dataclass(frozen=True)
class Timed:
    """One thing, timed several times. `wall` and `cpu`: seconds, one per repeat; CPU of all threads of
    this process, empty where the work is another process's."""

    name: str
    wall: tuple[float, ...]
    cpu: tuple[float, ...] = ()

    @property
    def median(self) -> float:
        return statistics.median(self.wall)

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "wall_seconds": [round(value, 4) for value in self.wall],
            "cpu_seconds": [round(value, 4) for value in self.cpu],
            "wall_median": round(self.median, 4),
            "wall_spread": [round(min(self.wall), 4), round(max(self.wall), 4)],
            "cpu_median": round(statistics.median(self.cpu), 4) if self.cpu else None,
        }


def alternate(
    things: Mapping[str, Callable[[], object]], repeats: int, before: Callable[[], object] = lambda: None
) -> dict[str, Timed]:
    """Time each thing `repeats` times, by turns, so that what else runs on the machine meets them all.
    `before` is done before each and not timed."""
    wall: dict[str, list[float]] = {name: [] for name in things}
    cpu: dict[str, list[float]] = {name: [] for name in things}
    for _ in range(repeats):
        for name, thing in things.items():
            before()
            begun, begun_cpu = time.perf_counter(), time.process_time()
            thing()
            wall[name].append(time.perf_counter() - begun)
            cpu[name].append(time.process_time() - begun_cpu)
    return {name: Timed(name, tuple(wall[name]), tuple(cpu[name])) for name in things}


def ratios(above: Sequence[float], below: Sequence[float]) -> dict[str, Any]:
    """Turn by turn `above` ÷ `below`: median, smallest, largest."""
    values = sorted(first / second for first, second in zip(above, below, strict=True))
    return {
        "median": round(statistics.median(values), 3),
        "spread": [round(values[0], 3), round(values[-1], 3)],
    }


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "system": platform.platform(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "load_average": [round(value, 2) for value in os.getloadavg()],
        "python": platform.python_version(),
        "packages": {name: version(name) for name in _PACKAGES},
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor()


def growth_exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """The b of cost = a * size^b: least squares on logarithms. 1 is proportional. Raises ValueError where
    there are fewer than two sizes, or one is not positive."""
    if len(sizes) < 2 or len(sizes) != len(costs):
        raise ValueError("growth needs two sizes or more, with a cost each")
    across = [math.log(size) for size in sizes]
    up = [math.log(cost) for cost in costs]
    return round(statistics.linear_regression(across, up).slope, 3)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def own_peak() -> int:
    """Peak resident memory of this process in bytes. Linux hands `ru_maxrss` on from the process that
    started this one, so its own figure is read there."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
