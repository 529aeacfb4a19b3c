"""Two things timed by turns, and what the machine was.

Belongs here: medians, spreads, ratios, the record on disk. What is timed is the other modules'.
"""

import json
import os
import platform
import statistics
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


def alternate(things: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, Timed]:
    """Time each thing `repeats` times, by turns, so that what else runs on the machine meets them all."""
    wall: dict[str, list[float]] = {name: [] for name in things}
    cpu: dict[str, list[float]] = {name: [] for name in things}
    for _ in range(repeats):
        for name, thing in things.items():
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


def write_report(path: Path, report: Mapping[str, Any]) -> None:
    """Write a report as JSON, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
