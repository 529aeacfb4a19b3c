"""What may be read outside the private rooms: masked texts, and the choice to publish more."""

from pathlib import Path

import pytest

from orchestration.errors import PipelineError
from orchestration.masking import masked, masked_values
from orchestration.settings import Settings
from tests.unit.published_marts import make_home, write_verdict

ID_AND_TIME = "crm:00Q5e00000123456 at 2026-06-30 21:59:59+00:00"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("lead_id=crm:jane.roe+x@mail.acme.io, n=2", "lead_id=crm:j***@mail.acme.io, n=2"),
        ('{"who": "Jane Roe <jane@acme.io>;bo@b.co"}', '{"who": "Jane Roe <j***@acme.io>;b***@b.co"}'),
        ("søren@bücher.example", "s***@bücher.example"),
        ("call +49 (30) 123-45 67 now", "call +49*** now"),
        (ID_AND_TIME, ID_AND_TIME),
        ("j***@acme.io", "j***@acme.io"),
    ],
)  # fmt: skip
def test_addresses_and_numbers_are_masked_and_ids_and_times_are_not(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_every_text_of_a_structure_is_masked() -> None:
    found = {
        "failing_keys": ["lead_id=jane@acme.io"],
        "count": 3,
        "detail": ({"email": "jane@acme.io"}, None),
    }
    assert masked_values(found) == {
        "failing_keys": ["lead_id=j***@acme.io"],
        "count": 3,
        "detail": [{"email": "j***@acme.io"}, None],
    }


@pytest.mark.parametrize(
    ("value", "chosen"), [(None, False), ("false", False), ("TRUE", True), ("true", True)]
)
def test_contact_details_are_published_by_choice_only(value: str | None, chosen: bool) -> None:
    environ = {} if value is None else {"PUBLISH_CONTACT_DETAILS": value}
    assert Settings.load(environ).publish_contact_details is chosen


def test_a_slip_of_the_pen_is_no_choice() -> None:
    with pytest.raises(PipelineError, match="PUBLISH_CONTACT_DETAILS is 'yes'"):
        Settings.load({"PUBLISH_CONTACT_DETAILS": "yes"})


def test_a_verdict_names_no_address(tmp_path: Path) -> None:
    settings = make_home(tmp_path / "data")
    verdict = write_verdict(
        settings, failing_key="lead_id=crm:jane@acme.io", fct_leads__lead_id_not_null="failed"
    )
    assert "jane" not in str(verdict)
    assert any("crm:j***@acme.io" in reason for reason in verdict["blocking_reasons"])
