"""Exports for people: every cell is data, whatever it begins with."""

from pathlib import Path

import duckdb
import openpyxl
import pytest

from orchestration.errors import PipelineError
from orchestration.lib.spreadsheets import export_tables
from orchestration.settings import Settings

FORMULAS = [
    "=1+1",
    "+49",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "  =1",
    "'=1",
    '"=1',
    "＝1",
    "\n=cmd|' /C calc'!A0",
]
HARMLESS = ["Ann", "a=b", "", None, "1-2", "Müller", "王伟"]


@pytest.fixture
def published(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path / "data", sources_file=tmp_path / "none.yaml")
    version = settings.published / "v-1"
    version.mkdir(parents=True)
    with duckdb.connect(str(version / "marts.duckdb")) as connection:
        connection.execute(
            "create table fct_leads (lead_id varchar, age_days integer, amount decimal(18, 2))"
        )
        connection.executemany(
            "insert into fct_leads values (?, -5, -1.50)", [[t] for t in FORMULAS + HARMLESS]
        )
        connection.execute("create table dim_reps as select 'crm:1' as rep_id, chr(1) || 'x' as rep_name")
    (version / "publication.json").write_text("{}")
    (settings.published / "current").symlink_to("v-1")
    return settings


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_no_text_is_a_formula_and_nothing_else_changes(published: Settings, file_format: str) -> None:
    folder = published.home / "out"
    (path, rows) = export_tables(published, folder, file_format, ["fct_leads"])[0]
    assert (path.name, rows) == (f"fct_leads.{file_format}", len(FORMULAS) + len(HARMLESS))
    if file_format == "csv":
        found = duckdb.sql(f"select * from read_csv('{path}', all_varchar = true)").fetchall()
        numbers = ("-5", "-1.50")
    else:
        sheet = openpyxl.load_workbook(path)["fct_leads"]
        assert all(cell.data_type != "f" for row in sheet for cell in row)
        found = [tuple(cell.value for cell in row) for row in sheet][1:]
        numbers = (-5, -1.5)
    texts = [row[0] for row in found]
    assert all(text.startswith("'") for text in texts[: len(FORMULAS)])
    assert [text or "" for text in texts[len(FORMULAS) :]] == [text or "" for text in HARMLESS]
    assert {row[1:] for row in found} == {numbers}


def test_every_table_by_default_and_an_unknown_one_by_name(published: Settings) -> None:
    written = export_tables(published, published.home / "out", "xlsx")
    assert [path.name for path, _ in written] == ["dim_reps.xlsx", "fct_leads.xlsx"]
    with pytest.raises(PipelineError, match="fct_deals is not published"):
        export_tables(published, published.home / "out", "csv", ["fct_deals"])
    with pytest.raises(PipelineError, match="pdf is not a format"):
        export_tables(published, published.home / "out", "pdf")


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_a_folder_that_is_none_is_told(published: Settings, tmp_path: Path, file_format: str) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(PipelineError, match="file cannot be written") as error:
        export_tables(published, tmp_path / "file", file_format, ["dim_reps"])
    assert "--to" in error.value.remedy


def test_a_file_that_cannot_be_written_is_told(published: Settings, tmp_path: Path) -> None:
    (tmp_path / "to" / "dim_reps.csv").mkdir(parents=True)
    with pytest.raises(PipelineError, match="to cannot be written"):
        export_tables(published, tmp_path / "to", "csv", ["dim_reps"])
