"""Tables that Fivetran replicated, from files to the published marts: histories, merges, deletions.

The vendor's own samples (real input) hold few ids that occur in two tables, so a small organisation in
the same tables (`fixtures/fivetran`) shows what they do together. Salesforce: the first deal moves through
three stages, the second ends without another version, the third is put into the recycle bin. HubSpot: deal
12 was merged into 11 and left in the table, 13 is deleted, 14 is open; contacts 22 and 23 went into 21, by
the two ways in which Fivetran says so; contact 24 is deleted; contact 25 is a lead, of an unchanged
status since December.
"""

from pathlib import Path

import duckdb
import pytest

from tests.conftest import FIXTURES, run_pipeline, shared_data

pytestmark = pytest.mark.long


def fetch(home: Path, sql: str) -> list[tuple]:  # type: ignore[type-arg]
    with duckdb.connect(str(home / "published" / "current.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


class TestTablesTogether:
    @pytest.fixture(scope="class")
    @classmethod
    def home(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        home = tmp_path_factory.mktemp("fivetran") / "data"
        ran = run_pipeline(home, FIXTURES / "fivetran.yaml", "2024-03-31")
        assert ran.code == 0, ran.output
        return home

    def test_versions_and_visits_come_from_type_2_history(self, home: Path) -> None:
        assert fetch(
            home,
            """select stage, amount, cast(valid_from as varchar), cast(valid_to as varchar)
               from fct_opportunity_versions
               where opportunity_id = 'sf:006000000000001AAA' order by valid_from""",
        ) == [
            ("Qualify", 100, "2024-01-02 10:00:00", "2024-01-20 00:00:00"),
            ("Propose", 150, "2024-01-20 00:00:00", "2024-02-14 12:00:00"),
            ("Closed Won", 150, "2024-02-14 12:00:00", None),
        ]
        assert fetch(
            home,
            """select stage, cast(entered_at as varchar) from fct_stage_visits
               where opportunity_id = 'sf:006000000000001AAA' order by entered_at""",
        ) == [
            ("Qualify", "2024-01-02 10:00:00"),
            ("Propose", "2024-01-20 00:00:00"),
            ("Closed Won", "2024-02-14 12:00:00"),
        ]

    def test_deleted_and_merged_deals_are_gone(self, home: Path) -> None:
        assert fetch(
            home,
            "select opportunity_id, outcome, cast(closed_at as varchar) from fct_opportunities order by 1",
        ) == [
            ("hs:11", "won", "2024-02-20 12:00:00"),
            ("hs:14", "open", None),
            ("sf:006000000000001AAA", "won", "2024-02-14 12:00:00"),
        ]

    def test_property_history_and_stage_history(self, home: Path) -> None:
        assert fetch(
            home,
            """select stage, amount, cast(valid_from as varchar), change_source
               from fct_opportunity_versions where opportunity_id = 'hs:11' order by valid_from""",
        ) == [
            ("Talking", 450, "2024-01-10 09:00:00", "crm_history"),
            ("Talking", 500, "2024-02-01 09:00:00", "crm_history"),
            ("Signed", 500, "2024-02-20 12:00:00", "crm_history"),
            ("Signed", 500, "2024-03-01 00:00:00", "observed"),  # the table: account, contact, probability
        ]

    def test_the_history_of_a_contact_is_that_of_the_lead(self, home: Path) -> None:
        assert fetch(
            home,
            """select status, owner_id, cast(valid_from as varchar), cast(valid_to as varchar), change_source
               from fct_lead_versions where lead_id = 'hs:contact-25' order by valid_from""",
        ) == [
            ("NEW", "hs:7", "2023-10-01 00:00:00", "2023-12-01 00:00:00", "crm_history"),
            ("OPEN", "hs:7", "2023-12-01 00:00:00", None, "crm_history"),
        ]
        flagged = "select cast(since as date) from fct_lead_flags where flag = 'status_unchanged'"
        assert [str(row[0]) for row in fetch(home, flagged)] == ["2024-02-29"]  # ninety days later

    def test_merged_contacts_and_associations(self, home: Path) -> None:
        assert fetch(home, "select contact_id from dim_contacts where contact_id like 'hs:%'") == [("hs:21",)]
        assert fetch(
            home, "select account_id, contact_id from fct_opportunities where opportunity_id = 'hs:11'"
        ) == [("hs:31", "hs:21")]

    def test_nothing_is_lost(self, home: Path) -> None:
        loads = dict(
            fetch(
                home, "select source_instance || ' ' || object, read_count - rejected_count from meta_loads"
            )
        )
        assert loads["sf Opportunity"] == 7  # six versions and the end of the second deal
        assert loads["hs deal_property_history"] == 4
        assert loads["hs contact_property_history"] == 5
        assert loads["hs merges"] == 2
        assert fetch(home, "select sum(rejected_count) from meta_loads") == [(0,)]


@pytest.mark.real_input
class TestSeeds:
    @pytest.fixture(scope="class")
    @classmethod
    def home(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        shared_data("fivetran_seeds")
        home = tmp_path_factory.mktemp("seeds") / "data"
        ran = run_pipeline(home, FIXTURES / "fivetran_seeds.yaml", "2024-12-31")
        assert ran.code == 0, ran.output
        return home

    def test_nothing_is_lost(self, home: Path) -> None:
        loads = fetch(
            home,
            "select source_instance, object, extracted_count, landed_count, rejected_count from meta_loads",
        )
        assert all(extracted == landed for *_, extracted, landed, _ in loads)
        landed = {(source, name): count for source, name, _, count, _ in loads}
        # ten records, ten versions, two of which ended without another
        assert landed["salesforce", "Opportunity"] == 22
        assert landed["hubspot", "deals"] == 44
        assert landed["hubspot", "deal_property_history"] == 114
        assert landed["hubspot", "merges"] == 18

    def test_every_sample_deal_of_salesforce_is_in_the_recycle_bin(self, home: Path) -> None:
        sources = "select source_instance, count(*) from fct_opportunities group by 1"
        assert fetch(home, sources) == [("hubspot", 44)]
        for table in ("fct_opportunity_versions", "fct_stage_visits"):
            of_salesforce = f"select count(*) from {table} where opportunity_id like 'salesforce:%'"
            assert fetch(home, of_salesforce) == [(0,)]

    def test_merged_contacts_are_one(self, home: Path) -> None:
        contacts = {row[0] for row in fetch(home, "select contact_id from dim_contacts")}
        assert "hubspot:78971951" in contacts
        assert not contacts & {"hubspot:76340251", "hubspot:46897301", "hubspot:76226001"}

    def test_histories_of_accounts_leave_the_latest(self, home: Path) -> None:
        # ten in sf_account_data; the versions in sf_account_history_data are the same ten
        of_salesforce = "select count(*) from dim_accounts where account_id like 'salesforce:%'"
        assert fetch(home, of_salesforce) == [(10,)]
