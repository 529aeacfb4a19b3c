"""HubSpot and Pipedrive as their vendors describe them: Prism serves the OpenAPI files on loopback, checks
every request against them and answers with what they allow. Every answer lands or is rejected.

Needs node and npm; Prism (@stoplight/prism-cli) is installed into a temporary folder.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.crm_accounts import HubspotAccount, PipedriveAccount
from orchestration.lib.landing import completed_ingests, ingest, landing_files
from orchestration.records import ObjectFeed
from orchestration.settings import Settings
from orchestration.sources.crm.hubspot_api import RECORDS, hubspot_feeds
from orchestration.sources.crm.pipedrive_api import pipedrive_feeds
from orchestration.sources.crm.windows import ApiRun
from orchestration.sources.transport import Caller, Limits, RequestFailed, Transport
from orchestration.sources.transport_auth import Credentials, Token
from orchestration.sources_file import SourceEntry
from tests.conftest import shared_data
from tests.integration.processes import stop

pytestmark = [pytest.mark.server, pytest.mark.real_input]

PRISM = "@stoplight/prism-cli@5"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def prism(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The command, installed for this test run where the machine has none."""
    if found := shutil.which("prism"):
        return found
    folder = tmp_path_factory.mktemp("prism")
    npm = shutil.which("npm")
    problem = "npm is not installed"
    if npm:
        done = subprocess.run(
            [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), PRISM],
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        problem = f"npm could not install {PRISM}: {done.stderr[-300:]}"
        if done.returncode == 0:
            return str(folder / "node_modules" / ".bin" / "prism")
    if os.environ.get("REQUIRE_SERVERS") == "1":
        pytest.fail(problem)
    pytest.skip(problem)


@contextlib.contextmanager
def served(prism: str, contract: Path, *options: str) -> Iterator[str]:
    """A contract served by Prism; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [prism, "mock", "-h", "127.0.0.1", "-p", str(port), *options, str(contract)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            assert process.poll() is None, f"prism ended with {process.returncode}"
            time.sleep(0.1)
        yield url
    finally:
        stop(process)


class OnePage(Transport):
    """Prism keeps no state: its page tokens lead on forever, so every listing ends after one page."""

    def get(self, path: str, **params: Any) -> Any:
        return _ended(super().get(path, **params))

    def post(self, path: str, body: Any, **params: Any) -> Any:
        return _ended(super().post(path, body, **params))


def _ended(answer: Any) -> Any:
    answer.pop("paging", None)
    if isinstance(answer.get("additional_data"), dict):
        answer["additional_data"].pop("next_cursor", None)
        answer["additional_data"].pop("pagination", None)
    return answer


def run_of(state: dict[str, Any] | None = None) -> ApiRun:
    # no second attempt: what the contract refuses once it refuses always
    return ApiRun(Caller("crm", lambda _: None, Limits(attempts=1)), NOW, state or {}, lambda _: "token")


def landed(home: Path, system: str, feeds: Iterator[ObjectFeed]) -> dict[str, dict[str, Any]]:
    settings = Settings(home=home, sources_file=home / "sources.yaml")
    section = {f"{system}_api": {"token_env": "T"}}
    entry = SourceEntry.model_validate({"name": "crm", "system": system, "accept_shrink": True, **section})
    report = ingest(settings, entry, feeds, now=NOW).to_dict()
    assert landing_files(settings, completed_ingests(settings, "crm"))
    return {item["object"]: item for item in report["objects"]}


@pytest.fixture(scope="session")
def hubspot(prism: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """HubSpot's descriptions as one, each with its own schemas. Properties are not among them, so that
    asking for their names is answered with 404, as by an account whose token may not list them."""
    merged: dict[str, Any] = {}
    for name in ("objects", "crmOwners", "pipelines", "associations.v4"):
        text = (shared_data("api_contracts/hubspot") / f"{name}.json").read_text(encoding="utf-8")
        prefix = name.replace(".", "_")
        contract = json.loads(text.replace("#/components/schemas/", f"#/components/schemas/{prefix}_"))
        schemas = contract["components"].pop("schemas")
        merged = merged or {**contract, "paths": {}, "components": {**contract["components"], "schemas": {}}}
        merged["paths"].update(contract["paths"])
        merged["components"]["schemas"].update({f"{prefix}_{key}": value for key, value in schemas.items()})
    path = tmp_path_factory.mktemp("hubspot") / "hubspot.json"
    path.write_text(json.dumps(merged))
    with served(prism, path, "-d", "--seed", "crm") as url:
        yield url


def test_prism_refuses_what_the_contract_does_not_allow(hubspot: str) -> None:
    """Or the tests below would prove nothing."""
    transport = Transport(run_of().caller, hubspot, Token("T", lambda _: "token"))
    with pytest.raises(RequestFailed) as caught:
        transport.post("/crm/v3/objects/deals/search", {"limit": "many"})
    # HubSpot describes no form of errors, so that Prism cannot make one up and answers 500
    assert caught.value.status in (422, 500)


@pytest.mark.parametrize("is_incremental", [False, True])
def test_hubspot(hubspot: str, tmp_path: Path, is_incremental: bool) -> None:
    account = HubspotAccount(token_env="T", base_url=hubspot)
    known = {"modified_until": "2026-02-28T00:00:00.000Z", "listed_at": "2026-02-28T00:00:00.000Z"}
    run = run_of(dict.fromkeys(RECORDS, known) if is_incremental else None)
    with OnePage(run.caller, hubspot, Token("T", run.secret)) as transport:
        objects = landed(tmp_path, "hubspot", hubspot_feeds(account, run, transport))
    histories = {f"{name}_property_history" for name in ("contact", "deal", "lead")}
    assert set(objects) == {*RECORDS, *histories, "associations", "owners", "pipelines"}
    assert all(objects[name]["read_rows"] for name in histories)
    assert sum(item["landed_rows"] for item in objects.values()) > 20
    rejected = [
        json.loads(line)
        for path in (tmp_path / "rejected").rglob("*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert len(rejected) == sum(item["rejected_rows"] for item in objects.values())
    assert all(row["code"] and row["reason"] and row["record"] for row in rejected)


@pytest.mark.parametrize("is_incremental", [False, True])
def test_pipedrive(prism: str, tmp_path: Path, is_incremental: bool) -> None:
    contracts = shared_data("api_contracts/pipedrive")
    known = {"modified_until": "2026-02-28T00:00:00.000Z", "listed_at": "2026-03-01T00:00:00.000Z"}
    state = dict.fromkeys(("deals", "persons", "organizations", "activities"), known)
    run = run_of(state if is_incremental else None)
    token = Token("T", run.secret, header="x-api-token", prefix="")
    with (
        served(prism, contracts / "v1.yaml") as url_1,
        served(prism, contracts / "v2.yaml") as url_2,
        OnePage(run.caller, url_1, token) as version_1,
        OnePage(run.caller, url_2, token) as version_2,
    ):
        feeds = pipedrive_feeds(PipedriveAccount(token_env="T"), run, version_1, version_2)
        objects = landed(tmp_path, "pipedrive", feeds)
    assert {name: item["rejected_rows"] for name, item in objects.items()} == dict.fromkeys(objects, 0)
    assert [name for name, item in objects.items() if not item["landed_rows"]] == []
    assert len(objects) == 9
    assert objects["users"]["landed_rows"] == 2


def test_pipedrive_wants_its_token_in_a_header(prism: str) -> None:
    with served(prism, shared_data("api_contracts/pipedrive") / "v1.yaml") as url:
        with pytest.raises(RequestFailed) as caught:
            Transport(run_of().caller, url, Credentials()).get("/users")
        assert caught.value.status == 401
        token = Token("T", lambda _: "token", header="x-api-token", prefix="")
        assert Transport(run_of().caller, url, token).get("/users")["success"] is True
