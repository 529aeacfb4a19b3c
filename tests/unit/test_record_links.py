"""Failing rows as Markdown: ids lead to the CRM, and nothing that a record holds becomes markup."""

from orchestration.lib.record_links import RecordLinks, markdown_table
from orchestration.sources_file import SourceEntry

LEADS = "https://crm.example/lead/{id}?view=1"


def links() -> RecordLinks:
    entries = [
        {"name": "crm", "system": "zoho", "path": "x", "record_url": {"lead": LEADS}},
        {"name": "other", "system": "zoho", "path": "y", "record_url": "https://other.example/{id}"},
        {"name": "plain", "system": "zoho", "path": "z"},
    ]
    return RecordLinks(
        SourceEntry.model_validate({"time_zone": "UTC", "currency": "EUR"} | entry) for entry in entries
    )


def test_ids_lead_to_the_record() -> None:
    text = "lead_id=crm:00Q7, opportunity_id=other:6, owner_id=other:5, flag=x"
    assert links().markdown(text) == (
        "lead\\_id=[crm:00Q7](https://crm.example/lead/00Q7?view=1), "
        "opportunity\\_id=[other:6](https://other.example/6), "
        "owner\\_id=[other:5](https://other.example/5), flag=x"
    )


def test_without_a_pattern_the_id_is_text() -> None:
    for text in ("deal=crm:1", "lead_id=plain:1", "lead_id=nobody:1"):
        assert "](" not in links().markdown(text)
    assert "](" not in links().markdown("contact_id=crm:1")  # the source has one for leads only


def test_what_a_record_holds_is_no_markup() -> None:
    assert links().markdown("a|b <script> [x](y) `c`") == "a\\|b \\<script\\> \\[x\\](y) \\`c\\`"
    hostile = links().markdown("lead_id=crm:1)[<b>](javascript:x)")
    assert "](javascript" not in hostile.replace("\\]", "")
    assert "<b>" not in hostile.replace("\\<", "")


def test_a_table_keeps_to_its_lines() -> None:
    assert markdown_table(["a", "b"], [["1", "two\nlines"]]) == "| a | b |\n| --- | --- |\n| 1 | two lines |"
