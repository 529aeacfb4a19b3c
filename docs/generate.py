"""`python docs/generate.py`: write docs/metrics.md from the descriptions of the published models, and
docs/questions/README.md from the example queries.

The definitions stand once, beside the models (dbt_project/models/marts/**/*.yml) and at the top of each
query; a test holds that the pages are what they say.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

DOCS = Path(__file__).resolve().parent
MARTS = DOCS.parent / "dbt_project" / "models" / "marts"
FAMILIES = {
    "core": "Core",
    "pipeline_health": "Pipeline health",
    "prospecting": "Prospecting",
    "lead_quality": "Lead quality",
    "meta": "About the build",
}
INTRODUCTION = """\
# The published tables

Made from the models by `python docs/generate.py`. The same descriptions are published in the table
`meta_columns`. Conventions: ids are `source_instance:native_id`; amounts are in the reporting currency,
times in UTC, days and weeks and months in the reporting time zone; rates and shares lie in 0 to 1 and
are null where there is nothing to divide by; a quantile comes with its `n` and is null below 5 (10 for
p90); what a source never landed is null, and listed in `meta_capabilities`.
"""
QUESTIONS_INTRODUCTION = """\
# Questions

What practitioners say about sales teams, and a query for each that turns it into rows with names. Made from
the files here by `python docs/generate.py`. Each runs on the published file ([how to open it](../bi.md)):

```sh
duckdb -readonly data/published/current.duckdb < docs/questions/02-rotten-pipeline.sql
```

`tests/integration/test_questions.py` runs every one on the generated organisation and compares with what its
answer file knows, or with a second way to the same figure. Thresholds in a query (half of the leads, one
quarter) are examples; what the marts call rotten, fake or a token effort is defined beside them.
"""


def page() -> str:
    """The whole page, one section per family, one table of columns per published table."""
    parts = [INTRODUCTION]
    models = {family: sorted((MARTS / family).glob("[!_]*.yml")) for family in FAMILIES}
    parts.append(
        "\n".join(
            f"- **{title}**: " + ", ".join(f"[{path.stem}](#{path.stem})" for path in models[family])
            for family, title in FAMILIES.items()
        )
        + "\n"
    )
    for family, title in FAMILIES.items():
        parts.append(f"## {title}\n")
        parts += [section(path) for path in models[family]]
    return "\n".join(parts)


def section(path: Path) -> str:
    """One published table: its grain and definition, then its columns."""
    model = yaml.safe_load(path.read_text(encoding="utf-8"))["models"][0]
    lines = [f"### {model['name']}\n", " ".join(model["description"].split()) + "\n"]
    lines += ["| column | type | what it is |", "|---|---|---|"]
    for column in model["columns"]:
        said = " ".join(str(column.get("description", "")).split()).replace("|", "\\|")
        lines.append(f"| `{column['name']}` | {column['data_type']} | {said} |")
    return "\n".join(lines) + "\n"


def questions_page() -> str:
    """The page of the example queries: the complaint, the question, the file and the tables it reads."""
    lines = [QUESTIONS_INTRODUCTION, "| | what people say | the question | tables |", "|---|---|---|---|"]
    for path in sorted((DOCS / "questions").glob("[0-9]*.sql")):
        said = dict(_headers(path))
        tables = ", ".join(f"[{table}](../metrics.md#{table})" for table in said["Tables"].split(", "))
        number = int(path.stem.split("-")[0])
        lines.append(f"| {number} | {said['Complaint']} | [{said['Question']}]({path.name}) | {tables} |")
    return "\n".join(lines) + "\n"


def _headers(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if found := re.fullmatch(r"-- (Question|Complaint|Tables): (.+)", line):
            yield found[1], found[2]


if __name__ == "__main__":
    (DOCS / "metrics.md").write_text(page(), encoding="utf-8")
    (DOCS / "questions" / "README.md").write_text(questions_page(), encoding="utf-8")
