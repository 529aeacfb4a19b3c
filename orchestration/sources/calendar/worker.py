"""The process that expands calendars, and the handle to it.

Belongs here: starting, talking to, killing and replacing it. One process serves many calendars.

A plain subprocess, not multiprocessing: spawn and forkserver both run the parent's main script again
in the child, which in a Dagster run means importing Dagster (3.5 s) in a process whose memory is
bounded; and a daemonic parent may not start one at all. The answer comes as JSON, so that nothing a
calendar makes of the child is executed here.
"""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import traceback
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from multiprocessing.connection import Connection
from types import TracebackType

from orchestration.sources.calendar.calendar_text import keepable_text
from orchestration.sources.calendar.occurrences import expand_bytes
from orchestration.sources.calendar.shapes import Expansion, ExpansionLimits, Rejection, Scope

# icalendar takes some 20 times a file's size; with the default 20 MB that is far below.
_MEMORY_BYTES = 2 << 30
_START_SECONDS = 60
_OUT_OF_MEMORY = "out_of_memory"


class ExpansionWorker:
    """Expands calendars in a process that is killed and replaced when one takes too long.

    A context manager; the process starts with the first calendar. Not for use by several threads.
    """

    def __init__(self, limits: ExpansionLimits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None

    def __enter__(self) -> "ExpansionWorker":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def expand(self, content: bytes, scope: Scope) -> Expansion:
        """As `expand_bytes`; a calendar that takes longer than `seconds_per_file`, more memory than
        there is, or the process down with it, is rejected whole."""
        connection = self._connection or self._start()
        request = json.dumps(
            {"scope": asdict(scope), "limits": asdict(self._limits)}, default=datetime.isoformat
        )
        try:
            connection.send_bytes(request.encode())
            connection.send_bytes(content)
            if not connection.poll(self._limits.seconds_per_file):
                return self._give_up(
                    content, "too_slow", f"takes more than {self._limits.seconds_per_file:g} s to expand"
                )
            answer = json.loads(connection.recv_bytes())
        except (EOFError, OSError):
            return self._give_up(content, "worker_ended", "the process that expands calendars ended on it")
        if failure := answer.get("failure"):
            return self._give_up(content, failure["code"], failure["reason"])
        return Expansion(
            rows=[(number, tuple(values)) for number, values in answer["rows"]],
            rejected=[Rejection(**rejection) for rejection in answer["rejected"]],
            unknown_zones=answer["unknown_zones"],
        )

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        if self._connection:
            self._connection.close()
        if self._process:
            self._process.kill()
            self._process.wait()
        self._process = self._connection = None

    def _give_up(self, content: bytes, code: str, reason: str) -> Expansion:
        self.stop()
        return Expansion(rejected=[Rejection(0, code, reason, keepable_text(content))])

    def _start(self) -> Connection:
        ours, theirs = socket.socketpair()
        with theirs:
            # No variables of ours: among them are the sources' credentials.
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-W", "ignore", "-m", __name__, str(theirs.fileno())],
                env={"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path)), "PYTHONUTF8": "1"},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )
        self._connection = Connection(ours.detach())
        try:
            if self._connection.poll(_START_SECONDS) and self._connection.recv_bytes():
                return self._connection
        except (EOFError, OSError):
            pass
        self.stop()
        raise RuntimeError("the process that expands calendars did not start; its own error is printed above")


def serve(connection: Connection) -> None:
    """The child's loop: one calendar in, one answer out, until the parent is gone."""
    with suppress(ValueError, OSError):  # where the system has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    connection.send_bytes(b"ready")
    while True:
        try:
            request = json.loads(connection.recv_bytes())
            content = connection.recv_bytes()
        except (EOFError, OSError):
            return
        limits = ExpansionLimits(**request["limits"])
        # Should the parent die meanwhile, nobody kills this process but the system.
        signal.setitimer(signal.ITIMER_PROF, 2 * limits.seconds_per_file)
        connection.send_bytes(json.dumps(_answer(content, request["scope"], limits)).encode())


def _answer(content: bytes, scope: dict, limits: ExpansionLimits) -> dict:
    window = {name: datetime.fromisoformat(scope[name]) for name in ("window_start", "window_end")}
    try:
        expansion = expand_bytes(content, Scope(**scope | window), limits)
        return {
            "rows": expansion.rows,
            "rejected": [asdict(rejection) for rejection in expansion.rejected],
            "unknown_zones": expansion.unknown_zones,
        }
    except MemoryError:
        return _failure(_OUT_OF_MEMORY, f"takes more than {_MEMORY_BYTES:,} bytes of memory to expand")
    except Exception as error:  # a defect: say where, without the calendar's words in a log
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return _failure(
            "defect", f"{type(error).__name__} in {frame.name}, line {frame.lineno} of {frame.filename}"
        )


def _failure(code: str, reason: str) -> dict:
    return {"failure": {"code": code, "reason": reason}}


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])))
