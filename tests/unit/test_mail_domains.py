"""Asking the domain name system, against a server on loopback."""

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.errors import PipelineError
from orchestration.mail_dns_account import MailDns
from orchestration.settings import Settings
from orchestration.sources.registry import open_feeds
from orchestration.sources_file import SourceEntry, load_sources_file

pytestmark = pytest.mark.server
NOW = datetime(2026, 7, 1, 6, 0, tzinfo=UTC)
ZONE = {
    ("mail.io.", "MX"): "10 mx.mail.io.",
    ("web.io.", "A"): "192.0.2.7",
    ("six.io.", "AAAA"): "2001:db8::7",
    ("refuses.io.", "MX"): "0 .",
    ("xn--bcher-kva.io.", "MX"): "10 mx.mail.io.",
}
NAMES = {name for name, _ in ZONE} | {"bare.io."}


class NameServer:
    """Answers for the zone above, fails for broken.io and says nothing of silent.io."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.asked: list[str] = []
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.socket.getsockname()[1]}"

    def _serve(self) -> None:
        while True:
            try:
                wire, sender = self.socket.recvfrom(4096)
            except OSError:
                return
            query = dns.message.from_wire(wire)
            (question,) = query.question
            name, kind = str(question.name).lower(), question.rdtype.name
            self.asked.append(name)
            if name == "silent.io.":
                continue
            answer = dns.message.make_response(query)
            answer.flags |= dns.flags.RA
            if name == "broken.io.":
                answer.set_rcode(dns.rcode.SERVFAIL)
            elif name not in NAMES:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            elif (name, kind) in ZONE:
                answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, ZONE[name, kind]))
            self.socket.sendto(answer.to_wire(), sender)


@pytest.fixture
def server() -> Iterator[NameServer]:
    serving = NameServer()
    yield serving
    serving.socket.close()


def land(landing: Path, system: str, name: str, **columns: list[str | None]) -> None:
    folder = landing / system / name
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), folder / f"{len(list(folder.iterdir()))}.parquet")


def answers(landing: Path, server: NameServer, now: datetime = NOW) -> dict[str, tuple[str, str, str, str]]:
    account = MailDns(servers=(server.address,), timeout_seconds=0.3, keep_days=30)
    entry = SourceEntry(name="mail", system="mail_dns", dns=account)
    (feed,) = open_feeds(entry, now=now, progress=lambda _: None, landing=landing)
    assert (feed.system, feed.object, feed.key, feed.is_complete) == (
        "mail_dns", "mail_domains", ("domain",), False
    )  # fmt: skip
    batches = list(feed.batches)
    rows = [row for batch in batches for row in batch.rows.to_pylist()]
    assert [row["_source_row"] for row in rows] == list(range(1, len(rows) + 1))
    names = ("takes_mail", "answer", "checked_at", "valid_until")
    found = {row["domain"]: tuple(row[name] for name in names) for row in rows}
    found["warnings"] = tuple(warning for batch in batches for warning in batch.warnings)
    return found


def test_what_the_domain_name_system_says(tmp_path: Path, server: NameServer) -> None:
    land(tmp_path, "csv_mapping", "lead", Mail=["a@mail.io", "B@Web.io", "c@six.io", "c@bücher.io", None])
    land(tmp_path, "csv_mapping", "contact", E=["d@refuses.io", "e@bare.io", "f@nobody.io", "Jo <g@mail.io>"])
    land(tmp_path, "pipedrive", "persons", emails=['[{"value": "h@silent.io"}, {"value": "i@broken.io"}]'])
    land(tmp_path, "csv_mapping", "user", Mail=["rep@our.io"])
    land(tmp_path, "zoho", "Leads", Email=["nobody", "j@x", "k@gone.test", "l@example.invalid"])
    found = answers(tmp_path, server)
    times = ("2026-07-01T06:00:00Z", "2026-07-31T06:00:00Z")
    assert found.pop("warnings") == ("2 mail domains gave no answer and stay unknown",)
    assert found == {
        "mail.io": ("true", "MX", *times),
        "xn--bcher-kva.io": ("true", "MX", *times),
        "web.io": ("true", "A", *times),
        "six.io": ("true", "AAAA", *times),
        "refuses.io": ("false", "null MX", *times),
        "bare.io": ("false", "neither MX nor address", *times),
        "nobody.io": ("false", "no such domain", *times),
    }
    assert "our.io." not in server.asked
    assert not [name for name in server.asked if name.endswith((".test.", ".invalid."))]


def test_an_answer_is_kept_for_half_its_time(tmp_path: Path, server: NameServer) -> None:
    land(tmp_path, "csv_mapping", "lead", Mail=["a@mail.io", "b@nobody.io", "c@bare.io"])
    for age, domain, source in ((14, "mail.io", "mail"), (16, "nobody.io", "mail"), (1, "bare.io", "other")):
        checked = (NOW - timedelta(days=age)).strftime("%Y-%m-%dT%H:%M:%SZ")
        land(
            tmp_path,
            "mail_dns",
            "mail_domains",
            domain=[domain],
            checked_at=[checked],
            _source_instance=[source],
        )
    assert sorted(answers(tmp_path, server)) == ["bare.io", "nobody.io", "warnings"]
    assert "mail.io." not in server.asked


def test_without_people_nothing_is_asked(tmp_path: Path, server: NameServer) -> None:
    assert answers(tmp_path / "landing", server) == {"warnings": ()}
    assert server.asked == []


def test_the_sources_file_says_whom_to_ask(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    text = "reporting: {time_zone: UTC, currency: EUR}\nsources:\n  - name: mail\n    system: mail_dns\n"
    path.write_text(text + "    dns: {servers: [192.0.2.1, '192.0.2.1:5353', '2001:db8::1']}\n")
    (entry,) = load_sources_file(path).sources
    assert entry.dns is not None
    for wrong, told in (("    dns: {servers: [ns.acme.io]}\n", "line 5"), ("", "give dns")):
        path.write_text(text + wrong)
        with pytest.raises(PipelineError, match=told):
            load_sources_file(path)


def test_lookups_are_off_unless_a_source_is_one(tmp_path: Path) -> None:
    shipped = Settings.load({}).sources_file
    assert all(entry.dns is None for entry in load_sources_file(shipped).sources)
