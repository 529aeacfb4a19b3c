"""Grain: distinct e-mail value of leads and contacts, judged once by email-validator.

`email` is the value as landed, `mailbox` the address under which the same mailbox is always written
(null where the value is no address). No DNS is asked. A value is judged again only when the library
that judged it has changed. Which domain or local part is suspicious is SQL's business.
"""

from importlib.metadata import version

import email_validator
import pyarrow as pa
from email_validator import EmailNotValidError, validate_email

# Judged again when the library or the rules below change: raise the number with them.
JUDGED_WITH = f"email-validator {version('email-validator')}, rules 1"
# Dots in the local part mean nothing to this provider, which goes by two names.
GOOGLE_DOMAINS = ("gmail.com", "googlemail.com")
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


def judge(email: str) -> tuple[str, str | None, str | None, str | None, str]:
    """(local_part, domain, mailbox, problem, judged_with) of a value that claims to be an address.

    Quoted locals, plus tags, address literals and internationalised domains are valid. Reserved
    domains (.test, .invalid) are well formed; that nobody is there is another rule's finding.
    """
    try:
        valid = validate_email(
            email,
            check_deliverability=False,
            allow_quoted_local=True,
            allow_domain_literal=True,
            strict=True,
        )
    except EmailNotValidError as problem:
        local_part, _, domain = email.rpartition("@")
        return local_part.lower() or email.lower(), domain.lower() or None, None, str(problem), JUDGED_WITH
    domain = (valid.ascii_domain or valid.domain).lower()
    return valid.local_part.lower(), domain, mailbox_of(valid.local_part, domain), None, JUDGED_WITH


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
    emails = new.to_arrow_table().column("email").to_pylist()
    judged = zip(*((email, *judge(email)) for email in emails), strict=True) if emails else [()] * len(SCHEMA)
    return pa.table([pa.array(column, pa.string()) for column in judged], schema=SCHEMA)
