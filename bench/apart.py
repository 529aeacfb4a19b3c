"""`python -m bench.apart build …`: one command of the pipeline, and what it cost, as a line of JSON.

Belongs here: what a process can only say about itself.
"""

import json
import sys
import time

_BEGUN = time.perf_counter()


def main() -> int:
    """Run the command as `python -m orchestration` would; returns its exit code."""
    from bench.timing import own_peak  # noqa: PLC0415 - its imports belong to what is timed
    from orchestration.cli import main as orchestration  # noqa: PLC0415

    code = orchestration(sys.argv[1:])
    cost = {
        "seconds": round(time.perf_counter() - _BEGUN, 2),
        "cpu_seconds": round(time.process_time(), 2),
        "peak_bytes": own_peak(),
    }
    sys.stdout.write("\n" + json.dumps(cost) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
