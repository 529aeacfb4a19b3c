"""One prepared home for all fault tests of whole runs: a build is dear, a copy of its home is not."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
from filelock import FileLock

from tests.conftest import FIXTURES
from tests.faults.runs import Organisation
from tests.unit.api_server import ApiServer, Reply, Request, api_server
from tests.unit.pipedrive_account import PipedriveAccount

# Texts that nothing else in the world says, so that finding one anywhere is a finding.
SECRETS = {
    "PLANTED_PIPEDRIVE_TOKEN": "pd-token-zq81-planted",
    "PLANTED_WEBHOOK_URL": "https://hooks.invalid/T0/planted-hook-7731",
}
POSTGRES_PASSWORD = "pg-password-planted-5520"
PERSON = {
    "name": "Zerlinda Quxmoor",
    "email": "zerlinda.quxmoor@planted-mail.example",
    "phone": "+4930901820777",
}
_SOURCE = """
  - name: pipe
    system: pipedrive
    pipedrive_api: {{base_url: "{url}", token_env: PLANTED_PIPEDRIVE_TOKEN}}
"""


class Pipedrive:
    """An account on loopback that can be told to fail; `reply` answers instead of it where it is set."""

    def __init__(self) -> None:
        when = {"add_time": "2026-02-01T10:00:00Z", "update_time": "2026-02-01T10:00:00Z"}
        self.reply: Reply | None = None
        self.account = PipedriveAccount(
            records={
                "persons": [
                    {
                        "id": 1,
                        "name": PERSON["name"],
                        "emails": [{"value": PERSON["email"], "primary": True}],
                        "phones": [{"value": PERSON["phone"], "primary": True}],
                        **when,
                    }
                ],
                "users": [{"id": 7, "name": "Ann", "email": "ann@lantern.example"}],
                "leads": [
                    {
                        "id": "adf21080-0e10-11eb-879b-05d71fb426ec",
                        "title": f"{PERSON['name']} lead",
                        "owner_id": 7,
                        "person_id": 1,
                        "is_archived": False,
                        **when,
                    }
                ],
            },
            page=50,
        )

    def answer(self, request: Request) -> Reply:
        if self.reply is not None:
            return self.reply
        if request.headers.get("x-api-token") != SECRETS["PLANTED_PIPEDRIVE_TOKEN"]:
            return Reply({"error": "unauthorized"}, status=401)
        signed = {**request.headers, "x-api-token": "pipedrive-token"}  # the account's own
        return self.account.answer(replace(request, headers=signed))


@pytest.fixture(scope="session")
def pipedrive() -> Pipedrive:
    return Pipedrive()


@pytest.fixture(scope="session")
def pipedrive_server(pipedrive: Pipedrive) -> Iterator[ApiServer]:
    with api_server(pipedrive.answer) as server:
        yield server


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, pipedrive_server: ApiServer) -> Organisation:
    """Files of a few dozen rows and an account of three records, run once, published. Tests work on copies.

    Where several processes test at once, the first that asks makes the home for all; the sources file, which
    names the server of the process, is each one's own.
    """
    sources = tmp_path_factory.mktemp("prepared") / "organisation" / "sources.yaml"
    shutil.copytree(FIXTURES / "worked_example", sources.parent)
    text = sources.read_text(encoding="utf-8")
    sources.write_text(text + _SOURCE.format(url=pipedrive_server.url), encoding="utf-8")
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "prepared_home"
    folder.mkdir(exist_ok=True)
    made = Organisation(folder / "home", sources, SECRETS)
    printed = folder / "printed.txt"
    with FileLock(folder / "lock"):
        if not printed.exists():
            code, output = made.run("run")
            assert code == 0, output
            printed.write_text(output, encoding="utf-8")
    return made


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The whole runs on one core, and on the other first what needs no prepared home."""
    order = ["test_killed_runs", "test_publish_faults"]
    names = [item.path.stem for item in items]
    rank = {name: order.index(name) if name in order else len(order) for name in names}
    items.sort(key=lambda item: rank[item.path.stem])  # stable: the order within a file stays
