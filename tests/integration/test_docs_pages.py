"""The static pages of the published tables: complete, with links that lead somewhere and queries that run."""

import json
import os
import re
from html import unescape
from pathlib import Path

import duckdb
import pytest

from orchestration.lib.docs_pages import write_pages
from orchestration.lib.lineage import read_lineage, source_fields, warehouse_relations, write_lineage
from orchestration.lib.questions import all_questions, table_examples
from orchestration.settings import Settings
from tests.conftest import Ran


@pytest.fixture(scope="module")
def settings(demo_run: tuple[Path, Ran], tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home of its own beside the built one: same warehouse, same publication, fresh work/ and docs/."""
    built, ran = demo_run
    assert ran.code == 0, ran.output
    home = tmp_path_factory.mktemp("docs_home")
    for name in ("warehouse.duckdb", "published"):
        (home / name).symlink_to(built / name)
    (home / "work").mkdir()
    settings = Settings(home=home, sources_file=home / "sources.yaml")
    manifest = json.loads((built / "work" / "dbt" / "manifest.json").read_text(encoding="utf-8"))
    write_lineage(settings, manifest)
    write_pages(settings, manifest)
    return settings


@pytest.fixture(scope="module")
def pages(settings: Settings) -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in (settings.home / "docs").glob("*.html")}


def published(settings: Settings) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        os.path.realpath(settings.home / "published" / "current.duckdb"),
        read_only=True,
        config={"enable_external_access": "false", "lock_configuration": "true"},
    )


def test_every_published_table_has_a_whole_page(settings: Settings, pages: dict[str, str]) -> None:
    with published(settings) as connection:
        columns = connection.execute(
            "select table_name, column_name from duckdb_columns() where not internal"
        ).fetchall()
    assert {table for table, _ in columns} == set(pages) - {"index"}
    for table, column in columns:
        assert f'id="column-{column}"' in pages[table]
    for table, page in pages.items():
        assert "</code>and" not in page, f"{table}: no blank before how many more there are"
        if table != "index":
            for section in ("columns", "checks", "example", "lineage"):
                assert f'id="{section}"' in page, f"{table} has no {section}"
            assert "expectations" not in page or "Blocks the publication." in page
            assert f"{table}.html" in pages["index"]


def test_every_link_leads_to_a_page(settings: Settings, pages: dict[str, str]) -> None:
    folder = settings.home / "docs"
    links = {link for page in pages.values() for link in re.findall(r'(?:href|src)="([^"]+)"', page)}
    assert "fct_opportunities.html" in links
    assert [link for link in links if not (folder / link).is_file()] == []


def test_every_example_on_a_page_runs(settings: Settings, pages: dict[str, str]) -> None:
    with published(settings) as connection:
        for table, page in pages.items():
            found = re.findall(r"<pre><code>(.*?)</code></pre>", page, re.DOTALL)
            assert len(found) == (table != "index")
            for sql in found:
                assert table in sql
                answer = connection.execute(unescape(sql)).fetchall()
                assert answer or table == "meta_field_problems"  # the generated files are clean


def test_an_example_stands_for_each_table_that_no_question_is_about() -> None:
    about = {question.tables[0] for question in all_questions()}
    assert not about & {example.tables[0] for example in table_examples()}


def test_a_column_is_followed_to_the_fields_of_the_source(settings: Settings, pages: dict[str, str]) -> None:
    assert "<code>salesforce.Opportunity.Amount</code>" in pages["rpt_rotten_pipeline"]
    assert "<code>google_calendar.events." in pages["rpt_prospecting_time"]
    lineage = read_lineage(settings)
    close_dates = source_fields(lineage, "fct_opportunities")["close_date"]
    assert ("salesforce.Opportunity", "CloseDate") in close_dates


def test_lineage_has_every_column_of_every_model(settings: Settings) -> None:
    relations = warehouse_relations(settings)
    for model, columns in read_lineage(settings).items():
        assert set(columns) == {name.lower() for name in relations[model]}, model
