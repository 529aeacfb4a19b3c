"""Tryton, a CRM server that we did not write: what people do there comes out of staging.

Installed from PyPI into a virtual environment of its own, with a new SQLite database, for the time of the
tests.
"""

import contextlib
import json
import os
import socket
import subprocess
import time
import urllib.request
import venv
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.errors import PipelineError
from orchestration.sources_file import SourceEntry
from tests.integration.crm_staging import Rows, by, land_entry, shown, staged
from tests.integration.processes import stop

pytestmark = pytest.mark.server

PACKAGES = ("trytond>=8.2,<8.3", "trytond-sale-opportunity>=8.2,<8.3")
PASSWORD = "pass phrase: ü"
NOW = datetime(2090, 1, 1, tzinfo=UTC)  # the server's clock is the machine's


def unavailable(reason: str) -> None:
    if os.environ.get("REQUIRE_SERVERS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@dataclass
class Tryton:
    """The server as its own client would use it."""

    url: str
    context: dict[str, Any] = field(default_factory=dict)
    session: str = ""

    def rpc(self, method: str, *params: Any) -> Any:
        body = json.dumps({"id": 0, "method": method, "params": params}).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Session {self.session}"}
        request = urllib.request.Request(f"{self.url}/crm/rpc/", body, headers)  # noqa: S310
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            found = json.load(answer)
        assert "error" not in found, found["error"]
        return found.get("result")

    def sign_in(self) -> None:
        user, session, *_ = self.rpc("common.db.login", "admin", {"password": PASSWORD})
        self.session = b64encode(f"admin:{user}:{session}".encode()).decode()

    def create(self, model: str, **values: Any) -> int:
        (key,) = self.rpc(f"model.{model}.create", [values], self.context)
        return int(key)

    def do(self, name: str, *keys: int) -> None:
        self.rpc(f"model.sale.opportunity.{name}", list(keys), self.context)

    def write(self, key: int, **values: Any) -> None:
        self.rpc("model.sale.opportunity.write", [key], values, self.context)


def money(text: str) -> dict[str, str]:
    return {"__class__": "Decimal", "decimal": text}


def day(text: str) -> dict[str, Any]:
    year, month, number = map(int, text.split("-"))
    return {"__class__": "date", "year": year, "month": month, "day": number}


@pytest.fixture(scope="module")
def tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tryton]:
    folder = tmp_path_factory.mktemp("tryton")
    venv.create(folder / "venv", with_pip=True)
    bin_folder = folder / "venv" / "bin"
    pip = [bin_folder / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*pip, *PACKAGES], capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        unavailable(f"Tryton cannot be installed from PyPI: {done.stderr[-300:]}")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config, password = folder / "trytond.conf", folder / "password"
    config.write_text(
        f"[database]\nuri = sqlite://\npath = {folder}\n[web]\nlisten = 127.0.0.1:{port}\n", encoding="utf-8"
    )
    password.write_text(PASSWORD, encoding="utf-8")
    (folder / "crm.sqlite").touch()
    subprocess.run(
        [bin_folder / "trytond-admin", "-c", config, "-d", "crm", "-u", "sale_opportunity",
         "--activate-dependencies", "--email", "admin@acme.example"],
        env={**os.environ, "TRYTONPASSFILE": str(password)}, capture_output=True, timeout=600, check=True,
    )  # fmt: skip
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [bin_folder / "trytond", "-c", config, "-d", "crm"], stdout=log, stderr=log
        )
        try:
            for _ in range(600):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                assert process.poll() is None, (folder / "log").read_text()
                time.sleep(0.1)
            server = Tryton(f"http://127.0.0.1:{port}")
            server.sign_in()
            yield server
        finally:
            stop(process)


def ingest(tryton: Tryton, home: Path, now: datetime, secret: str = PASSWORD) -> None:
    section = {"url": tryton.url, "database": "crm", "user_env": "USER_ENV", "password_env": "PASSWORD_ENV"}
    facts = {"name": "crm", "system": "tryton", "accept_shrink": True, "tryton_api": section}
    secrets = {"USER_ENV": "admin", "PASSWORD_ENV": secret}
    land_entry(home, SourceEntry.model_validate(facts), now, secrets)


@pytest.fixture(scope="module")
def opportunities(tryton: Tryton) -> dict[str, int]:
    """Two deals of one customer, and one that will be deleted."""
    euro = tryton.create("currency.currency", name="Euro", code="EUR", symbol="€", digits=2,
                         rounding=money("0.01"), rates=[["create", [{"rate": money("1")}]]])  # fmt: skip
    us = tryton.create("party.party", name="Us")
    company = tryton.create("company.company", party=us, currency=euro)
    user = tryton.rpc("model.res.user.search", [["login", "=", "admin"]], 0, 1, None, {})
    facts = {"name": "Administrator", "companies": [["add", [company]]], "company": company}
    tryton.rpc("model.res.user.write", user, facts, {})
    tryton.context = {"company": company}
    mail = [["create", [{"type": "email", "value": "ann@acme.example"}]]]
    ann = tryton.create("party.party", name="Ann Lee", contact_mechanisms=mail)
    employee = tryton.create("company.employee", party=ann, company=company)
    customer = tryton.create("party.party", name="Customer", active=True)
    shared = {"party": customer, "employee": employee, "company": company, "currency": euro,
              "conversion_probability": 0.25}  # fmt: skip
    return {
        name: tryton.create("sale.opportunity", description=name, amount=money("1000.50"), **shared)
        for name in ("moved", "closed", "dropped")
    }


@pytest.fixture(scope="module")
def staging(
    tryton: Tryton, opportunities: dict[str, int], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Rows]:
    home = tmp_path_factory.mktemp("home")
    tryton.do("opportunity", opportunities["moved"], opportunities["closed"])
    ingest(tryton, home, NOW)
    tryton.write(opportunities["moved"], amount=money("1200"), end_date=day("2031-05-01"))
    tryton.write(opportunities["closed"], lost_reason="Too dear")
    tryton.do("lost", opportunities["closed"])
    ingest(tryton, home, NOW + timedelta(hours=1))
    tryton.do("cancel", opportunities["dropped"])
    tryton.do("delete", opportunities["dropped"])
    ingest(tryton, home, NOW + timedelta(days=2))
    return staged(home, "tryton", NOW + timedelta(days=3))


def test_deals(staging: dict[str, Rows], opportunities: dict[str, int]) -> None:
    deals = by(staging["opportunities"], "opportunity_name")
    assert set(deals) == {"moved", "closed"}
    columns = ("opportunity_id", "stage", "amount", "currency", "probability", "close_date", "is_closed")
    assert shown(deals["moved"], *columns) == (
        f"crm:{opportunities['moved']}", "opportunity", "1200.0000", "EUR", "0.250000", "2031-05-01", "False",
    )  # fmt: skip
    assert shown(deals["closed"], "stage", "is_closed", "is_won", "loss_reason") == (
        "lost", "True", "False", "Too dear",
    )  # fmt: skip
    accounts, users = by(staging["accounts"], "account_id"), by(staging["users"], "user_id")
    assert accounts[deals["moved"]["account_id"]]["account_name"] == "Customer"
    assert shown(users[f"crm:{deals['moved']['owner_id']}"], "user_name", "email", "is_active") == (
        "Ann Lee", "ann@acme.example", "True",
    )  # fmt: skip


def test_history_of_stages_and_amounts(staging: dict[str, Rows], opportunities: dict[str, int]) -> None:
    def states(name: str) -> list[tuple[Any, ...]]:
        key = f"crm:{opportunities[name]}"
        rows = [row for row in staging["opportunity_history"] if row["opportunity_id"] == key]
        rows.sort(key=lambda row: row["changed_at"])
        assert {row["changed_by_id"] for row in rows} == {"Administrator"}
        return [shown(row, "stage", "amount", "close_date") for row in rows]

    assert states("moved") == [
        ("lead", "1000.5000", None),
        ("opportunity", "1000.5000", None),
        ("opportunity", "1200.0000", "2031-05-01"),
    ]
    assert [stage for stage, *_ in states("closed")][:2] == ["lead", "opportunity"]
    assert states("closed")[-1][0] == "lost"


def test_a_deleted_deal_is_a_tombstone(staging: dict[str, Rows], opportunities: dict[str, int]) -> None:
    key = f"crm:{opportunities['dropped']}"
    versions = [row for row in staging["opportunity_snapshots"] if row["opportunity_id"] == key]
    assert [(row["stage"], row["is_deleted"]) for row in versions if row["is_latest"]] == [(None, True)]
    assert ("lead", False) in [(row["stage"], row["is_deleted"]) for row in versions]


def test_a_wrong_password_is_told_without_it(tryton: Tryton, tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        ingest(tryton, tmp_path, NOW, "wrong horse")
    assert "PASSWORD_ENV" in caught.value.remedy
    assert "wrong horse" not in str(caught.value)
