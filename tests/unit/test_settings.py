"""The environment's settings: what is accepted, and that what is not has a clear error before any work."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestration.cli import main
from orchestration.errors import PipelineError
from orchestration.lib.build_inputs import future_note, resolve_as_of
from orchestration.lib.refusals import refusal
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.sources_file import SourcesFile

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
SOURCES = SourcesFile.model_validate(
    {
        "reporting": {"time_zone": "Europe/Berlin", "currency": "EUR"},
        "sources": [{"name": "crm", "system": "zoho", "path": "x"}],
    }
)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PIPELINE_HOME", "~nosuchuser/x"),
        ("PIPELINE_SOURCES", "~nosuchuser/x"),
        ("PIPELINE_KEEP_VERSIONS", "1.5"),
        ("PIPELINE_MEMORY_LIMIT", "lots"),
        ("PIPELINE_MEMORY_LIMIT", "6000000000"),
        ("PIPELINE_MEMORY_LIMIT", "80%"),
        ("PIPELINE_MEMORY_LIMIT", "0GB"),
    ],
)
def test_a_setting_that_is_none_is_told_by_its_name(name: str, text: str) -> None:
    with pytest.raises(PipelineError, match=name) as error:
        Settings.load({name: text})
    assert text in str(error.value)


@pytest.mark.parametrize("text", ["6GB", "6 GB", "6gib", "1.5TB", "800MB", "6G"])
def test_sizes_as_duckdb_writes_them(text: str) -> None:
    assert Settings.load({"PIPELINE_MEMORY_LIMIT": text}).memory_limit == text


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-06-30", "2026-06-30 21:59:59.999999"),
        ("20260630", "2026-06-30 21:59:59.999999"),
        ("20260630T180000", "2026-06-30 16:00:00"),
        (" 2026-06-30T18:00+00:00 ", "2026-06-30 18:00:00"),
    ],
)
def test_as_of_is_the_end_of_a_day_or_a_moment(text: str, moment: str) -> None:
    assert str(resolve_as_of(text, SOURCES, NOW)) == moment


@pytest.mark.parametrize(
    "text", ["2026-W05", "soon", "9999-12-31", "0001-01-01T00:00+14:00", "2206-06-30", "1906-06-30"]
)
def test_as_of_that_is_no_day_to_speak_of_is_refused(text: str) -> None:
    with pytest.raises(PipelineError, match="PIPELINE_AS_OF"):
        resolve_as_of(text, SOURCES, NOW)


def test_as_of_that_lies_ahead_is_told(tmp_path: Path) -> None:
    def note(text: str | None) -> str:
        return future_note(Settings(tmp_path, tmp_path / "s.yaml", as_of_text=text), SOURCES, NOW)

    assert note(None) == note("2026-06-30") == note("2026-07-01") == ""
    assert "2126-01-01" in note("2126-01-01")
    assert "ahead" in note("2126-01-01")


def test_as_of_is_looked_at_by_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PIPELINE_SOURCES", raising=False)
    monkeypatch.setenv("PIPELINE_HOME", str(tmp_path))
    monkeypatch.setenv("PIPELINE_AS_OF", "soon")
    assert main(["check"]) == 1
    assert "PIPELINE_AS_OF" in capsys.readouterr().err
    assert main(["ingest"]) == 1  # before anything is read
    assert "PIPELINE_AS_OF" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_days_of_the_past_in_the_wrong_order_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", "--from", "2026-02-01", "--to", "2026-01-01"]) == 1
    assert "2026-02-01" in capsys.readouterr().err


def test_a_day_that_is_none_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["history", "--from", "30.06.2026", "--to", "2026-07-01"])
    assert ended.value.code == 2
    assert "'30.06.2026' is no day; write it as 2026-06-30" in capsys.readouterr().err


def test_a_day_before_the_first_ingest_is_told_with_the_way_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PIPELINE_SOURCES", raising=False)
    monkeypatch.setenv("PIPELINE_HOME", str(tmp_path))
    assert main(["history", "--from", "2026-02-01", "--to", "2026-02-01"]) == 1
    assert "--with-later-knowledge" in capsys.readouterr().err


def test_alerts_that_go_nowhere_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PIPELINE_ALERT_URLS", raising=False)
    monkeypatch.setenv("PIPELINE_HOME", str(tmp_path))
    assert main(["alerts"]) == 0
    assert "PIPELINE_ALERT_URLS is not set, so nobody is told" in capsys.readouterr().out


@pytest.mark.parametrize("below", ["", "x"])
def test_a_home_that_is_a_file_is_told(
    tmp_path: Path, below: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("PIPELINE_HOME", str(tmp_path / "file" / below))
    assert main(["compact"]) == 1
    assert f"PIPELINE_HOME is {tmp_path / 'file' / below}, which is no folder" in capsys.readouterr().err


def test_a_missing_file_elsewhere_is_no_matter_of_the_home(tmp_path: Path) -> None:
    lacking = FileNotFoundError(2, "No such file or directory", str(tmp_path / "elsewhere"))
    assert refusal(lacking, tmp_path / "home") is None
    assert refusal(FileNotFoundError(2, "No such file", str(tmp_path / "x")), tmp_path) is None


def test_check_says_what_is_not_there_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file may be right and the export not copied yet, or the machine the wrong one: no mistake of it."""
    path = tmp_path / "sources.yaml"
    path.write_text(
        "reporting: {time_zone: UTC, currency: EUR}\n"
        "sources:\n"
        "  - {name: files, system: zoho, path: nowhere}\n"
        "  - {name: here, system: zoho, path: .}\n"
        "  - {name: spot, system: hubspot, hubspot_api: {token_env: SPOT_TOKEN}}\n"
        "  - name: web\n"
        "    system: icalendar\n"
        "    urls: [{owner: ann@acme.io, url_env: ANNS_CALENDAR}, {owner: bob@acme.io, url_env: BOBS}]\n",
        encoding="utf-8",
    )
    for name, text in {"PIPELINE_SOURCES": str(path), "PIPELINE_HOME": str(tmp_path), "BOBS": "x"}.items():
        monkeypatch.setenv(name, text)
    for name in ("SPOT_TOKEN", "ANNS_CALENDAR", "PIPELINE_AS_OF"):
        monkeypatch.delenv(name, raising=False)
    assert main(["check"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.strip() for line in said if line.startswith("  ")] == [
        f"not there yet: {tmp_path / 'nowhere'}",
        "not set: the environment variable SPOT_TOKEN",
        "not set: the environment variable ANNS_CALENDAR",
    ]


def test_a_terminal_that_is_not_utf_8_ends_nothing(tmp_path: Path) -> None:
    path = tmp_path / "Müller" / "sources.yaml"
    path.parent.mkdir()
    path.write_text("reporting: {time_zone: UTC, currency: EUR}\nsources: [{name: demo, system: demo}]\n")
    done = subprocess.run(
        [sys.executable, "-m", "orchestration", "check"],
        cwd=PROJECT_ROOT, capture_output=True, check=False,
        env={**os.environ, "PIPELINE_SOURCES": str(path), "PYTHONIOENCODING": "ascii", "PIPELINE_AS_OF": ""},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert b"M?ller/sources.yaml is right." in done.stdout


def test_a_variable_of_our_own_is_not_laid_to_the_sources_file(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, said in (("PIPELINE_ALERT_URLS", "PIPELINE_ALERT_URLS is not set"), ("TOKEN", "sources file")):
        monkeypatch.delenv(name, raising=False)
        with pytest.raises(PipelineError, match=said):
            Settings.secret(name)
