"""Dagster's instance folder: its `dagster.yaml`, made by us and kept as long as nobody has changed it.

Belongs here: which file the instance gets. What the settings mean stands beside them in
`orchestration/dagster.yaml`.
"""

import hashlib
from pathlib import Path

from orchestration.settings import DAGSTER_POSTGRES_URL, PROJECT_ROOT, Settings

_MARK = "# Made by Pipeline Truth; replaced by newer ones until you change it. "
# Runs, events and ticks in a server: SQLite locks up where several processes write at once.
_POSTGRES = f"""
storage:
  postgres:
    postgres_url: {{env: {DAGSTER_POSTGRES_URL}}}
"""


def prepare_dagster_home(settings: Settings) -> Path:
    """Make `$PIPELINE_HOME/dagster` with a `dagster.yaml`, and return that file.

    One that was made here is brought up to date (a newer project, another storage); one that somebody
    wrote or changed stays as it is.
    """
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    target = settings.dagster_home / "dagster.yaml"
    if not target.exists() or _is_ours(target.read_text(encoding="utf-8")):
        text = instance_config(is_postgres=settings.are_runs_in_postgres)
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            scratch = target.with_suffix(".tmp")
            scratch.write_text(text, encoding="utf-8")
            scratch.replace(target)
    return target


def instance_config(*, is_postgres: bool) -> str:
    """Text of `dagster.yaml`: SQLite beside the data, or the server that `DAGSTER_POSTGRES_URL` names."""
    base = (PROJECT_ROOT / "orchestration" / "dagster.yaml").read_text(encoding="utf-8")
    body = base + (_POSTGRES if is_postgres else "")
    return f"{_MARK}{_digest(body)}\n{body}"


def _is_ours(text: str) -> bool:
    first, _, body = text.partition("\n")
    return first == f"{_MARK}{_digest(body)}"


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:16]
