"""Grain: distinct e-mail value of leads and contacts, judged once by email-validator.

`email` is the value as landed, `mailbox` the address under which the same mailbox is always written
(null where the value neither is an address nor holds one). No DNS is asked. A value is judged again only
when the library that judged it has changed. Which domain or local part is suspicious is SQL's business.
"""

import re
from collections.abc import Iterator
from importlib.metadata import version

import email_validator
import pyarrow as pa
from email_validator import EmailNotValidError, EmailSyntaxError, validate_email

# Judged again when the library or the rules below change: raise the number with them.
JUDGED_WITH = f"email-validator {version('email-validator')}, rules 3"
# Dots in the local part mean nothing to this provider, which goes by two names.
GOOGLE_DOMAINS = ("gmail.com", "googlemail.com")
# An address as nearly all are written: words of ASCII letters and digits with a dot, plus or hyphen between
# two, a top level of letters. Nothing in the library's rules can object to it, nor can the limits of length
# (64 before the @, 63 a label) in so short an address; the library's form differs in upper case only.
PLAIN = re.compile(r"[A-Za-z0-9_]+(?:[.+-][A-Za-z0-9_]+)*@(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+[A-Za-z]+")
PLAIN_LENGTH = 64
# Addresses that are Python's at once; what they are judged to be goes to Arrow.
ADDRESSES_AT_ONCE = 100_000
# RFC 5321 4.5.3.1.1, where the quotes count; and 4.1.2: a backslash stands before ASCII only.
LONGEST_LOCAL_PART = 64
BAD_QUOTED_PAIR = re.compile(r"\\[^ -~]")
# Countries have run mail at their top level itself (n@ai); generic ones may not, and name@gmail is a slip.
COUNTRY_ITSELF = re.compile(r"[a-z]{2}", re.I)
# Marks that are copied with a text and that nobody sees: zero width, of the direction of writing.
UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
# The address behind a link or a display name: mailto:ann@acme.io?subject=Hi, Ann Archer <ann@acme.io>;
ADDRESS = r"(?:mailto:)?\s*([^<>\s?]+@[^<>\s?;,]+)(?:\?[^<>]*)?"
WRAPPED = re.compile(rf"(?:[^<>]*<\s*{ADDRESS}>|{ADDRESS})[\s;,]*", re.I)
SEVERAL = re.compile(r"\s*[;,/|\s]\s*")
SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("email", "local_part", "domain", "mailbox", "problem", "judged_with")]
)


def mailbox_of(local_part: str, domain: str) -> str:
    """The mailbox behind an address: no plus tag, no case, one name for one provider."""
    base = local_part.lower()
    if not base.startswith(('"', "+")):
        base = base.split("+", 1)[0]
    if domain in GOOGLE_DOMAINS:
        return base.replace(".", "") + "@gmail.com"
    return f"{base}@{domain}"


def is_plain(email: str) -> bool:
    """Whether the library, at fifty times the cost, could only call it valid as it is."""
    return len(email) <= PLAIN_LENGTH and PLAIN.fullmatch(email) is not None


def bare(text: str) -> str:
    """The address in a text that holds more: a link, a display name, further addresses."""
    if wrapped := WRAPPED.fullmatch(text):
        text = wrapped[1] or wrapped[2]
    parts = SEVERAL.split(text)
    return parts[0] if all("@" in part for part in parts) else text


def judge(email: str) -> tuple[str, str | None, str | None, str | None, str]:
    """(local_part, domain, mailbox, problem, judged_with) of a value that claims to be an address.

    Quoted locals, plus tags, address literals and internationalised domains are valid. Reserved
    domains (.test, .invalid) are well formed; that nobody is there is another rule's finding.
    """
    if is_plain(email):
        local_part, _, domain = email.lower().rpartition("@")
        return local_part, domain, mailbox_of(local_part, domain), None, JUDGED_WITH
    found = judge_by_library(email)
    if found[3] is None:
        return found
    if (text := UNSEEN.sub("", email)) != email:
        return judge(text)
    # Copied with its link or its name it is no address as it stands, but the mailbox is known.
    address = bare(text)
    local_part, domain, mailbox, problem, _ = judge(address) if address != text else found
    return (local_part, domain, mailbox, found[3], JUDGED_WITH) if problem is None else found


def judge_by_library(email: str) -> tuple[str, str | None, str | None, str | None, str]:
    """What `judge` says, of any value."""
    local_part, _, domain = email.rpartition("@")
    try:
        if local_part.startswith('"') and len(local_part.encode()) > LONGEST_LOCAL_PART:
            raise EmailSyntaxError("The part before the @-sign is too long: its quotes count.")
        if local_part.startswith('"') and BAD_QUOTED_PAIR.search(local_part):
            raise EmailSyntaxError("The part before the @-sign holds a backslash before no ASCII character.")
        valid = validate_email(
            email,
            check_deliverability=False,
            allow_quoted_local=True,
            allow_empty_local=local_part == '""',
            allow_domain_literal=True,
            globally_deliverable=not COUNTRY_ITSELF.fullmatch(domain),
            strict=True,
        )
    except EmailNotValidError as problem:
        return local_part.lower() or email.lower(), domain.lower() or None, None, str(problem), JUDGED_WITH
    domain = (valid.ascii_domain or valid.domain).lower()
    return valid.local_part.lower(), domain, mailbox_of(valid.local_part, domain), None, JUDGED_WITH


def judged(emails: pa.Table) -> Iterator[pa.RecordBatch]:
    """Rows of SCHEMA for distinct values (`email`)."""
    for batch in emails.to_batches(max_chunksize=ADDRESSES_AT_ONCE):
        rows = ((email, *judge(email)) for email in batch.column("email").to_pylist())
        columns = zip(*rows, strict=True) if len(batch) else [()] * len(SCHEMA)
        yield pa.record_batch([pa.array(column, pa.string()) for column in columns], schema=SCHEMA)


def model(dbt, session):
    dbt.config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="email",
        on_schema_change="fail",
        packages=["email-validator"],
    )
    # This process judges form only, so the library's list of domains without mail is not wanted.
    email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
    leads = dbt.ref("int_leads_unioned").project("email")
    contacts = dbt.ref("int_contacts_unioned").project("email")
    query = "select distinct email from email_values where email is not null"
    if dbt.is_incremental:
        query += f" and email not in (select email from {dbt.this} where judged_with = '{JUDGED_WITH}')"
    new = leads.union(contacts).query("email_values", query + " order by email")
    return pa.Table.from_batches(judged(new.to_arrow_table()), schema=SCHEMA)
