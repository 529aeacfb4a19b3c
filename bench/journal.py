"""The report as it grows: every finished measure, and the finished parts of one that was interrupted.

Belongs here: what is on disk, and whether it still speaks of this code. What is measured is elsewhere.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration.lib.builds import write_json
from orchestration.settings import PROJECT_ROOT

_CODE = ("bench", "orchestration", "expectations", "dbt_project")
_KINDS = {".py", ".sql", ".yml", ".yaml", ".csv", ".json"}
_NOT_CODE = {"target", "logs", "dbt_packages", "__pycache__"}


def code_fingerprint(folders: Iterable[Path] = tuple(PROJECT_ROOT / name for name in _CODE)) -> str:
    """Twelve characters that differ where any code, model, seed or suite under `folders` does."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            relative = path.relative_to(folder)
            if path.suffix in _KINDS and not _NOT_CODE & set(relative.parts):
                digest.update(f"{folder.name}/{relative}".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


class Journal:
    """One report, written anew after every part, so that what was interrupted goes on where it stopped.

    `measures`: results by name and size; `parts`: parts of measures that are not finished, likewise.
    What was measured with other code or another number of repeats is measured again.
    """

    def __init__(self, path: Path, machine: Mapping[str, Any], code: str) -> None:
        """Goes on with the report at `path` where there is one."""
        self.path = path
        self._code = code
        self._document: dict[str, Any] = {"machine": dict(machine), "measures": {}, "parts": {}}
        if path.is_file():
            found = json.loads(path.read_text(encoding="utf-8"))
            self._document["measures"] = found["measures"]
            self._document["parts"] = found["parts"]

    def result(self, name: str, size: str) -> dict[str, Any] | None:
        """Result of a finished measure at a size, of this code and however many repeats."""
        entry = self._document["measures"].get(f"{name} {size}")
        return entry["result"] if entry is not None and entry["code"] == self._code else None

    def finished(self, key: str, repeats: int) -> dict[str, Any] | None:
        """Result of a measure taken with this code and as many repeats; None where there is none."""
        entry = self._document["measures"].get(key)
        is_same = entry is not None and (entry["code"], entry["repeats"]) == (self._code, repeats)
        return entry["result"] if is_same else None

    def finish(self, key: str, repeats: int, result: Mapping[str, Any]) -> None:
        """Keep a result; its parts are not needed any more."""
        self._document["measures"][key] = self._stamp() | {"repeats": repeats, "result": dict(result)}
        self._document["parts"].pop(key, None)
        self._write()

    def part(self, key: str, name: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """What `work` returned, now or before the interruption. `process` tells which parts were timed
        in one process."""
        parts = self._document["parts"].setdefault(key, {})
        kept = parts.get(name)
        if kept is None or kept["code"] != self._code:
            parts[name] = self._stamp() | {"process": os.getpid(), "result": work()}
            self._write()
        return dict(parts[name]["result"])

    def forget_parts(self) -> None:
        """Whatever is not a finished measure is measured again."""
        self._document["parts"] = {}

    def _stamp(self) -> dict[str, Any]:
        return {
            "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "load_average": round(os.getloadavg()[0], 2),
            "code": self._code,
        }

    def _write(self) -> None:
        write_json(self.path, self._document)
