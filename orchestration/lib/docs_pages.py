"""The published tables as static pages: `docs/` under PIPELINE_HOME, an index and a page per table.

Belongs here: gathering what is said beside the models (descriptions, tests), in the suites, the example
queries and the column lineage of the last build. Nothing is said here that is not said there.
"""

import csv
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from expectations.schema import Suite, load_suites
from orchestration.lib.dbt_test_meaning import meaning_of_test
from orchestration.lib.dbt_translator import published_tables
from orchestration.lib.lineage import Lineage, read_lineage, source_fields
from orchestration.lib.questions import Question, all_questions, table_examples
from orchestration.settings import DBT_PROJECT_DIR, Settings

INDEX = "index.html"
FAMILIES = {
    "core": "Core",
    "pipeline_health": "Pipeline health",
    "prospecting": "Prospecting",
    "lead_quality": "Lead quality",
    "meta": "About the build",
}
_TEMPLATES = Path(__file__).with_name("docs_pages_templates")
Page = dict[str, Any]


def write_pages(settings: Settings, manifest: Mapping[str, Any]) -> Path:
    """Write every page anew; returns the index. `manifest` is dbt's, parsed."""
    tables = published_tables(manifest)
    nodes = {node["name"]: node for node in manifest["nodes"].values() if node["name"] in tables}
    suites = {suite.table: suite for suite in load_suites()}
    questions, examples = all_questions(), table_examples()
    lineage, needed = read_lineage(settings), _needed_inputs()
    pages = [
        _facts(nodes[name], manifest, tables)
        | {"columns": _columns(nodes[name], lineage, needed.get(name, {}))}
        | {"checks": [*_dbt_checks(nodes[name], manifest), *_expectations(suites.get(name))]}
        | _example(name, questions, examples)
        for name in tables
    ]
    folder = settings.home / "docs"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    for page in pages:
        text = environment.get_template("table.html.j2").render(page, has_lineage=bool(lineage))
        (folder / f"{page['name']}.html").write_text(text, encoding="utf-8")
    families = [(title, [page for page in pages if page["family"] == key]) for key, title in FAMILIES.items()]
    index = environment.get_template("index.html.j2").render(families=families, questions=questions)
    (folder / INDEX).write_text(index, encoding="utf-8")
    shutil.copy2(_TEMPLATES / "style.css", folder)
    return folder / INDEX


def _facts(node: Mapping[str, Any], manifest: Mapping[str, Any], tables: list[str]) -> Page:
    """Name, definition, and the neighbours: what it is built from, who reads it."""
    text = " ".join(node["description"].split())
    grain, _, rest = text.partition(". ")
    above = sorted(_ancestors(node["unique_id"], manifest))
    parents = sorted(key.split(".")[-1] for key in node["depends_on"]["nodes"])
    return {
        "name": node["name"],
        "family": node["fqn"][2],
        "owner": (node["config"].get("meta") or {}).get("owner", "data_engineering").replace("_", " "),
        "grain": grain.rstrip(".") + ".",
        "definition": rest,
        "parents": [(name, name in tables) for name in parents],
        "objects": [
            {
                "name": f"{source['source_name']}.{source['name']}",
                "description": " ".join((source["description"] or "").split()),
            }
            for source in (manifest["sources"][key] for key in above if key in manifest["sources"])
        ],
        "readers": [
            {
                "label": exposure["label"] or exposure["name"],
                "description": " ".join(exposure["description"].split()),
            }
            for exposure in manifest["exposures"].values()
            if node["unique_id"] in exposure["depends_on"]["nodes"]
        ],
    }


def _ancestors(unique_id: str, manifest: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()
    todo = [unique_id]
    while todo:
        for parent in manifest["parent_map"].get(todo.pop(), ()):
            if parent not in found:
                found.add(parent)
                todo.append(parent)
    return found


def _columns(node: Mapping[str, Any], lineage: Lineage, needed: Mapping[str, str]) -> list[Page]:
    fields = source_fields(lineage, node["name"])
    return [
        {
            "name": column["name"],
            "type": column["data_type"],
            "description": " ".join((column["description"] or "").split()),
            "unknown": needed.get(column["name"]),
            "fields": [".".join(field) for field in fields.get(column["name"].lower(), ())],
        }
        for column in node["columns"].values()
    ]


def _dbt_checks(node: Mapping[str, Any], manifest: Mapping[str, Any]) -> Iterator[Page]:
    for test in manifest["nodes"].values():
        if test["resource_type"] != "test":
            continue
        judged = test.get("attached_node")
        if judged == node["unique_id"] or (not judged and node["unique_id"] in test["depends_on"]["nodes"]):
            severity = str(test["config"].get("severity") or "error").lower()
            yield {
                "name": test["name"],
                "meaning": meaning_of_test(test),
                "is_blocking": severity == "error",
                "remedy": "",
            }


def _expectations(suite: Suite | None) -> Iterator[Page]:
    for expectation in suite.expectations if suite else ():
        yield {
            "name": expectation.name,
            "meaning": expectation.reason,
            "is_blocking": expectation.severity == "error",
            "remedy": expectation.remedy,
        }


def _needed_inputs() -> dict[str, dict[str, str]]:
    """Table -> column -> why it can be unknown (seed capability_rules)."""
    found: dict[str, dict[str, str]] = {}
    with (DBT_PROJECT_DIR / "seeds" / "capability_rules.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["table_name"], {})[row["column_or_rule"]] = row["reason"]
    return found


def _example(table: str, questions: list[Question], examples: list[Question]) -> Page:
    """The query whose main table it is, and the other questions that read it."""
    about = [question for question in questions if table in question.tables]
    own = [question for question in [*about, *examples] if question.tables[0] == table]
    example = (own or about)[0]
    return {"example": example, "questions": [question for question in about if question is not example]}
