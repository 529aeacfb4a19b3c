"""2: a build that goes on from the last one, after a day on which one record in a hundred is new or changed,
against a rebuild from the same landing; every published row of both compared.

Belongs here: what the two are divided by each other for. The builds are `turns`, the day is `day`.
"""

from typing import Any

from bench.task import Task
from bench.timing import Timed, ratios
from bench.turns import turns

AIM = 0.2
_SLOWEST = 12
_COSTS = {"wall": "seconds", "cpu": "cpu_seconds", "dbt_wall": "dbt_seconds"}
_BUILDS = {"incremental": "the day after", "rebuild": "rebuild"}


def measure(task: Task) -> dict[str, Any]:
    """Seconds of both builds and their ratio, by turns. Raises RuntimeError where a published row differs."""
    taken = turns(task)
    times = {
        name: {cost: [turn[name][cost] for turn in taken] for cost in _COSTS.values()} for name in _BUILDS
    }
    on, anew = times["incremental"], times["rebuild"]
    last = taken[-1]["incremental"]["by_node"]
    return {
        "aim": AIM,
        **{f"incremental_of_rebuild_{name}": ratios(on[cost], anew[cost]) for name, cost in _COSTS.items()},
        "landed_rows_of_the_day": taken[-1]["landed_rows"],
        "landed_rows_before": taken[-1]["landed_before"],
        "published_tables_compared": taken[-1]["tables_compared"],
        "slowest_nodes_of_the_day_after": [
            {"node": node.split(".")[2], "seconds": seconds}
            for node, seconds in sorted(last.items(), key=lambda item: -item[1])[:_SLOWEST]
        ],
        "timed": [
            item.to_dict()
            for name, title in _BUILDS.items()
            for item in (
                Timed(f"{title}, whole", tuple(times[name]["seconds"]), tuple(times[name]["cpu_seconds"])),
                Timed(f"{title}, dbt", tuple(times[name]["dbt_seconds"])),
            )
        ],
    }
