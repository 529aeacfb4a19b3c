"""docs/worked-example.md: every result that was worked out by hand against what the pipeline publishes."""

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.settings import PROJECT_ROOT
from tests.conftest import FIXTURES, run_pipeline

pytestmark = pytest.mark.long

# A query and the table that it gives, under the heading that says how its figures were worked out.
_EXAMPLE = re.compile(r"```sql\n(?P<sql>.+?)\n```\n\n(?P<table>(?:\|[^\n]*\|\n)+)", re.DOTALL)
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_PLACES = 4  # as many as the page shows


def examples() -> list[Any]:
    """One parameter set per query of the page: its SQL, and the rows below it as text."""
    text = (PROJECT_ROOT / "docs" / "worked-example.md").read_text(encoding="utf-8")
    found = []
    for match in _EXAMPLE.finditer(text):
        header, _, *rows = (
            [cell.strip() for cell in line.strip("|").split("|")] for line in match["table"].splitlines()
        )
        heading = [m[1] for m in _HEADING.finditer(text[: match.start()])][-1]
        found.append(pytest.param(match["sql"], header, rows, id=f"{heading}-{len(found)}"))
    return found


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("worked") / "data"
    ran = run_pipeline(home, FIXTURES / "worked_example" / "sources.yaml", "2026-06-30")
    assert ran.code == 0, ran.output
    return home / "published" / "current.duckdb"


@pytest.mark.parametrize(("sql", "header", "rows"), examples())
def test_figures_are_those_worked_out_by_hand(
    published: Path, sql: str, header: list[str], rows: list[list[str]]
) -> None:
    with duckdb.connect(str(published), read_only=True) as connection:
        result = connection.execute(sql)
        columns = [column[0] for column in result.description]
        measured = [[_written(value) for value in row] for row in result.fetchall()]
    assert columns == header
    assert measured == rows


def test_half_a_day_of_staleness_is_published_as_it_was_written(published: Path) -> None:
    with duckdb.connect(str(published), read_only=True) as connection:
        found = connection.execute(
            "select distinct max_staleness_days from meta_loads where max_staleness_days > 0"
        )
        assert found.fetchall() == [(Decimal("1.5"),)]


def test_the_page_has_its_examples() -> None:
    assert len(examples()) >= 11


def _written(value: Any) -> str:
    """A value as the page writes it: null is empty, numbers without needless digits."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | Decimal):
        return f"{round(float(value), _PLACES) + 0:.{_PLACES}f}".rstrip("0").rstrip(".")
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)
