"""The transport against a real server that misbehaves in each way it is known to happen."""

import gc
import logging
import random
import time
import traceback
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from orchestration.errors import PipelineError
from orchestration.sources.http_values import Number, parsed_json, retry_after_seconds
from orchestration.sources.transport import RequestFailed, Transport
from orchestration.sources.transport_auth import Credentials, OAuth, Token
from tests.unit.api_server import Reply, Request, Watch, api_server, in_turn

SECRET = "planted-secret-4711"
PAGE = b"<!doctype html><html><title>Sign in</title></html>"


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (Reply(status=429), "answered 429"),
        (Reply(status=503), "answered 503"),
        (Reply(status=500, body={"message": "oops"}), "answered 500: oops"),
        (Reply(b'{"results": [1, 2', has_length=False), "no whole JSON"),
        (Reply({"results": [1, 2, 3]}, sent=9), "broke off"),
        (Reply({"results": [1, 2, 3]}, sent=9, stalls=True), "sent nothing for 0.3 s"),
        (Reply(PAGE, headers={"Content-Type": "text/html; charset=utf-8"}), "web page"),
        (Reply(PAGE), "web page"),
        (Reply(b"a,b", headers={"Content-Type": "text/csv"}), "text/csv instead of application/json"),
        (Reply(b""), "no whole JSON"),
    ],
)
def test_passing_trouble_is_tried_again_and_lasting_trouble_is_one_clear_error(bad: Reply, said: str) -> None:
    watch = Watch()
    with api_server(in_turn(bad, Reply({"results": []}))) as server:
        assert Transport(watch.caller(), server.url, Credentials()).get("/x") == {"results": []}
        assert len(server.seen) == 2
    assert len(watch.slept) == 1
    assert "crm: GET /x" in watch.told[0] and said in watch.told[0] and "(1 of 4)" in watch.told[0]

    watch = Watch()
    with api_server(in_turn(bad)) as server:
        with pytest.raises(RequestFailed, match="tried 4 times") as caught:
            Transport(watch.caller(), server.url, Credentials()).get("/x", cursor="abc")
        assert len(server.seen) == 4
    assert said in caught.value.message
    assert caught.value.message.startswith("Source crm: 127.0.0.1")
    assert caught.value.message.endswith("Request: GET /x.")
    assert "abc" not in str(caught.value)
    assert caught.value.remedy


def test_an_answer_nested_beyond_all_measure_is_one_that_cannot_be_read() -> None:
    gc.collect()  # finalizers of what other tests left would fail at the deepest point of the parser
    test_passing_trouble_is_tried_again_and_lasting_trouble_is_one_clear_error(
        Reply(b"[" * 100_000), "no whole JSON"
    )


def test_a_server_that_drips_is_left_after_the_limit_of_one_request() -> None:
    watch = Watch()
    reply = Reply({"a": "b" * 200}, drip_seconds=0.05)
    with api_server(in_turn(reply)) as server, pytest.raises(RequestFailed, match=r"needed more than 0.2 s"):
        Transport(watch.caller(request_seconds=0.2, attempts=2), server.url, Credentials()).get("/x")


def test_an_answer_beyond_all_measure_is_not_read_to_its_end() -> None:
    watch = Watch()
    with (
        api_server(in_turn(Reply({"a": "b" * 100_000}))) as server,
        pytest.raises(RequestFailed, match=r"more than 1,000 bytes"),
    ):
        Transport(watch.caller(body_bytes=1000), server.url, Credentials()).get("/x")
    assert watch.slept == []


def test_nobody_listens() -> None:
    watch = Watch()
    with api_server(in_turn(Reply())) as server:
        url = server.url
    with pytest.raises(RequestFailed, match="cannot be reached"):
        Transport(watch.caller(), url, Credentials()).get("/x")
    assert len(watch.slept) == 3


def test_waits_double_and_are_drawn_anew_up_to_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[float, float]] = []
    monkeypatch.setattr(random, "uniform", lambda low, high: drawn.append((low, high)) or high)
    watch = Watch()
    with api_server(in_turn(Reply(status=502))) as server, pytest.raises(RequestFailed):
        caller = watch.caller(attempts=6, backoff_seconds=2, backoff_cap_seconds=10)
        Transport(caller, server.url, Credentials()).get("/x")
    assert drawn[:5] == [(0, 2), (0, 4), (0, 8), (0, 10), (0, 10)]
    assert watch.slept == [2, 4, 8, 10, 10]


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("7", 7, 8),
        ("0", 0, 1),
        ("86400", 300, 301),
        ("999999999999", 300, 301),
        ("Wed, 01 Jan 3000 00:00:00 GMT", 300, 301),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0, 1),
        ("soon", 0, 1),
        ("-5", 0, 1),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_kept_to_within_the_cap(status: int, header: str, least: float, most: float) -> None:
    watch = Watch()
    replies = in_turn(Reply(status=status, headers={"Retry-After": header}), Reply())
    with api_server(replies) as server:
        Transport(watch.caller(), server.url, Credentials()).get("/x")
    assert least <= watch.slept[0] <= most


def test_retry_after_forms() -> None:
    now = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert retry_after_seconds("Thu, 01 Jan 2026 12:00:30 GMT", now) == 30
    assert retry_after_seconds("Thu, 01 Jan 2026 13:00:30 +0100", now) == 30
    assert retry_after_seconds("1.5", now) == 1.5
    assert retry_after_seconds(None, now) is None
    assert retry_after_seconds("", now) is None
    assert retry_after_seconds("nan", now) is None


def test_the_deadline_ends_everything() -> None:
    watch = Watch()
    with api_server(in_turn(Reply(status=503, headers={"Retry-After": "200"}))) as server:
        transport = Transport(watch.caller(deadline_seconds=100), server.url, Credentials())
        with pytest.raises(RequestFailed, match="answered 503"):
            transport.get("/x")
        assert len(server.seen) == 1
        with pytest.raises(PipelineError, match="within 100 s") as caught:
            transport.pause(101)
        assert "deadline_hours" in caught.value.remedy
        late = Transport(watch.caller(deadline_seconds=-1), server.url, Credentials())
        with pytest.raises(RequestFailed, match="was not finished") as caught:
            late.get("/x")
        assert "deadline_hours" in caught.value.remedy
    assert watch.slept == []


def test_the_deadline_is_that_of_the_ingest_whatever_is_asked() -> None:
    """Google is asked through a transport per calendar: each would have begun to count anew."""
    caller = replace(Watch().caller(deadline_seconds=100), started=time.monotonic() - 101)
    with api_server(in_turn(Reply())) as server:
        for _ in range(2):
            with pytest.raises(RequestFailed, match="not finished within 100 s"):
                Transport(caller, server.url, Credentials()).get("/x")
        assert server.seen == []


@pytest.mark.parametrize("status", [423, 477])
def test_an_account_that_hubspot_locks_or_moves_is_waited_for(status: int) -> None:
    watch = Watch()
    replies = in_turn(Reply(status=status, headers={"Retry-After": "2"}), Reply({"a": 1}))
    with api_server(replies) as server:
        assert Transport(watch.caller(), server.url, Credentials()).get("/x") == {"a": 1}
    assert 2 <= watch.slept[0] <= 3


def test_a_refusal_is_final_and_said_in_the_apis_own_words() -> None:
    body = {
        "status": "error",
        "message": f"ann@acme.io may not; token {SECRET}",
        "category": "MISSING_SCOPES",
    }
    watch = Watch()
    with api_server(in_turn(Reply(body, status=403))) as server:
        with pytest.raises(RequestFailed) as caught:
            Transport(watch.caller(), server.url, Token("T", lambda _: SECRET)).get("/x")
        assert len(server.seen) == 1
    assert caught.value.status == 403
    assert "MISSING_SCOPES; ***@*** may not; token ***" in caught.value.message
    assert "environment variable T" in caught.value.remedy


def test_a_limit_that_is_used_up_is_no_missing_right() -> None:
    body = [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]
    watch = Watch()
    with api_server(in_turn(Reply(body, status=403), Reply({"records": []}))) as server:
        assert Transport(watch.caller(), server.url, Credentials()).get("/x") == {"records": []}
    with api_server(in_turn(Reply(body, status=403))) as server, pytest.raises(RequestFailed) as caught:
        Transport(watch.caller(), server.url, Credentials()).get("/x")
    assert caught.value.is_transient
    assert "limit of requests" in caught.value.remedy


def test_a_redirect_is_not_followed_with_the_credentials() -> None:
    watch = Watch()
    with api_server(
        in_turn(Reply(status=302, headers={"Location": "https://login.acme.io/?next=x"}))
    ) as server:
        with pytest.raises(RequestFailed, match=r"sends on to login\.acme\.io/ \(302\), as if to sign in"):
            Transport(watch.caller(), server.url, Token("T", lambda _: SECRET)).get("/x")
        assert len(server.seen) == 1


def test_without_encryption_only_on_loopback() -> None:
    with pytest.raises(PipelineError, match="without encryption"):
        Transport(Watch().caller(), "http://api.acme.io", Credentials())


def _oauth_api(request: Request, tokens: list[str]) -> Reply:
    if request.path == "/token":
        tokens.append(f"{SECRET}-{len(tokens)}")
        return Reply(
            {"access_token": tokens[-1], "refresh_token": f"next-{SECRET}", "instance_url": "https://x"}
        )
    if request.headers.get("authorization") == "Bearer planted-secret-4711-1":
        return Reply({"done": True})
    return Reply([{"errorCode": "INVALID_SESSION_ID", "message": "Session expired"}], status=401)


def _oauth(watch: Watch, url: str) -> OAuth:
    endpoint = Transport(watch.caller(), url, Credentials())
    return OAuth(
        endpoint,
        "/token",
        "refresh_token",
        {"client_id": "ID", "refresh_token": "R"},
        lambda name: f"{name}-{SECRET}",
    )


def test_an_expired_token_is_renewed_once() -> None:
    watch, tokens = Watch(), []
    with api_server(lambda request: _oauth_api(request, tokens)) as server:
        assert Transport(watch.caller(), server.url, _oauth(watch, server.url)).get("/x") == {"done": True}
        assert [request.path for request in server.seen] == ["/token", "/x", "/token", "/x"]
        assert b"grant_type=refresh_token" in server.seen[0].body
        assert f"refresh_token=next-{SECRET}".encode() in server.seen[2].body


def test_a_token_that_stays_refused_is_one_clear_error() -> None:
    watch = Watch()
    with api_server(
        lambda request: Reply({"access_token": SECRET}) if request.path == "/token" else Reply(status=401)
    ) as server:
        with pytest.raises(RequestFailed, match="answered 401") as caught:
            Transport(watch.caller(), server.url, _oauth(watch, server.url)).get("/x")
        assert [request.path for request in server.seen] == ["/token", "/x", "/token", "/x"]
    assert caught.value.remedy == "Renew the credentials: environment variables ID, R."


@pytest.mark.parametrize("fails_at", ["/token", "/x"])
@pytest.mark.parametrize("status", [400, 401, 500, 302, 200])
def test_no_secret_is_ever_repeated(
    fails_at: str, status: int, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not in the message, its remedy, any argument, the whole traceback, the log or the progress."""
    caplog.set_level(logging.DEBUG)
    watch = Watch()

    def answer(request: Request) -> Reply:
        if request.path != fails_at:
            return Reply({"access_token": SECRET})
        echo = f"{request.body.decode()} {request.headers.get('authorization')}"
        body = PAGE if status == 200 else {"error": "invalid", "error_description": echo, "message": echo}
        return Reply(body, status=status, headers={"Location": f"https://login.acme.io/?token={SECRET}"})

    with api_server(answer) as server:
        auth = _oauth(watch, server.url)
        transport = Transport(watch.caller(), server.url, auth)
        with pytest.raises(PipelineError) as caught:
            transport.post("/x", {"q": 1})
    error = caught.value
    shown = [str(error), repr(error), error.remedy, repr(auth), repr(transport), caplog.text, *watch.told]
    shown += ["".join(traceback.format_exception(error)), *capsys.readouterr()]
    chain = error.__context__
    while chain is not None:
        shown += [repr(chain), repr(chain.args)]
        chain = chain.__context__
    assert not [text for text in shown if SECRET in text]


def test_json_is_read_without_changing_it() -> None:
    body = b'\xef\xbb\xbf{"id": 9007199254740993123, "amount": 0.10, "text": "\xff", "n": NaN}'
    value = parsed_json(body)
    assert value["id"] == 9007199254740993123
    assert isinstance(value["amount"], Number) and value["amount"] == "0.10"
    assert value["text"] == "\udcff"
    assert value["n"] == "NaN"
