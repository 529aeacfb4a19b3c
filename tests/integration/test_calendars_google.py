"""Google Calendar as Google describes it: Prism serves the discovery document on loopback, checks every
request against it and answers with what it allows. Every answer lands or is rejected.

Needs node and npm; Prism and google-discovery-to-swagger are installed into a temporary folder.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.conftest import shared_data
from tests.integration.processes import stop
from tests.unit.api_server import Reply, Request, api_server
from tests.unit.calendar_doubles import Calendars

pytestmark = [pytest.mark.server, pytest.mark.real_input]

PACKAGES = ("@stoplight/prism-cli@5", "google-discovery-to-swagger@2")
NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
# Google's discovery names no types of answers, and Prism takes the base path for a part of every path.
CONVERT = """
const [discovery, out] = process.argv.slice(1), fs = require('fs')
const swagger = require('google-discovery-to-swagger').convert(JSON.parse(fs.readFileSync(discovery)))
Object.assign(swagger, {produces: ['application/json'], consumes: ['application/json']})
delete swagger.basePath
fs.writeFileSync(out, JSON.stringify(swagger))
"""


def unavailable(reason: str) -> None:
    if os.environ.get("REQUIRE_SERVERS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the contract."""
    discovery = shared_data("api_contracts/google") / "calendar.v3.json"
    folder = tmp_path_factory.mktemp("prism")
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        unavailable("npm is not installed")
    install = [str(npm), "install", "--no-audit", "--no-fund", "--prefix", str(folder), *PACKAGES]
    done = subprocess.run(install, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        unavailable(f"npm could not install {', '.join(PACKAGES)}: {done.stderr[-300:]}")
    contract = folder / "calendar.json"
    subprocess.run(
        [str(node), "-e", CONVERT, str(discovery), str(contract)], cwd=folder, check=True, timeout=60
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        str(folder / "node_modules/.bin/prism"),
        "mock",
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
        str(contract),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            assert process.poll() is None, f"prism ended with {process.returncode}"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(process)


def through(prism: str, *, prefer: str = "") -> Callable[[Request], Reply]:
    """Prism behind a token endpoint. It keeps no state, so its page token leads on once and then ends."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def answer(request: Request) -> Reply:
        if request.path == "/token":
            return Reply({"access_token": "access"})
        headers = {
            "Authorization": request.headers["authorization"],
            "Accept": request.headers["accept"],
            "Prefer": prefer,
        }
        address = f"{prism}{request.path}?{urlencode(request.query)}"
        asked = urllib.request.Request(address, headers=headers)  # noqa: S310
        try:
            with opener.open(asked, timeout=20) as reply:
                body = json.load(reply)
        except urllib.error.HTTPError as error:
            return Reply(error.read(), error.code)
        if "pageToken" in request.query or "syncToken" in request.query:
            body.pop("nextPageToken", None)
            body["nextSyncToken"] = "sync"
        else:
            body["nextPageToken"] = "page"
        return Reply(body)

    return answer


def calendars(home: Path, url: str) -> Calendars:
    api = {"calendars": ["ann@acme.example"], "api_url": url, "sign_in_url": url, "client_id_env": "I"}
    api |= {"client_secret_env": "S", "refresh_token_env": "R"}
    secrets = {"I": "app", "S": "secret", "R": "refresh"}
    return Calendars(home, NOW, secrets, system="google_calendar", google_calendar_api=api)


def test_the_contract_refuses_what_is_not_googles(prism: str) -> None:
    request = Request(
        "GET",
        "/calendars/a/events",
        {"singleEvents": "perhaps"},
        {"authorization": "Bearer x", "accept": "*/*"},
        b"",
    )
    assert through(prism)(request).status == 422


def test_every_request_is_accepted(prism: str, tmp_path: Path) -> None:
    with api_server(through(prism)) as server:
        source = calendars(tmp_path, server.url)
        figures = source.ingest()
        assert (figures["landed"], figures["rejected"]) == (1, 0)
        source.ingest()
        queries = [request.query for request in server.seen if request.path != "/token"]
    assert ["pageToken" in query for query in queries] == [False, True, False]
    assert ["syncToken" in query for query in queries] == [False, False, True]
    columns = 'id, "start_dateTime", attendees, "conferenceData_entryPoints", summary'
    ((key, starts, attendees, links, summary),) = source.current(columns)
    assert (key, starts) == ("string", "2019-08-24T14:15:22Z")
    assert summary == "string"
    assert json.loads(attendees)[0]["email"] == json.loads(links)[0]["uri"] == "string"


def test_every_answer_lands_or_is_rejected(prism: str, tmp_path: Path) -> None:
    """Answers that Prism makes up within the contract: any text, any field missing."""
    counted = 0
    with api_server(through(prism, prefer="dynamic=true")) as server:
        for number in range(6):
            source = calendars(tmp_path / str(number), server.url)
            figures = source.ingest()
            counted += figures["landed"] + figures["rejected"] + figures["unchanged"]
            assert all(request.path == "/token" or request.query for request in server.seen)
    assert counted > 6
