"""Leads built on the warehouse of the day before are those of a warehouse built from nothing."""

from pathlib import Path

import pytest

from bench import lead_scoring


@pytest.mark.long
def test_the_day_after_is_as_if_built_from_nothing(tmp_path: Path) -> None:
    # raises where a row of rpt_lead_quality or fct_lead_flags differs, or a table is left behind
    report = lead_scoring.measure(tmp_path, part=lambda _, work: work(), sizes=(1500,))
    assert report["leads_judged"]["1500, first"] >= 1500
    # one in a hundred has changed, not each in what is judged; nobody else was judged again
    assert 0 < report["leads_judged"]["1500, day"] <= 25
