"""CalDAV against Radicale, a server that we did not write.

Radicale is taken from the running environment where it is installed, else from PyPI into a virtual
environment of its own, for the time of the tests.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import venv
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest

from orchestration.errors import PipelineError
from orchestration.sources.calendar.sync import window_around
from tests.integration.processes import stop
from tests.unit.calendar_doubles import Calendars, ics

pytestmark = pytest.mark.server

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
USER, PASSWORD = "ann", "pass phrase: ü"


def unavailable(reason: str) -> None:
    if os.environ.get("REQUIRE_SERVERS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def radicale_python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An interpreter that has Radicale."""
    if find_spec("radicale"):
        return sys.executable
    folder = tmp_path_factory.mktemp("radicale")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    done = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "radicale>=3.5,<4"],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    if done.returncode:
        unavailable(f"Radicale cannot be installed from PyPI: {done.stderr[-300:]}")
    return str(python)


@dataclass
class Server:
    url: str
    storage: Path

    def send(self, method: str, path: str, body: bytes = b"", kind: str = "text/calendar") -> int:
        """A request of a calendar program's."""
        pair = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        headers = {"Authorization": f"Basic {pair}", "Content-Type": f"{kind}; charset=utf-8"}
        request = urllib.request.Request(self.url + path, body or None, headers, method=method)  # noqa: S310
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            return int(answer.status)

    def put(self, name: str, *events: str) -> None:
        self.send("PUT", f"/ann/office/{name}.ics", ics(*events))

    def forget_sync_tokens(self) -> None:
        """As after `max_sync_token_age`, 30 days by default."""
        folders = list(self.storage.rglob("sync-token"))
        assert folders
        for folder in folders:
            shutil.rmtree(folder)


@pytest.fixture
def radicale(radicale_python: str, tmp_path: Path) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    users, storage, config = tmp_path / "users", tmp_path / "storage", tmp_path / "radicale.conf"
    users.write_text(f"{USER}:{PASSWORD}\n", encoding="utf-8")
    config.write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\n[auth]\ntype = htpasswd\nhtpasswd_filename = {users}\n"
        f"htpasswd_encryption = plain\ndelay = 0\n[storage]\nfilesystem_folder = {storage}\n",
        encoding="utf-8",
    )
    with (tmp_path / "radicale.log").open("wb") as log:
        process = subprocess.Popen(
            [radicale_python, "-m", "radicale", "--config", str(config)], stdout=log, stderr=log
        )
        try:
            server = Server(f"http://127.0.0.1:{port}", storage)
            for _ in range(100):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.1)
            server.send("MKCALENDAR", "/ann/office/")
            yield server
        finally:
            stop(process)


@pytest.fixture
def ann(radicale: Server, tmp_path: Path) -> Calendars:
    return Calendars(
        tmp_path / "home",
        NOW,
        {"CALDAV_USER": USER, "CALDAV_PASSWORD": PASSWORD},
        system="caldav",
        caldav_server={
            "url": radicale.url,
            "user_env": "CALDAV_USER",
            "password_env": "CALDAV_PASSWORD",
            "collections": [{"path": "/ann/office/", "owner": "ann@acme.example"}],
        },
    )


ONE = "UID:one\nDTSTART:20260312T090000Z\nDTEND:20260312T100000Z\nSUMMARY:First"
TWO = "UID:two\nDTSTART:20260313T090000Z\nDTEND:20260313T100000Z\nSUMMARY:Second"
DAILY = (
    "UID:daily\nDTSTART;TZID=Europe/Berlin:20260301T090000\nDURATION:PT30M\nRRULE:FREQ=DAILY;COUNT=4\n"
    "SUMMARY:Stand-up"
)


def test_created_changed_deleted(radicale: Server, ann: Calendars) -> None:
    radicale.put("one", ONE)
    radicale.put("two", TWO)
    assert ann.ingest() == {"landed": 2, "deleted": 0, "rejected": 0, "unchanged": 0}
    assert ann.ingest() == {"landed": 0, "deleted": 0, "rejected": 0, "unchanged": 0}
    radicale.put("one", ONE.replace("First", "First moved").replace("0312T", "0316T"))
    radicale.send("DELETE", "/ann/office/two.ics")
    assert ann.ingest() == {"landed": 1, "deleted": 2, "rejected": 0, "unchanged": 0}
    assert ann.current("summary, starts_at, calendar_owner") == [
        ("First moved", "2026-03-16T09:00:00+00:00", "ann@acme.example")
    ]
    radicale.put("two", TWO)
    assert ann.ingest()["landed"] == 1
    assert len(ann.current("uid")) == 2


def test_a_series_its_override_and_its_end(radicale: Server, ann: Calendars) -> None:
    radicale.put("daily", DAILY)
    assert ann.ingest()["landed"] == 4
    moved = (
        "UID:daily\nRECURRENCE-ID;TZID=Europe/Berlin:20260302T090000\nDTSTART;TZID=Europe/Berlin:20260302T140000\n"
        "DURATION:PT30M\nSUMMARY:Stand-up later\nSEQUENCE:1"
    )
    radicale.put("daily", DAILY, moved)
    assert ann.ingest() == {"landed": 1, "deleted": 0, "rejected": 0, "unchanged": 3}
    assert ann.current("starts_at, summary", "starts_at")[1] == (
        "2026-03-02T13:00:00+00:00",
        "Stand-up later",
    )
    radicale.put("daily", DAILY.replace("COUNT=4", "COUNT=1"))
    assert ann.ingest() == {"landed": 0, "deleted": 3, "rejected": 0, "unchanged": 1}
    radicale.send("DELETE", "/ann/office/daily.ics")
    assert ann.ingest()["deleted"] == 1


def test_deleting_a_series_ends_what_has_left_the_window_too(radicale: Server, ann: Calendars) -> None:
    radicale.put("old", "UID:old\nDTSTART:20240310T090000Z\nDTEND:20240310T100000Z")
    assert ann.ingest()["landed"] == 1
    assert ann.ingest(days=150) == {"landed": 0, "deleted": 0, "rejected": 0, "unchanged": 0}
    assert len(ann.current("uid")) == 1, "what leaves the window at its back has not been deleted"
    radicale.send("DELETE", "/ann/office/old.ics")
    assert ann.ingest()["deleted"] == 1


def test_an_unchanged_series_is_expanded_again_when_the_window_moves(
    radicale: Server, ann: Calendars
) -> None:
    radicale.put("monthly", "UID:m\nDTSTART:20260301T090000Z\nDTEND:20260301T100000Z\nRRULE:FREQ=MONTHLY")
    first = ann.ingest()["landed"]
    (last,) = ann.current("max(starts_at)")[0]
    assert ann.ingest(days=1)["landed"] == 0
    assert ann.ingest(days=31)["landed"] == 1
    assert ann.current("max(starts_at)")[0][0] > last
    assert len(ann.current("uid")) == first + 1
    assert last < window_around(NOW, 24, 12).end.isoformat()


def test_an_expired_sync_token_is_said_and_loses_nothing(radicale: Server, ann: Calendars) -> None:
    for number in range(4):
        radicale.put(f"e{number}", ONE.replace("UID:one", f"UID:e{number}"))
    ann.ingest()
    radicale.forget_sync_tokens()
    radicale.send("DELETE", "/ann/office/e1.ics")
    radicale.put("two", TWO)
    assert ann.ingest() == {"landed": 1, "deleted": 1, "rejected": 0, "unchanged": 3}
    assert "no longer knows its sync token" in ann.warnings[0]
    assert [uid for (uid,) in ann.current("uid")] == ["e0", "e2", "e3", "two"]
    ann.ingest()
    assert ann.warnings == ()


def test_what_cannot_be_expanded_keeps_its_old_occurrences(radicale: Server, ann: Calendars) -> None:
    radicale.put("daily", DAILY)
    ann.ingest()
    radicale.put("daily", DAILY.replace("FREQ=DAILY;COUNT=4", "FREQ=SECONDLY"))
    figures = ann.ingest()
    assert (figures["rejected"], figures["deleted"]) == (1, 0)
    assert len(ann.current("uid")) == 4
    radicale.put("daily", DAILY.replace("COUNT=4", "COUNT=2"))
    assert ann.ingest()["deleted"] == 2


def test_a_private_event_lands_as_its_time(radicale: Server, ann: Calendars) -> None:
    radicale.put("secret", ONE + "\nCLASS:PRIVATE\nDESCRIPTION:Notes\nATTENDEE:mailto:boss@rival.example")
    ann.ingest()
    assert ann.current("starts_at, visibility, summary") == [("2026-03-12T09:00:00+00:00", "PRIVATE", None)]
    text = ann.landed_text()
    assert "First" not in text and "Notes" not in text and "rival" not in text


def test_an_emptied_calendar_is_not_believed_at_once(radicale: Server, ann: Calendars) -> None:
    """All gone and the token with it: that is what a calendar made anew looks like."""
    for number in range(3):
        radicale.put(f"e{number}", ONE.replace("UID:one", f"UID:e{number}"))
    ann.ingest()
    radicale.send("DELETE", "/ann/office/")
    radicale.send("MKCALENDAR", "/ann/office/")
    assert ann.ingest()["deleted"] == 0
    assert any("nothing was taken for deleted" in warning for warning in ann.warnings)


def test_refused_and_missing(radicale: Server, ann: Calendars) -> None:
    ann.secrets["CALDAV_PASSWORD"] = "wrong-one"
    with pytest.raises(PipelineError, match=r"answered 401[\s\S]*CALDAV_PASSWORD") as error:
        ann.ingest()
    assert "wrong-one" not in str(error.value)
    ann.secrets["CALDAV_PASSWORD"] = PASSWORD
    collections = [{"path": f"/ann/{name}/", "owner": "ann@acme.example"} for name in ("office", "gone")]
    server = ann.entry.caldav_server
    assert server is not None
    ann.entry = ann.entry.model_copy(
        update={
            "caldav_server": type(server).model_validate({**server.model_dump(), "collections": collections})
        }
    )
    radicale.put("one", ONE)
    assert ann.ingest()["landed"] == 1
    assert "/ann/gone/ could not be read (404)" in ann.warnings[0]
