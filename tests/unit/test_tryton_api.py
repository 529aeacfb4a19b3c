"""Tryton's JSON-RPC: windows, pages, sessions that end, refusals. The real server is an integration test."""

from base64 import b64decode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from orchestration.crm_accounts import TrytonAccount
from orchestration.errors import PipelineError
from orchestration.sources.crm import tryton_api
from orchestration.sources.crm.windows import ApiRun
from tests.unit.api_server import Reply, Request, Watch, api_server

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRETS = {"USER": "ann", "PASSWORD": "open sesame"}


def moment(day: int, microsecond: int = 0) -> dict[str, Any]:
    return {"__class__": "datetime", "year": 2026, "month": 2, "day": day, "hour": 9, "minute": 5,
            "second": 0, "microsecond": microsecond}  # fmt: skip


@dataclass
class Server:
    """One list of records for every model; a session lasts `calls` calls."""

    records: list[dict[str, Any]]
    revisions: list[list[Any]] = field(default_factory=list)
    calls: int = 100
    is_away: bool = False
    error: Any = None
    sessions: int = 0
    left: int = 0
    asked: list[list[Any]] = field(default_factory=list)

    def answer(self, request: Request) -> Reply:
        if self.is_away:
            return Reply({"message": f"upstream is gone: {request.json}"}, status=503)
        found = self._found(request)
        return Reply({}, status=401) if found is None else Reply(found)

    def _found(self, request: Request) -> dict[str, Any] | None:
        """The answer, None where it is refused."""
        method, params = request.json["method"], request.json["params"]
        assert request.path == "/acme/rpc/"
        if method == "common.db.login":
            if params != ["ann", {"password": "open sesame"}]:
                return None
            self.sessions, self.left = self.sessions + 1, self.calls
            return {"result": [7, f"session-{self.sessions}", None]}
        session = b64decode(request.headers["authorization"].removeprefix("Session ")).decode()
        assert session == f"ann:7:session-{self.sessions}"
        if self.left == 0:
            return None
        self.left -= 1
        self.asked.append([method, *params])
        return {"error": self.error} if self.error else {"result": self._result(method, params)}

    def _result(self, method: str, params: list[Any]) -> list[Any]:
        name = method.rpartition(".")[2]
        if name == "search_read":
            last = params[0][0][2]
            return [row for row in self.records if row["id"] > last][: params[2]]
        if name == "history_revisions":
            return [row for row in self.revisions if row[1] in params[0]]
        return [{"id": key, "state": "lead", "amount": None} for key in params[0]]


def read(server: Server, state: dict[str, Any] | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Rows and states by object."""
    with api_server(server.answer) as running:
        account = TrytonAccount(url=running.url, database="acme", user_env="USER", password_env="PASSWORD")
        run = ApiRun(Watch().caller(), NOW, state or {}, SECRETS.__getitem__)
        rows, states = {}, {}
        for feed in tryton_api.tryton_api_feeds(account, run):
            rows[feed.object] = [row for batch in feed.batches for row in batch.rows.to_pylist()]
            assert feed.state is not None
            states[feed.object] = feed.state()
        return rows, states


def test_values_are_text_and_related_fields_have_a_dot() -> None:
    record = {"id": 1, "write_date": moment(2, 7), "amount": {"__class__": "Decimal", "decimal": "10.50"},
              "end_date": {"__class__": "date", "year": 2026, "month": 4, "day": 1},
              "currency.": {"id": 3, "code": "EUR"}, "party.": None}  # fmt: skip
    rows, states = read(Server([record]))
    (row,) = rows["opportunities"]
    assert (row["id"], row["amount"], row["end_date"], row["currency.code"], row["write_date"]) == (
        "1", "10.50", "2026-04-01", "EUR", "2026-02-02T09:05:00.000007Z",
    )  # fmt: skip
    assert states["opportunities"]["modified_until"].startswith("2026-02-02T09:05:00")


def test_pages_follow_the_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tryton_api, "_PAGE", 2)
    server = Server([{"id": key, "create_date": moment(1)} for key in (1, 4, 9)])
    rows, _ = read(server)
    assert [row["id"] for row in rows["parties"]] == ["1", "4", "9"]
    pages = [ask[1] for ask in server.asked if ask[0] == "model.party.party.search_read"]
    assert pages == [[["id", ">", 0]], [["id", ">", 4]]]


def test_the_next_ingest_asks_for_what_changed_since() -> None:
    server = Server([{"id": 1, "write_date": moment(2)}])
    known = {"modified_until": "2026-02-02T09:05:00.000Z", "listed_at": "2026-03-01T11:00:00.000Z"}
    read(server, {"opportunities": known})
    (domain,) = [ask[1] for ask in server.asked if ask[0] == "model.sale.opportunity.search_read"]
    since = {**moment(2), "hour": 8}  # an hour before the last change seen
    assert domain == [["id", ">", 0], ["OR", ["create_date", ">=", since], ["write_date", ">=", since]]]


def test_each_revision_is_read_once_at_its_moment() -> None:
    server = Server(
        [{"id": 1, "create_date": moment(1)}, {"id": 2, "create_date": moment(1)}],
        [[moment(3), 1, "Ann"], [moment(3), 2, "Bob"], [moment(1), 1, "Ann"]],
    )
    rows, states = read(server)
    found = [(row["id"], row["revised_at"], row["revised_by"]) for row in rows["opportunity_revisions"]]
    assert found == [
        ("1", "2026-02-01T09:05:00.000000Z", "Ann"),
        ("1", "2026-02-03T09:05:00.000000Z", "Ann"),
        ("2", "2026-02-03T09:05:00.000000Z", "Bob"),
    ]
    then = [ask[-1]["_datetime"] for ask in server.asked if ask[0] == "model.sale.opportunity.read"]
    assert then == [moment(1), moment(3)]
    again, _ = read(server, {"opportunity_revisions": states["opportunity_revisions"]})
    assert {row["revised_at"] for row in again["opportunity_revisions"]} == {"2026-02-03T09:05:00.000000Z"}


def test_a_session_that_ends_is_opened_again() -> None:
    server = Server([{"id": 1, "create_date": moment(1)}], calls=1)
    rows, _ = read(server)
    assert len(rows["employees"]) == 1
    assert server.sessions == 4  # three listings, one question for revisions


def test_a_refusal_names_what_was_asked() -> None:
    with pytest.raises(PipelineError, match=r"refused model\.party\.party\.search_read.*no access") as caught:
        read(Server([], error=["UserError", "no access"]))
    assert "sale_opportunity" in caught.value.remedy


def test_a_wrong_password_names_the_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SECRETS, "PASSWORD", "wrong horse")
    with pytest.raises(PipelineError) as caught:
        read(Server([]))
    assert "USER and PASSWORD" in caught.value.remedy
    assert "wrong horse" not in str(caught.value)


def test_a_server_that_is_away_is_no_wrong_password() -> None:
    with pytest.raises(PipelineError, match="answered 503") as caught:
        read(Server([], is_away=True))
    assert caught.value.is_transient and "USER" not in caught.value.remedy
    assert "open sesame" not in str(caught.value)
