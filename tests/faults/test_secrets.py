"""Planted secrets and people: every byte under the home is searched after runs that end well and badly."""

import gzip
import json
from pathlib import Path

import duckdb
import pytest

from tests.conftest import run_pipeline
from tests.faults.conftest import PERSON, POSTGRES_PASSWORD, SECRETS, Pipedrive
from tests.faults.runs import Organisation
from tests.unit.api_server import Reply

# Contact details may stand where records are kept as the source sent them, and in the private warehouse.
MAY_NAME_PEOPLE = ("landing/", "rejected/", "warehouse.duckdb")
CONTACTS = (PERSON["email"], PERSON["phone"])


def texts_of(path: Path) -> bytes:
    """All that a file says, whatever packs it: Parquet and DuckDB compress their texts."""
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes())
    content = path.read_bytes()
    if path.suffix == ".parquet":
        with duckdb.connect() as connection:
            content += str(connection.execute(f"from read_parquet('{path}')").fetchall()).encode()
    elif path.suffix == ".duckdb" and path.stat().st_size:
        with duckdb.connect(str(path), read_only=True) as connection:
            tables = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
            for schema, table in tables:
                content += str(connection.execute(f'from "{schema}"."{table}"').fetchall()).encode()
    return content


def found(home: Path, needles: tuple[str, ...], *, but_not_in: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """(file, text) of every planted text, plain or as JSON escapes it."""
    hits = []
    for path in sorted(path for path in home.rglob("*") if path.is_file() and not path.is_symlink()):
        name = str(path.relative_to(home))
        if not name.startswith(but_not_in):
            content = texts_of(path).lower()
            forms = {needle: {needle.lower(), json.dumps(needle)[1:-1].lower()} for needle in needles}
            hits += [
                (name, needle) for needle in needles if any(f.encode() in content for f in forms[needle])
            ]
    return hits


def assert_nothing_leaked(home: Path, printed: str) -> None:
    secrets = (*SECRETS.values(), POSTGRES_PASSWORD)
    assert found(home, secrets) == []
    assert found(home, CONTACTS, but_not_in=MAY_NAME_PEOPLE) == []
    for text in (*secrets, *CONTACTS):
        assert text not in printed


def test_a_run_that_ends_well_leaks_nothing(prepared: Organisation) -> None:
    home = prepared.home
    assert found(home / "landing", CONTACTS)  # the search finds what is there
    assert_nothing_leaked(home, (home.parent / "printed.txt").read_text(encoding="utf-8"))


@pytest.mark.parametrize("status", [401, 500])
def test_an_account_that_refuses_and_repeats_what_it_was_sent_leaks_nothing(
    prepared: Organisation, pipedrive: Pipedrive, tmp_path: Path, status: int
) -> None:
    copied = prepared.copy(tmp_path / "home")
    said = f"token {SECRETS['PLANTED_PIPEDRIVE_TOKEN']} of {PERSON['email']} {PERSON['phone']} is refused"
    # a server that is away is asked again for a minute; one that says when, sooner
    pipedrive.reply = Reply({"error": said}, status=status, headers={"Retry-After": "0"})
    try:
        code, output = copied.run("ingest --source pipe")
    finally:
        pipedrive.reply = None
    assert code == 1, output
    assert "Traceback" not in output
    assert "pipe" in output and str(status) in output
    assert_nothing_leaked(copied.home, output)


def test_a_postgresql_server_that_is_away_leaks_nothing(prepared: Organisation, tmp_path: Path) -> None:
    copied = prepared.copy(tmp_path / "home")
    url = f"postgresql://bi:{POSTGRES_PASSWORD}@127.0.0.1:9/marts"
    script = """
import sys
from dagster import DagsterInstance
from orchestration.defs.assemble import build_definitions
from orchestration.defs.failures import reasons
from orchestration.defs.own_runs import run_here
from orchestration.lib.asset_keys import PUBLISHED_POSTGRES
from orchestration.settings import Settings
settings = Settings.load()
job = build_definitions(settings).resolve_job_def("build")
with DagsterInstance.from_config(str(settings.dagster_home)) as instance:
    result = run_here(job, instance, asset_selection=[PUBLISHED_POSTGRES])
print(result.success, *reasons(result))
"""
    process = copied.start_script(script, PUBLISH_POSTGRES_URL=url)
    output = process.communicate(timeout=300)[0]
    assert "False" in output
    assert "could not be published to PostgreSQL" in output
    assert_nothing_leaked(copied.home, output)


def test_a_sources_file_with_a_secret_in_it_is_refused_without_repeating_it(tmp_path: Path) -> None:
    sources = tmp_path / "sources.yaml"
    sources.write_text(
        "reporting: {time_zone: UTC, currency: EUR}\nsources:\n  - name: pipe\n    system: pipedrive\n"
        f"    pipedrive_api: {{token: {SECRETS['PLANTED_PIPEDRIVE_TOKEN']}}}\n"
    )
    ran = run_pipeline(tmp_path / "data", sources, command="check")
    assert ran.code == 1
    assert SECRETS["PLANTED_PIPEDRIVE_TOKEN"] not in ran.output
