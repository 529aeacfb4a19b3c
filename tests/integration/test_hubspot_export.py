"""HubSpot's exports and a quota file, from files to what BI reads: one whole run.

Two deals have moved on in a second export and a third is gone; a quota names someone whom HubSpot does not
know, another someone whom it does.
"""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from tests.conftest import run_pipeline

pytestmark = pytest.mark.long

SOURCES = """
reporting: {time_zone: Europe/Berlin, currency: EUR}
sources:
  - name: hs
    system: hubspot
    path: hubspot
    time_zone: America/New_York
    accept_shrink: true
    lead_allowance: {fake_share: 1.0, reason: a test}
    stages:
      - {stage: Discovery, order: 1, probability: 20, pipeline: Sales Pipeline}
      - {stage: Offer, order: 2, probability: 60, pipeline: Sales Pipeline}
      - {stage: Sealed, order: 3, outcome: won, probability: 100, pipeline: Sales Pipeline}
  - {name: plan, system: planning, path: planning}
"""
DEALS = (
    "Record ID,Deal Name,Deal Stage,Pipeline,Amount,Close Date,Deal owner,Create Date,Last Modified Date,"
    "Associated Contact IDs,Associated Company IDs (Primary)\n"
)
FIRST = (
    "1,Big,Offer,Sales Pipeline,1000.50,2024-02-01 21:00,Ann Lee,2024-01-10 09:00,2024-01-20 12:00,12;14,50\n"
    "2,Small,Discovery,Sales Pipeline,5,2024-04-01 10:00,Bob Ray (Deactivated User),2024-01-11 09:00,"
    "2024-01-21 12:00,,\n"
    "3,Gone,Discovery,Sales Pipeline,7,2024-04-01 10:00,Ann Lee,2024-01-11 09:00,2024-01-21 12:00,,\n"
)
SECOND = FIRST.replace("Offer", "Sealed").replace("2024-01-20 12:00", "2024-02-01 21:00")
FILES: Mapping[str, str] = {
    "hubspot/hubspot-crm-exports-all-contacts-2024-03-01.csv": (
        "Record ID,First Name,Last Name,Email,Lifecycle Stage,Lead Status,Contact owner,Create Date,"
        "Last Modified Date,Associated Company IDs\n"
        "11,Lea,Lind,lea@north.example,Lead,Attempted to Contact,Ann Lee,2024-01-05 09:00,2024-01-06 09:00,\n"
        "12,Cus,Tomer,cus@acme.example,Customer,,Ann Lee,2024-01-05 09:00,2024-01-06 09:00,50\n"
    ),
    "hubspot/companies.csv": (
        "Record ID,Company name,Number of Employees,Lifecycle Stage,Create Date\n"
        "50,Acme,120,Customer,2024-01-01 09:00\n"
    ),
    "hubspot/calls.csv": (
        "Record ID,Call Title,Call direction,Call outcome,Call duration,Call status,Activity date,"
        "Activity assigned to,Associated Contact IDs,Associated Deal IDs\n"
        "31,Hello,Outbound,Connected,00:01:30,Completed,2024-01-07 09:00,Ann Lee,11,\n"
    ),
    "hubspot/meetings.csv": (
        "Record ID,Meeting name,Meeting start time,Meeting end time,Meeting outcome,Activity assigned to,"
        "Associated Deal IDs\n34,Demo,2024-01-12 10:00,2024-01-12 11:00,Completed,Ann Lee,1\n"
    ),
    "hubspot/users.csv": (
        "First name,Last name,Email,Primary team,Status\nAnn,Lee,ann@seller.example,North,Active\n"
    ),
    "planning/quotas.csv": (
        "rep,period,amount\nann@seller.example,2024-Q1,5000\nnew@seller.example,2024-Q1,4000\n"
    ),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hubspot_export")
    (folder / "sources.yaml").write_text(SOURCES)
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    for rows, command in ((FIRST, "ingest --source hs"), (SECOND.rsplit("3,Gone", 1)[0], "run")):
        (folder / "hubspot" / "deals.csv").write_text(DEALS + rows)
        ran = run_pipeline(folder / "data", folder / "sources.yaml", None, command)
        assert ran.code == 0, ran.output
    return folder / "data"


def fetch(home: Path, sql: str) -> list[tuple]:  # type: ignore[type-arg]
    with duckdb.connect(str(home / "published" / "current.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_deals(home: Path) -> None:
    assert fetch(
        home,
        """select opportunity_id, pipeline_id, stage, stage_order, cast(amount as double), outcome,
               cast(close_date as varchar), account_id
           from fct_opportunities order by 1""",
    ) == [
        ("hs:1", "hs:Sales Pipeline", "Sealed", 3, 1000.5, "won", "2024-02-01", "hs:50"),
        ("hs:2", "hs:Sales Pipeline", "Discovery", 1, 5.0, "open", "2024-04-01", None),
    ]
    # before the first ingest nobody knows where it stood
    stages = """select stage from fct_opportunity_versions where opportunity_id = 'hs:1'
        group by 1 order by min(valid_from)"""
    assert fetch(home, stages) == [(None,), ("Offer",), ("Sealed",)]


def test_people_and_what_they_did(home: Path) -> None:
    assert fetch(home, "select lead_id, status_group, touches from fct_leads") == [
        ("hs:contact-11", "working", 1)
    ]
    assert fetch(home, "select contact_id, account_id from dim_contacts") == [("hs:12", "hs:50")]
    calls = "select cast(duration_minutes as double), is_connected from fct_activities where kind = 'call'"
    assert fetch(home, calls) == [(1.5, True)]
    assert fetch(home, "select attendance, opportunity_id from fct_calendar_events") == [("held", "hs:1")]


def test_a_quota_of_someone_whom_no_crm_knows_is_published(home: Path) -> None:
    """By the address of the quota file, beside the owner who is known by name and address."""
    assert fetch(home, "select rep_name, team, is_matched from dim_reps order by rep_name") == [
        ("Ann Lee", "North", True),
        ("Bob Ray", None, False),
        ("new@seller.example", None, False),
    ]
