"""A person is erased from every byte under PIPELINE_HOME, and nobody else is."""

import json
from pathlib import Path

import duckdb
import pytest

from orchestration.lib import builds
from orchestration.lib.erasure import remaining
from orchestration.lib.person import find_person, shared_texts
from orchestration.lib.publisher import publish
from orchestration.lib.redaction import redaction_of
from orchestration.settings import Settings
from orchestration.sources_file import load_sources_file
from tests.conftest import run_pipeline

pytestmark = pytest.mark.long

SOURCES = """
reporting: {time_zone: UTC, currency: EUR}
sources:
  - name: crm
    system: csv_mapping
    path: .
    objects:
      lead:
        file: leads.csv
        columns: {lead_id: Id, first_name: Given, last_name: Family, email: Mail, phone: Tel, company: Firm,
          created_at: Created, owner_id: Owner, status: Status}
      user: {file: users.csv, columns: {user_id: Id, user_name: Name, email: Mail}}
      activity:
        file: calls.csv
        columns: {activity_id: Id, lead_id: LeadId, kind: Kind, subject: Subject, owner_id: Owner,
          occurred_at: At, direction: Way}
    lead_statuses: {Open: open}
"""
WHO = ("Zebulon", "Quartermain-Ødegård", "zebulon.q@nimbleforge.io", "+49 30 7654321")
SHARED_NUMBER = "+49 30 1112223"


def write_export(folder: Path) -> None:
    (folder / "sources.yaml").write_text(SOURCES)
    (folder / "users.csv").write_text("Id,Name,Mail\nu1,Ann Field,ann@acme.io\n")
    given, family, mail, phone = WHO
    rows = [
        f"{1000 + i},Pat{i},Doe{i},pat{i}@firm{i}.io,{SHARED_NUMBER},Firm {i},2026-01-05,u1,Open"
        for i in range(60)
    ]
    rows.insert(7, f"777123,{given},{family},{mail},{phone},Nimbleforge,2026-01-06,u1,Open")
    rows.insert(9, f"778123,{given},{family},{mail},{SHARED_NUMBER},Nimbleforge,2026-01-07,u1,Open")
    # no usable key: rejected whole, with all that it says
    rows.append(f",{given},{family},{mail},{phone},Nimbleforge,2026-01-06,u1,Open")
    header = "Id,Given,Family,Mail,Tel,Firm,Created,Owner,Status\n"
    (folder / "leads.csv").write_text(header + "\n".join(rows) + "\n", encoding="utf-8")
    calls = [
        f"a1,777123,call,Call with {given} about {mail},u1,2026-02-02 10:00:00,outbound",
        f"a2,1001,call,Pat asked after {given} {family},u1,2026-02-03 10:00:00,outbound",
        "a3,1002,call,Zebulons are animals,u1,2026-02-03 11:00:00,outbound",
    ]
    (folder / "calls.csv").write_text("Id,LeadId,Kind,Subject,Owner,At,Way\n" + "\n".join(calls) + "\n")


def count(home: Path, sql: str) -> object:
    with duckdb.connect(str(home / "published" / "current.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchone()


def test_a_person_is_erased_and_nobody_else(tmp_path: Path) -> None:
    write_export(tmp_path)
    home, sources_path = tmp_path / "data", tmp_path / "sources.yaml"
    ran = run_pipeline(home, sources_path, "2026-06-30")
    assert ran.code == 0, ran.output
    settings = Settings.load({"PIPELINE_HOME": str(home), "PIPELINE_SOURCES": str(sources_path)})
    sources = load_sources_file(sources_path)
    person = find_person(settings, sources, "crm:777123")
    redaction = redaction_of(person, shared_texts(settings, sources, person))
    assert {key for *_, key in person.keys} == {"777123", "778123"}  # two records of one person
    before = remaining(settings, redaction)
    assert {path.relative_to(home).parts[0] for path in before} >= {"landing", "rejected", "warehouse.duckdb"}

    erased = run_pipeline(home, sources_path, "2026-06-30", command="erase crm:777123")

    assert erased.code == 0, erased.output
    assert not any(part.lower() in erased.output.lower() for part in WHO)
    for path in sorted(item for item in home.rglob("*") if item.is_file()):
        content = path.read_bytes().lower()
        for planted in (*WHO[1:], "777123"):  # the given name alone is in a word of a row that is not theirs
            assert planted.lower().encode() not in content, f"{planted} is in {path}"
            assert json.dumps(planted.lower())[1:-1].encode() not in content, f"{planted} is in {path}"
    assert remaining(settings, redaction) == []
    assert count(home, "select count(*) from fct_leads") == (60,)
    undescribed = "select count(*) from duckdb_columns() where not internal and comment is null"
    assert count(home, undescribed) == (0,)
    assert count(home, "select count(*), count(lead_id) from fct_activities") == (3, 2)
    landed = f"select Subject, LeadId from '{home}/landing/csv_mapping/activity/*.parquet' order by Id"
    assert duckdb.sql(landed).fetchall() == [
        ("Call with [erased] about erased@erased.invalid", None),
        ("Pat asked after [erased]", "1001"),
        ("Zebulons are animals", "1002"),
    ]
    numbers = (
        f"select count(*) from '{home}/landing/csv_mapping/lead/*.parquet' where Tel = '{SHARED_NUMBER}'"
    )
    assert duckdb.sql(numbers).fetchone() == (60,)

    (build_id,) = builds.build_ids(settings)  # the ledger speaks of what is left, and says so in one voice
    assert publish(settings, build_id).row_counts["fct_leads"] == 60

    assert (
        run_pipeline(home, sources_path, "2026-06-30", command="rollback").code == 1
    )  # there is one version
    built = run_pipeline(home, sources_path, "2026-06-30", command="build")
    assert built.code == 0, built.output
    assert count(home, "select count(*), count(*) filter (where lead_id like '%777123') from fct_leads") == (
        60,
        0,
    )
    assert run_pipeline(home, sources_path, "2026-06-30", command="rollback").code == 0

    nobody = run_pipeline(home, sources_path, command="erase crm:777123")
    assert nobody.code == 1
    assert "no person" in nobody.output
