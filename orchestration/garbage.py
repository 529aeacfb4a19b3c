"""Python's search for unreachable cycles, made rare while a build runs.

Belongs here: its thresholds. dbt's project, Dagster's events and the imports are objects by the hundred
thousand that live as long as the process; looking through all of them again and again was 9.5 of the 72 s
of a demo's run, now 3.8 of 61 (docs/performance.md). Memory stays within the spread of runs.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# The search of everything is what costs: it is due after 6,000,000 new objects instead of 70,000.
_THRESHOLDS = (1000, 30, 200)


@contextmanager
def rare_collections() -> Iterator[None]:
    """Inside, cycles are looked for rarely; afterwards as often as before. May be entered again inside."""
    before = gc.get_threshold()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
