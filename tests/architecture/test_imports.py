"""Imports go one way: definitions -> defs -> {lib, sources, expectations} -> settings and its like."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.settings import PROJECT_ROOT

BOTTOM = {
    "settings",
    "errors",
    "garbage",
    "interruption",
    "progress",
    "records",
    "catalog",
    "calendar_accounts",
    "crm_accounts",
    "lead_exemptions",
    "mail_dns_account",
    "masking",
    "quick_yaml",
    "secret_names",
    "sources_file",
    "sources_checks",
    "yaml_lines",
}
# tier of a module -> project modules it may import
MAY_IMPORT = {
    "definitions": {"defs"} | BOTTOM,
    "cli": {"cli_runs", "defs", "lib", "sources", "expectations"} | BOTTOM,
    "cli_runs": {"defs", "lib", "sources"} | BOTTOM,
    "__main__": {"cli"},
    "defs": {"defs", "lib", "sources", "expectations"} | BOTTOM,
    "lib": {"lib", "sources", "expectations"} | BOTTOM,
    "sources": {"sources"} | BOTTOM,
    "expectations": {"expectations"} | BOTTOM,
    **dict.fromkeys(BOTTOM, BOTTOM),
}
SLOW = ("great_expectations", "dlt", "dbt.cli", "pandas", "apprise")


def tier(module: str) -> str:
    parts = module.split(".")
    return parts[0] if parts[0] == "expectations" else parts[1] if len(parts) > 1 else ""


def project_modules() -> list[tuple[str, Path]]:
    found = []
    for root in ("orchestration", "expectations"):
        for path in sorted((PROJECT_ROOT / root).rglob("*.py")):
            name = ".".join(path.relative_to(PROJECT_ROOT).with_suffix("").parts).removesuffix(".__init__")
            if name not in ("orchestration", "expectations"):
                found.append((name, path))
    return found


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if name.split(".")[0] in ("orchestration", "expectations")}


@pytest.mark.parametrize(("name", "path"), project_modules(), ids=str)
def test_imports_go_one_way(name: str, path: Path) -> None:
    allowed = MAY_IMPORT[tier(name)]
    wrong = sorted(other for other in imported(path) if tier(other) and tier(other) not in allowed)
    assert not wrong, (
        f"{name} is in `{tier(name)}` and may import {sorted(allowed)}; move what {wrong} offers down"
    )


def test_no_dagster_below_defs() -> None:
    for name, path in project_modules():
        if tier(name) in {"sources", "expectations"} | BOTTOM:
            assert "dagster" not in path.read_text(encoding="utf-8").replace("dagster_home", "").replace(
                "Dagster", ""
            ).replace('"dagster"', "").replace("DAGSTER_HOME", ""), f"{name} belongs below Dagster"


def test_only_settings_reads_the_environment() -> None:
    # dbt_project sets variables for dbt, which takes them from nowhere else
    allowed = {"orchestration.settings", "orchestration.lib.dbt_project"}
    for name, path in project_modules():
        if name not in allowed:
            text = path.read_text(encoding="utf-8")
            assert "os.environ" not in text and "getenv" not in text, (
                f"{name} reads the environment: let settings.py do it"
            )


def test_code_location_loads_without_the_slow_imports(parsed_home: object) -> None:
    """Great Expectations takes seconds to import; a schedule tick or a UI reload must not pay them."""
    script = (
        "import sys, orchestration.defs.assemble, orchestration.defs.quality\n"
        f"print([m for m in {SLOW!r} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]", f"imported while the code location loads: {done.stdout}"
