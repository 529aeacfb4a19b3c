"""When the close date of a deal is set and moved, and to which day.

Belongs here: slipping, honest and hopeful. The other moves of a deal are in `deals.py`.
"""

import numpy as np

from orchestration.sources.demo.clock import Clock, month_of
from orchestration.sources.demo.codes import FODDER, KEY, KEY_HABIT, NEVER, ROTTEN, SLIPPING

MOST_PUSHES = 9


def close_dates(
    rng: np.random.Generator, label: np.ndarray, start: np.ndarray, planned: np.ndarray, clock: Clock
) -> tuple[np.ndarray, np.ndarray]:
    """When the close date was set, and to which day; unused settings are NEVER."""
    n = len(start)
    day = clock.business
    created = day[start]
    end = np.minimum(planned, len(day) - 1)
    pushes = np.full((n, MOST_PUSHES), NEVER)
    dates = np.zeros((n, MOST_PUSHES), np.int64)
    pushes[:, 0] = start
    times = rng.choice(3, n, p=[0.6, 0.3, 0.1])
    final = day[end] + np.where(label == FODDER, 0, rng.integers(1, 12, n))
    times = np.where(np.isin(label, [FODDER, KEY, KEY_HABIT]), 0, times)
    half = start + np.maximum(1, (end - start) * 5 // 10)
    late = np.maximum(start + np.maximum(1, (end - start) * 8 // 10), half + 1)
    soon = rng.integers(3, 9, (n, 2))
    first, second = day[half] + soon[:, 0], np.maximum(day[late] + soon[:, 1], day[half] + soon[:, 0] + 1)
    dates[:, 0] = np.where(times > 0, first, final)
    pushes[:, 1] = np.where(times > 0, half, NEVER)
    dates[:, 1] = np.where(times > 1, second, np.maximum(final, first + 1))
    pushes[:, 2] = np.where(times > 1, late, NEVER)
    dates[:, 2] = np.maximum(final, second + 1)
    steps = np.arange(MOST_PUSHES)
    hopeful = (label == SLIPPING)[:, None]
    pushes = np.where(hopeful, start[:, None] + 10 * steps, pushes)
    dates = np.where(hopeful, (created + 28)[:, None] + 31 * steps, dates)
    rotten = (label == ROTTEN)[:, None]
    pushes = np.where(
        rotten, np.where(steps == 0, start[:, None], np.where(steps == 1, start[:, None] + 35, NEVER)), pushes
    )
    dates = np.where(rotten, np.where(steps == 0, (created + 60)[:, None], (created + 95)[:, None]), dates)
    month_end = month_of(dates[:, 0]) != month_of(dates[:, 0] + 1)
    dates[:, 0] += month_end & (
        pushes[:, 1] == NEVER
    )  # the last day of a month is what a placeholder looks like
    return pushes, dates
