"""How far a long load has come, told now and then.

Belongs here: the rhythm. What is told, whoever counts it; where it goes is the caller's (Dagster's log).
"""

import time
from collections.abc import Callable

EVERY_SECONDS = 10.0


class NowAndThen:
    """Passes on at most one text in `EVERY_SECONDS`, and none in the first. `clock`: seconds."""

    def __init__(self, tell: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._tell, self._clock = tell, clock
        self._told = clock()

    def __call__(self, text: str) -> None:
        """Tell `text` if it is time."""
        now = self._clock()
        if now - self._told >= EVERY_SECONDS:
            self._told = now
            self._tell(text)
