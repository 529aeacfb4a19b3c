"""The example queries of docs/questions: one SQL file per complaint, that runs on the published file.

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
    """One example query. `title`: the question; `complaint`: what people say; `tables`: published tables that
    it reads, the main one first; `sql`: the whole file; `body`: without its comments of whole lines."""

    path: Path
    title: str
    complaint: str
    tables: tuple[str, ...]
    sql: str

    @property
    def number(self) -> int:
        return int(self.path.stem.split("-")[0])

    @property
    def body(self) -> str:
        lines = [line for line in self.sql.splitlines() if not line.startswith("--")]
        return "\n".join(lines).strip()


def all_questions(folder: Path = QUESTIONS_DIR) -> list[Question]:
    """Every question, by number. Raises PipelineError naming the file that lacks a header line."""
    return [_read(path) for path in sorted(folder.glob("[0-9]*.sql"))]


def _read(path: Path) -> Question:
    sql = path.read_text(encoding="utf-8")
    said = dict(line[3:].split(": ", 1) for line in sql.splitlines() if line.startswith(_STARTS))
    missing = [header for header in _HEADERS if header not in said]
    if missing:
        raise PipelineError(f"{path.name} lacks `-- {missing[0]}: …`", "Write it at the top of the file.")
    tables = tuple(said["Tables"].split(", "))
    return Question(path, said["Question"], said["Complaint"], tables, sql)
