"""Servers that tests start, and how they end."""

import subprocess
from typing import Any


def stop(process: "subprocess.Popen[Any]", seconds: float = 10) -> None:
    """End a server: asked first, killed where it does not listen (trytond, on a busy machine)."""
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(seconds)
