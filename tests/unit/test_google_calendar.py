"""Google Calendar: sync tokens, deletions, privacy and signing in, against a server on loopback that keeps
events as Google does. That the requests are Google's own is held by the contract test."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from orchestration.errors import PipelineError
from tests.unit.api_server import ApiServer, Reply, Request, api_server
from tests.unit.calendar_doubles import Calendars

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
ANN, BOB = "ann@acme.example", "bob@acme.example"
PERSON = {"client_id_env": "ID", "client_secret_env": "SECRET", "refresh_token_env": "REFRESH"}
SECRETS = {"ID": "app", "SECRET": "s3cret-of-app", "REFRESH": "r3fresh-of-ann"}


class Google:
    """`put` changes an event; a sync token is how many changes have been seen. `answers`: replies that come
    before all others. `page`: events per page."""

    def __init__(self, page: int = 2) -> None:
        self.changes: dict[str, list[dict[str, Any]]] = {ANN: [], BOB: []}
        self.page, self.expired_below = page, 0
        self.answers: list[Reply] = []
        self.queries: list[dict[str, str]] = []
        self.unknown: set[str] = set()  # people whose account has ended
        self.grants: list[dict[str, str]] = []

    def put(self, calendar: str, **event: Any) -> None:
        day = event.pop("day", "2026-03-12")
        whole = {
            "status": "confirmed",
            "start": {"dateTime": f"{day}T10:00:00+01:00", "timeZone": "Europe/Berlin"},
            "end": {"dateTime": f"{day}T11:00:00+01:00", "timeZone": "Europe/Berlin"},
            **event,
        }
        self.changes[calendar].append({name: value for name, value in whole.items() if value is not None})

    def cancel(self, calendar: str, **event: Any) -> None:
        self.changes[calendar].append({"status": "cancelled", **event})

    def __call__(self, request: Request) -> Reply:
        if request.path == "/token":
            form = dict(part.split("=", 1) for part in request.body.decode().split("&"))
            self.grants.append({name: unquote(value) for name, value in form.items()})
            claims = self.grants[-1].get("assertion", "..").split(".")[1]
            if claims and json.loads(_decoded(claims))["sub"] in self.unknown:
                said = {"error": "invalid_grant", "error_description": "Invalid email or User ID"}
                return Reply(said, 400)
            return Reply({"access_token": f"access-{len(self.grants)}", "expires_in": 3599})
        self.queries.append(request.query)
        if self.answers:
            return self.answers.pop(0)
        calendar = unquote(request.path.split("/")[2])
        if calendar not in self.changes:
            return _error(404, "Not Found")
        return self._listing(self.changes[calendar], request.query)

    def _listing(self, changes: list[dict[str, Any]], query: dict[str, str]) -> Reply:
        since = int(query.get("syncToken", "0"))
        if "syncToken" in query and ({"timeMin", "timeMax"} & set(query)):
            return _error(400, "Sync token cannot be used with the requested filters.")
        if "syncToken" in query and since < self.expired_below:
            return _error(410, "Sync token is no longer valid, a full sync is required.")
        newest = {change["id"]: change for change in changes[since:]}
        if "syncToken" not in query:  # what was deleted long ago is no longer listed
            newest = {key: event for key, event in newest.items() if event["status"] != "cancelled"}
        found = list(newest.values())
        at = int(query.get("pageToken", "0"))
        answer: dict[str, Any] = {"items": found[at : at + self.page]} if found else {}
        more = at + self.page < len(found)
        token = {"nextPageToken": str(at + self.page)} if more else {"nextSyncToken": str(len(changes))}
        return Reply(answer | token)


def _error(status: int, message: str) -> Reply:
    return Reply({"error": {"code": status, "message": message, "errors": [{"message": message}]}}, status)


def calendars(home: Path, server: ApiServer, *names: str, **account: Any) -> Calendars:
    api = {
        "calendars": names or (ANN,),
        "api_url": server.url,
        "sign_in_url": server.url,
        **(account or PERSON),
    }
    return Calendars(home, NOW, SECRETS, system="google_calendar", google_calendar_api=api)


def test_pages_then_only_changes(tmp_path: Path) -> None:
    google = Google()
    for number in range(5):
        google.put(ANN, id=f"e{number}", summary=f"Event {number}")
    with api_server(google) as server:
        source = calendars(tmp_path, server)
        assert source.ingest() == {"landed": 5, "deleted": 0, "rejected": 0, "unchanged": 0}
        assert [query.get("pageToken") for query in google.queries] == [None, "2", "4"]
        first = google.queries[0]
        assert first["timeMin"] == "2024-03-01T00:00:00Z" and first["timeMax"] == "2027-05-01T00:00:00Z"
        assert first["singleEvents"] == first["showDeleted"] == "true"
        assert source.ingest() == {"landed": 0, "deleted": 0, "rejected": 0, "unchanged": 0}
        google.put(ANN, id="e1", summary="Moved", day="2026-03-14")
        assert source.ingest()["landed"] == 1
        assert google.queries[-1]["syncToken"] == "5"
    assert source.current("id, summary, \"calendarId\", \"start_dateTime\"")[1] == (
        "e1", "Moved", ANN, "2026-03-14T10:00:00+01:00",
    )  # fmt: skip


def test_cancelled_instances_are_rows_and_deleted_events_tombstones(tmp_path: Path) -> None:
    google = Google()
    for key in ("w_20260312", "w_20260319", "single", "stays"):
        google.put(ANN, id=key)
    with api_server(google) as server:
        source = calendars(tmp_path, server)
        source.ingest()
        original = {"dateTime": "2026-03-12T10:00:00+01:00", "timeZone": "Europe/Berlin"}
        google.cancel(ANN, id="w_20260312", recurringEventId="w", originalStartTime=original)
        google.cancel(ANN, id="single")
        assert source.ingest() == {"landed": 1, "deleted": 1, "rejected": 0, "unchanged": 0}
    assert source.current('id, status, "originalStartTime_dateTime"') == [
        ("stays", "confirmed", None),
        ("w_20260312", "cancelled", "2026-03-12T10:00:00+01:00"),
        ("w_20260319", "confirmed", None),
    ]


def test_an_expired_token_is_a_full_listing_and_says_so(tmp_path: Path) -> None:
    google = Google()
    for number in range(4):
        google.put(ANN, id=f"e{number}")
        google.put(BOB, id=f"b{number}")
    with api_server(google) as server:
        source = calendars(tmp_path, server, ANN, BOB)
        source.ingest()
        google.expired_below = 5
        google.put(BOB, id="b9")
        google.cancel(ANN, id="e2")
        figures = source.ingest()
        assert figures == {"landed": 1, "deleted": 1, "rejected": 0, "unchanged": 7}
        assert sum("expired (410)" in warning for warning in source.warnings) == 2
        assert not any("acme.example" in warning for warning in source.warnings)
        source.ingest()
        assert source.warnings == ()


def test_a_listing_without_most_of_the_events_is_not_believed(tmp_path: Path) -> None:
    google = Google(page=100)
    for number in range(30):
        google.put(ANN, id=f"e{number}")
    with api_server(google) as server:
        source = calendars(tmp_path, server)
        source.ingest()
        google.changes[ANN] = google.changes[ANN][:10]
        google.expired_below = 99
        assert source.ingest()["deleted"] == 0
        assert "20 of 30 known records are missing" in source.warnings[-1]
        google.changes[ANN] = []
        assert source.ingest()["deleted"] == 0


def test_the_window_moves_on(tmp_path: Path) -> None:
    google = Google()
    google.put(ANN, id="past", day="2024-03-05")
    google.put(ANN, id="now")
    with api_server(google) as server:
        source = calendars(tmp_path, server)
        source.ingest()
        source.ingest(days=10)
        assert "syncToken" in google.queries[-1]
        google.changes[ANN] = google.changes[ANN][1:]  # outside of what is asked for now
        assert source.ingest(days=31) == {"landed": 0, "deleted": 0, "rejected": 0, "unchanged": 1}
        assert google.queries[-1]["timeMax"] == "2027-06-01T00:00:00Z"
        assert source.warnings == (), "a window that moves on is no loss"
    assert len(source.current("id")) == 2


@pytest.mark.parametrize("visibility", ["private", "confidential", "something new"])
def test_private_events_land_as_times(tmp_path: Path, visibility: str) -> None:
    google = Google()
    google.put(
        ANN,
        id="p",
        visibility=visibility,
        summary="Doctor Jekyll",
        description="Jekyll",
        location="Jekyll",
        attendees=[
            {"email": "hyde@clinic.example", "displayName": "Jekyll", "responseStatus": "accepted"},
            {"email": "jekyll@clinic.example", "self": True, "responseStatus": "declined"},
        ],
        organizer={"email": "jekyll@clinic.example"},
        hangoutLink="https://meet.google.com/jekyll",
        conferenceData={"entryPoints": [{"uri": "https://x.zoom.us/j/jekyll"}]},
    )
    google.put(ANN, id=None, summary="Jekyll has no id", visibility=visibility)
    google.changes[ANN][-1].setdefault("id", 7)
    with api_server(google) as server:
        source = calendars(tmp_path, server)
        assert source.ingest()["rejected"] == 1
    assert source.current('id, visibility, "start_dateTime", attendees') == [
        ("p", visibility, "2026-03-12T10:00:00+01:00", '[{"self":true,"responseStatus":"declined"}]')
    ]
    assert "hyde" not in source.landed_text()
    assert "jekyll" not in source.landed_text().lower()


def test_one_calendar_that_is_gone_does_not_stop_the_others(tmp_path: Path) -> None:
    google = Google()
    google.put(ANN, id="a")
    google.put(BOB, id="b")
    with api_server(google) as server:
        source = calendars(tmp_path, server, ANN, BOB)
        source.ingest()
        held = google.changes.pop(BOB)
        google.put(ANN, id="a2")
        assert source.ingest() == {"landed": 1, "deleted": 0, "rejected": 0, "unchanged": 0}
        assert source.warnings[0].startswith("calendar bob@… could not be read (404)")
        google.changes[BOB] = held
        source.ingest()
        assert google.queries[-1]["syncToken"] == "1", "it goes on where it stopped"
        google.changes.clear()
        with pytest.raises(PipelineError, match="answered 404"):
            source.ingest()


def test_quota_is_waited_for(tmp_path: Path) -> None:
    google = Google()
    google.put(ANN, id="a")
    google.answers = [_error(403, "Calendar usage limits exceeded."), Reply(b"", 429, {"Retry-After": "7"})]
    with api_server(google) as server:
        source = calendars(tmp_path, server)
        assert source.ingest()["landed"] == 1
    assert source.waited[0] == 5 and 7 <= source.waited[1] <= 8


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply({"items": [], "nextPageToken": "again"}), "leads back to one of them"),
        (Reply({"items": []}), "names no sync token"),
        (Reply({"items": "none", "nextSyncToken": "1"}), "no list 'items'"),
        (Reply([]), "no list 'items'"),
        (Reply(b"<html>Sign in</html>", headers={"Content-Type": "text/html"}), "a web page"),
        (Reply(b'{"items": [{"id": "a"', sent=12), "broke off|no whole JSON"),
    ],
)
def test_answers_that_are_none(tmp_path: Path, reply: Reply, said: str) -> None:
    google = Google()
    google.answers = [reply] * 20
    with api_server(google) as server:
        source = calendars(tmp_path, server)
        with pytest.raises(PipelineError, match=said) as error:
            source.ingest()
    assert ANN not in str(error.value)
    assert not (source.settings.landing / "_ingests").exists(), "what failed left no mark to go on from"


def test_an_access_token_that_has_expired_is_renewed_once(tmp_path: Path) -> None:
    google = Google()
    google.put(ANN, id="a")
    google.answers = [_error(401, "Invalid Credentials")]
    with api_server(google) as server:
        source = calendars(tmp_path, server)
        assert source.ingest()["landed"] == 1
        assert [grant["grant_type"] for grant in google.grants] == ["refresh_token"] * 2
        google.answers = [_error(401, "Invalid Credentials of s3cret-of-app")] * 2
        with pytest.raises(PipelineError, match="answered 401") as error:
            source.ingest()
    assert not [secret for secret in ("s3cret", "r3fresh", "access-") if secret in str(error.value)]


def service_account() -> tuple[rsa.RSAPrivateKey, dict[str, str]]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    return key, {"client_email": "robot@acme.iam.example", "private_key_id": "k1", "private_key": pem}


def test_a_person_who_has_left_does_not_stop_the_others(tmp_path: Path) -> None:
    """For whom there is no account any more, Google refuses the sign-in and not the calendar."""
    _, document = service_account()
    google = Google()
    google.put(ANN, id="a")
    google.put(BOB, id="b")
    with api_server(google) as server:
        source = calendars(tmp_path, server, BOB, ANN, service_account_env="KEY")
        source.secrets["KEY"] = json.dumps(document)
        source.ingest()
        google.unknown = {BOB}
        google.put(ANN, id="a2")
        assert source.ingest() == {"landed": 1, "deleted": 0, "rejected": 0, "unchanged": 0}
        assert source.warnings[0].startswith("calendar bob@… could not be read (400)")
        assert "acme.example" not in source.warnings[0]
        google.unknown = {ANN, BOB}
        with pytest.raises(PipelineError, match="invalid_grant") as error:
            source.ingest()
    assert "KEY" in error.value.remedy and "acme.example" not in str(error.value)


def test_a_service_account_signs_for_each_person(tmp_path: Path) -> None:
    key, document = service_account()
    google = Google()
    with api_server(google) as server:
        source = calendars(tmp_path, server, ANN, BOB, service_account_env="KEY")
        source.secrets["KEY"] = json.dumps(document)
        source.ingest()
        subjects = []
        for grant in google.grants:
            head, claims, signature = grant["assertion"].split(".")
            key.public_key().verify(
                _decoded(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256()
            )
            told = json.loads(_decoded(claims))
            subjects.append(told["sub"])
            assert told["iss"] == "robot@acme.iam.example" and told["exp"] - told["iat"] == 3600
            assert told["aud"] == f"{server.url}/token" and told["scope"].endswith("readonly")
        assert subjects == [ANN, BOB]
        for text in ("{", "[]", json.dumps({**document, "private_key": "-----BEGIN"})):
            source.secrets["KEY"] = text
            with pytest.raises(PipelineError, match="KEY holds no key of a service account"):
                source.ingest()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
