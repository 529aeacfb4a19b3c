"""`python docs/generate.py`: write docs/metrics.md from the descriptions of the published models.

The definitions stand once, beside the models (dbt_project/models/marts/**/*.yml); a test holds that the
page is what they say.
"""

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


if __name__ == "__main__":
    (DOCS / "metrics.md").write_text(page(), encoding="utf-8")
