"""A long load says how far it has come, and not at every step."""

from pathlib import Path

import pytest

from orchestration import progress
from orchestration.lib.landing import ingest
from orchestration.progress import EVERY_SECONDS, NowAndThen
from tests.unit.landing_doubles import START, Source, batch, feed


def test_one_text_in_so_many_seconds() -> None:
    told: list[str] = []
    clock = iter([0.0, 1.0, EVERY_SECONDS, EVERY_SECONDS + 1, 2 * EVERY_SECONDS])
    now_and_then = NowAndThen(told.append, lambda: next(clock))
    for number in range(4):
        now_and_then(f"step {number}")
    assert told == ["step 1", "step 3"]


def test_an_ingest_tells_rows_and_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY_SECONDS", 0)
    crm = Source(tmp_path / "home")
    told: list[str] = []
    pages = [batch([{"Id": f"{page}-{number}"} for number in range(3)]) for page in range(2)]
    ingest(crm.settings, crm.entry, iter([feed(pages)]), now=START, progress=told.append)
    assert told[:2] == [
        "crm: Lead: 3 rows in 1 batches so far, 0 rejected",
        "crm: Lead: 6 rows in 2 batches so far, 0 rejected",
    ]
