"""Whether the mail domains of landed people take mail, asked of the domain name system.

Belongs here: which domains are due, the question, the answer as a record with its time. What a domain
without mail means for a lead is the warehouse's business. A domain takes mail where it names a mail
server or, naming none, has an address (RFC 5321, 5.1); a null MX (RFC 7505) refuses it.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dns.exception
import dns.name
import dns.nameserver
import dns.resolver
import duckdb
import pyarrow as pa

from orchestration.catalog import objects_of
from orchestration.errors import PipelineError
from orchestration.mail_dns_account import MailDns, split_server
from orchestration.records import SOURCE_FILE, SOURCE_ROW, Batch, ObjectFeed

SYSTEM, OBJECT = "mail_dns", "mail_domains"
# Reserved by RFC 2606, 6761 and 6762: nobody is to ask for them.
_RESERVED = ("example", "invalid", "local", "localhost", "test", "onion", "arpa")
_DOMAIN = r"@([^\s@<>\"'',;:/()\\|]+\.[^\s@<>\"'',;:/()\\|]+)"
_CHUNK = 500  # answers that are waited for before the time limit is looked at again
Answer = tuple[str, bool, str]  # domain, takes mail, why
Progress = Callable[[str], None]


def mail_domain_feeds(
    account: MailDns, name: str, landing: Path, *, now: datetime, progress: Progress
) -> Iterator[ObjectFeed]:
    """One feed of the answers to what is due. `landing`: the folder that holds what all sources landed;
    domains that land later are asked for by the next ingest. Raises PipelineError where the machine has
    no name server and none is configured."""
    resolver = _resolver(account)
    known = _asked(landing, name, now - timedelta(days=account.keep_days / 2))
    due = [domain for domain in _landed_domains(landing) if domain not in known]
    progress(f"{name}: asking for {len(due):,} mail domains, {len(known):,} are known")
    yield ObjectFeed(
        system=SYSTEM,
        object=OBJECT,
        key=objects_of(SYSTEM)[OBJECT].key,
        is_complete=False,
        batches=_batches(account, resolver, due, now.astimezone(UTC)),
    )


def ask(resolver: dns.resolver.Resolver, domain: str, lifetime: float) -> Answer | None:
    """The answer for one domain; None where there was none in time or the servers failed: unknown."""
    name = dns.name.from_text(domain)
    try:
        try:
            mail = resolver.resolve(name, "MX", lifetime=lifetime)
            is_refused = all(record.exchange == dns.name.root for record in mail)
            return domain, not is_refused, "null MX" if is_refused else "MX"
        except dns.resolver.NoAnswer:
            for kind in ("A", "AAAA"):
                if _has(resolver, name, kind, lifetime):
                    return domain, True, kind
            return domain, False, "neither MX nor address"
    except dns.resolver.NXDOMAIN:
        return domain, False, "no such domain"
    except dns.exception.DNSException:
        return None


def _has(resolver: dns.resolver.Resolver, name: dns.name.Name, kind: str, lifetime: float) -> bool:
    try:
        return bool(resolver.resolve(name, kind, lifetime=lifetime))
    except dns.resolver.NoAnswer:
        return False


def _resolver(account: MailDns) -> dns.resolver.Resolver:
    try:
        resolver = dns.resolver.Resolver(configure=not account.servers)
    except dns.resolver.NoResolverConfiguration as error:
        raise PipelineError(
            f"This machine names no server to ask about mail domains: {error}",
            "Name one in the sources file: dns: {servers: [192.0.2.1]}.",
        ) from error
    if account.servers:
        resolver.nameservers = [
            dns.nameserver.Do53Nameserver(*split_server(server)) for server in account.servers
        ]
    return resolver


def _batches(
    account: MailDns, resolver: dns.resolver.Resolver, due: Sequence[str], now: datetime
) -> Iterator[Batch]:
    deadline = time.monotonic() + 60 * account.max_minutes
    moments = [moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in (now, now + timedelta(account.keep_days))]
    asked = row = 0
    with ThreadPoolExecutor(account.parallel) as pool:
        for start in range(0, len(due), _CHUNK):
            if time.monotonic() >= deadline:
                break
            chunk = due[start : start + _CHUNK]
            found = pool.map(lambda domain: ask(resolver, domain, account.timeout_seconds), chunk)
            answers = [answer for answer in found if answer is not None]
            asked += len(chunk)
            unanswered = len(chunk) - len(answers)
            warnings = (f"{unanswered} mail domains gave no answer and stay unknown",) if unanswered else ()
            yield Batch(_rows(answers, moments, row), warnings=warnings)
            row += len(answers)
    if asked < len(due):
        left = f"{len(due) - asked} mail domains are left for the next ingest: the time limit is over"
        yield Batch(_rows([], moments, row), warnings=(left,))


def _rows(answers: Sequence[Answer], moments: Sequence[str], first: int) -> pa.Table:
    texts = [(domain, str(takes).lower(), why, *moments, "dns") for domain, takes, why in answers]
    names = [*objects_of(SYSTEM)[OBJECT].types, SOURCE_FILE]
    columns = {name: pa.array([text[at] for text in texts], pa.string()) for at, name in enumerate(names)}
    numbers = pa.array(range(first + 1, first + 1 + len(answers)), pa.int64())
    return pa.table({**columns, SOURCE_ROW: numbers})


def _landed_domains(landing: Path) -> list[str]:
    """Every domain after an @ in a column of a landed person's record, sorted."""
    found: set[str] = set()
    with duckdb.connect() as connection:
        for folder in sorted(path for path in landing.glob("*/*") if any(path.glob("*.parquet"))):
            system, name = folder.parent.name, folder.name
            if system.startswith("_") or not _is_person(system, name):
                continue
            rows = connection.execute(
                "select distinct unnest(regexp_extract_all("
                " lower(concat_ws(' ', columns('^[^_]'))), ?, 1)) from read_parquet(?, union_by_name = true)",
                [_DOMAIN, f"{folder}/*.parquet"],
            )
            found |= {domain for (text,) in rows.fetchall() if (domain := _ascii(text))}
    return sorted(found)


def _is_person(system: str, name: str) -> bool:
    try:
        spec = objects_of(system).get(name)
    except FileNotFoundError:
        return False
    return spec is not None and bool(spec.person)


def _ascii(domain: str) -> str | None:
    try:
        text = domain.strip(".").encode("idna").decode("ascii")
        dns.name.from_text(text)
    except (UnicodeError, dns.exception.DNSException):
        return None
    return text if "." in text and text.rsplit(".", 1)[1] not in _RESERVED else None


def _asked(landing: Path, name: str, since: datetime) -> set[str]:
    """Domains that were answered since a moment."""
    files = landing / SYSTEM / OBJECT
    if not any(files.glob("*.parquet")):
        return set()
    with duckdb.connect() as connection:
        rows = connection.execute(
            "select distinct domain from read_parquet(?, union_by_name = true)"
            " where _source_instance = ? and try_cast(checked_at as timestamptz) > ?",
            [f"{files}/*.parquet", name, since],
        ).fetchall()
    return {domain for (domain,) in rows}
