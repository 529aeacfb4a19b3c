"""The example queries of docs/questions: SQL files that run on the published file.

Belongs here: reading the files and their headers. What they answer on the generated organisation is
tests/integration/test_questions.py; the page that lists them is made by docs/generate.py.
"""

from dataclasses import dataclass
from pathlib import Path

from orchestration.errors import PipelineError
from orchestration.settings import PROJECT_ROOT

QUESTIONS_DIR = PROJECT_ROOT / "docs" / "questions"
_HEADERS = ("Question", "Complaint", "Tables")
_STARTS = tuple(f"-- {header}: " for header in _HEADERS)


@dataclass(frozen=True)
class Question:
    """One example query. `title`: the question; `tables`: published tables that it reads, the main one first;
    `sql`: the whole file."""

    path: Path
    title: str
    tables: tuple[str, ...]
    sql: str

    @property
    def number(self) -> int:
        """Of the complaint that it answers."""
        return int(self.path.stem.split("-")[0])

    @property
    def body(self) -> str:
        """The query without the comments of whole lines."""
        lines = [line for line in self.sql.splitlines() if not line.startswith("--")]
        return "\n".join(lines).strip()


def all_questions(folder: Path = QUESTIONS_DIR) -> list[Question]:
    """One per complaint, by number. Raises PipelineError naming the file that lacks a header line."""
    found = []
    for path in sorted(folder.glob("[0-9]*.sql")):
        sql, said = _read(path, _HEADERS)
        found.append(Question(path, said["Question"], tuple(said["Tables"].split(", ")), sql))
    return found


def table_examples(folder: Path = QUESTIONS_DIR) -> list[Question]:
    """One per table that is nobody's main table above, by table. Raises as above."""
    found = []
    for path in sorted((folder / "tables").glob("*.sql")):
        sql, said = _read(path, _HEADERS[:1])
        found.append(Question(path, said["Question"], (path.stem,), sql))
    return found


def _read(path: Path, headers: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    sql = path.read_text(encoding="utf-8")
    said = dict(line[3:].split(": ", 1) for line in sql.splitlines() if line.startswith(_STARTS))
    for header in headers:
        if header not in said:
            raise PipelineError(f"{path.name} lacks `-- {header}: …`", "Write it at the top of the file.")
    return sql, said
