"""How long Dagster waits for the code location: what every `make ui`, schedule tick and reload pays."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.timing import alternate
from orchestration.lib.build_inputs import enabled_systems
from orchestration.lib.dbt_project import ensure_parsed
from orchestration.settings import DEFAULT_SOURCES, PROJECT_ROOT, Settings
from orchestration.sources_file import load_sources_file

AIM_SECONDS = 15.0
_LOAD = "from orchestration.definitions import defs; print(len(defs.get_repository_def().assets_defs_by_key))"


def measure(work: Path, *, repeats: int) -> dict[str, Any]:
    """Seconds to load the demo's code location in a fresh process, dbt's project parsed before, as it is
    whenever neither it nor the sources file has changed; beside the bare import of dagster-dbt."""
    settings = Settings(home=work, sources_file=DEFAULT_SOURCES)
    ensure_parsed(settings, enabled_systems(load_sources_file(settings.sources_file)))
    environment = {**os.environ, "PIPELINE_HOME": str(work), "DO_NOT_TRACK": "1"}
    environment.pop("PIPELINE_SOURCES", None)
    loaded: list[int] = []

    def python(code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    timed = alternate(
        {
            "code location": lambda: loaded.append(int(python(_LOAD).split()[-1])),
            "import dagster_dbt": lambda: python("import dagster_dbt"),
        },
        repeats,
    )
    return {
        "timed": [item.to_dict() | {"cpu_median": None} for item in timed.values()],
        "assets": loaded[-1],
        "seconds_aim": AIM_SECONDS,
    }
