"""Being stopped: Ctrl-C and SIGTERM end a command with one message, after it has tidied up.

Belongs here: turning the two signals into one exception that unwinds like Ctrl-C, so that Dagster and dbt
end their run, locks are given back and half-written files are removed.
"""

import functools
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
# dbt reads its parsed project with `except:` clauses that swallow the exception (measured: the build went
# on to its end), so it is raised again until it comes out.
_AGAIN_SECONDS = 5.0
_AT_ONCE_SECONDS = 0.01  # time to leave the callback that swallowed it
_asked: list[int] = []  # the signal that this process was told to stop by; signals are the process's


class Stopped(KeyboardInterrupt):
    """A command was told to stop by signal `number`. Dagster and dbt know a KeyboardInterrupt."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


@contextmanager
def stoppable() -> Iterator[None]:
    """Raise `Stopped` at the first signal; the second ends the process at once, as it always would.

    Entered again inside a step, because Dagster puts its own handlers there. Not on the main thread it
    does nothing: Python runs handlers on that only. A stop that the work swallowed is raised at its end.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    told = sys.unraisablehook
    sys.unraisablehook = functools.partial(_raise_again, told)
    before = {number: signal.signal(number, _stop) for number in (*_SIGNALS, signal.SIGALRM)}
    try:
        yield
        raise_if_stopped()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.unraisablehook = told
        for number, handler in before.items():
            signal.signal(number, handler)


def is_stopped() -> bool:
    """Whether this process was told to stop."""
    return bool(_asked)


def raise_if_stopped() -> None:
    """For after a call that turns every exception into a result."""
    if _asked:
        raise Stopped(_asked[0])


def _stop(number: int, _: FrameType | None) -> None:
    if number in _SIGNALS:
        if _asked:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        _asked.append(number)
        signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS, _AGAIN_SECONDS)
    raise_if_stopped()


def _raise_again(told: Callable[["sys.UnraisableHookArgs"], None], what: "sys.UnraisableHookArgs") -> None:
    """A handler runs between any two instructions, so also in a `__del__` or a weak reference's callback
    (every import has some). Python drops what is raised there after printing a traceback of it."""
    if isinstance(what.exc_value, Stopped):
        signal.setitimer(signal.ITIMER_REAL, _AT_ONCE_SECONDS, _AGAIN_SECONDS)
    else:
        told(what)
