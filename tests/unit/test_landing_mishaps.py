"""Landing when something goes wrong: killed in between, loads left pending, files lost or damaged."""

from pathlib import Path
from typing import Any

import pytest

from orchestration.errors import PipelineError
from orchestration.lib import landing, landing_writer
from orchestration.lib.fingerprint import checksum
from orchestration.lib.landing import completed_ingests, landing_files
from orchestration.lib.landing_files import file_key, file_rewritten
from tests.unit.landing_doubles import Source, batch, feed, many

A, B = {"Id": "1", "Name": "a"}, {"Id": "1", "Name": "b"}


@pytest.fixture
def crm(tmp_path: Path) -> Source:
    return Source(tmp_path / "home")


class Killed(BaseException):
    """What a kill looks like from inside."""


def test_killed_before_the_record_the_load_is_adopted(crm: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    crm.leads([A])
    with monkeypatch.context() as patched:
        patched.setattr(landing, "write_record", lambda *_: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            crm.leads([B, {"Id": "2", "Name": "x"}])
    assert len(crm.landed()) == 1  # the load is there but does not count
    report = crm.ingest(feed([batch([B, {"Id": "2", "Name": "x"}])]))
    (figures,) = report.objects
    assert (figures.landed_rows, figures.unchanged_rows, figures.adopted_rows) == (0, 2, 2)
    assert "interrupted" in report.warnings[0]
    assert crm.changes() == [("1", "upsert", "a"), ("1", "upsert", "b"), ("2", "upsert", "x")]
    assert crm.leads([B, {"Id": "2", "Name": "x"}])["adopted_rows"] == 0


def test_killed_while_writing_the_next_ingest_starts_afresh(
    crm: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(*_: Any) -> Any:
        yield batch([A]).rows
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(landing.Comparison, "new_rows", torn)
        with pytest.raises(BaseException):  # noqa: B017 - dlt may wrap it
            crm.leads([A, A])  # the same record twice: what lands is not what was read
    assert crm.landed() == []
    assert crm.leads([A, A])["landed_rows"] == 1
    assert crm.changes() == [("1", "upsert", "a")]


def test_parts_with_other_columns_land_in_one_file(crm: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.lib.landing_spool.ADMISSION_ROWS", 1)
    again = {"Id": "2", "Name": "b"}
    parts = [
        batch([{"Id": "1", "Name": "a"}, again]),
        batch([{"Id": "3", "Mail": "c"}], columns=["Id", "Mail"]),
        batch([{"Id": "4", "Name": "d"}, {"Id": "5", "Name": "e"}, again]),
    ]
    figures = crm.ingest(feed(parts)).objects[0]
    assert (figures.read_rows, figures.landed_rows, figures.unchanged_rows) == (6, 5, 1)
    assert sorted(crm.landed('"Id", "Name", "Mail", _source_row')) == [
        ("1", "a", None, 1),
        ("2", "b", None, 3),  # where it stood last
        ("3", None, "c", 1),
        ("4", "d", None, 1),
        ("5", "e", None, 2),
    ]
    assert len(list(crm.settings.landing.glob("salesforce/Lead/*.parquet"))) == 1
    assert len({load for (load,) in crm.landed("_dlt_load_id")}) == 1


@pytest.mark.parametrize("step", ["normalize", "load"])
def test_a_load_left_pending_is_finished(crm: Source, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    from dlt.pipeline.pipeline import Pipeline

    def die(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Pipeline, step, die)
        with pytest.raises(Killed):
            crm.leads([A])
    report = crm.ingest(feed([batch([A])]))
    assert (report.objects[0].adopted_rows, report.objects[0].landed_rows) == (1, 0)
    assert crm.changes() == [("1", "upsert", "a")]


def test_a_pending_load_that_cannot_be_finished_is_dropped(
    crm: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dlt.pipeline.exceptions import PipelineStepFailed
    from dlt.pipeline.pipeline import Pipeline

    def die(*_: Any, **__: Any) -> None:
        raise Killed

    def fail(self: Pipeline, *_: Any, **__: Any) -> None:
        raise PipelineStepFailed(self, "load", "1", ValueError("damaged"), None)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(Pipeline, "load", die)
        with pytest.raises(Killed):
            crm.leads([A])
    with monkeypatch.context() as patched:
        patched.setattr(Pipeline, "load", fail)
        (dropped,) = landing_writer.finish_pending(crm.settings, "crm")
    assert "damaged" in dropped
    assert crm.leads([A])["landed_rows"] == 1
    assert crm.changes() == [("1", "upsert", "a")]


def test_a_lost_work_folder_loses_nothing(crm: Source) -> None:
    import shutil

    crm.leads(many(5))
    shutil.rmtree(crm.settings.work)
    assert crm.leads(many(6))["landed_rows"] == 1
    assert len(crm.landed()) == 6


def test_files_that_landing_lost_are_told(crm: Source) -> None:
    crm.leads([A])
    for path in crm.settings.landing.rglob("*.parquet"):
        path.unlink()
    with pytest.raises(PipelineError, match="salesforce Lead: landing lacks the 1 rows"):
        crm.leads([A])


def test_a_record_that_cannot_be_read_is_told(crm: Source) -> None:
    crm.leads([A])
    (path,) = (crm.settings.landing / "_ingests" / "crm").glob("*.json")
    path.write_text("{")
    with pytest.raises(PipelineError, match=path.name):
        completed_ingests(crm.settings, "crm")


@pytest.mark.parametrize("name", ["my data", "Büro #1", "[prod]", "a?b*"])
def test_homes_of_any_name(tmp_path: Path, name: str) -> None:
    crm = Source(tmp_path / name)
    crm.leads([A])
    assert crm.leads([A, {"Id": "2"}])["landed_rows"] == 1
    assert len(crm.landed()) == 2


def test_a_home_that_dlt_cannot_handle_is_told(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="PIPELINE_HOME"):
        Source(tmp_path / "100%").leads([A])


def test_the_environment_is_left_alone(crm: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    before = dict(os.environ)
    crm.leads([A])
    assert dict(os.environ) == before


def test_a_build_checks_the_content_of_what_was_landed(crm: Source) -> None:
    crm.leads([{"Id": "1", "Name": "Annabelle"}])
    (path,) = (crm.settings.landing / "salesforce" / "Lead").glob("*.parquet")
    whole = path.read_bytes()
    assert b"Annabelle" in whole
    path.write_bytes(whole.replace(b"Annabelle", b"Annabella"))  # a file that Parquet reads without a word
    records = completed_ingests(crm.settings, "crm")
    landing_files(crm.settings, records)
    with pytest.raises(PipelineError, match="is damaged: its content is not what was landed"):
        landing_files(crm.settings, records, is_content_checked=True)
    with file_rewritten(path):
        assert completed_ingests(crm.settings, "crm")[0]["checksums"] == {}
    landing_files(crm.settings, completed_ingests(crm.settings, "crm"), is_content_checked=True)


@pytest.mark.parametrize("can_link", [True, False])
def test_the_ledger_has_the_checksum_of_what_lies_there_linked_or_copied(
    crm: Source, monkeypatch: pytest.MonkeyPatch, *, can_link: bool
) -> None:
    def cannot(*_: Any, **__: Any) -> None:
        raise OSError("another file system")

    if not can_link:
        monkeypatch.setattr("fsspec.implementations.local.LocalFileSystem.link", cannot)
    crm.leads([A])
    (record,) = completed_ingests(crm.settings, "crm")
    ((key, noted),) = record["checksums"].items()
    (path,) = crm.settings.landing.glob("salesforce/Lead/*.parquet")
    assert file_key(path) == key
    assert checksum(path) == noted
    assert path.stat().st_nlink == 1  # nothing else may hold on to it
    assert crm.changes() == [("1", "upsert", "a")]
