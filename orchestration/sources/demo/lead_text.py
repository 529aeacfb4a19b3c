"""What leads say about themselves: the clean text of everyone, then what spoils some of them.

Belongs here: names, companies, addresses and numbers of leads as Arrow text.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.sources.demo.accounts import Accounts
from orchestration.sources.demo.columns import text_array
from orchestration.sources.demo.leads import ALL_KINDS, Leads
from orchestration.sources.demo.locales import NICKNAMES
from orchestration.sources.demo.options import DemoOptions
from orchestration.sources.demo.people import People, companies, draw_locales, phones
from orchestration.sources.demo.pollution import COPY, FIELDS
from orchestration.sources.demo.words import TITLES

_MOST_RECORDS = 400  # different texts per kind; beyond that they repeat
_PHONES_OF_CONTACTS = 75_000  # numbers per beginning that contacts may have


@dataclass(frozen=True)
class LeadText:
    """Text columns by the names in FIELDS, and each lead's country (position in LOCALES)."""

    fields: dict[str, pa.Array]
    locale: np.ndarray


def lead_texts(options: DemoOptions, leads: Leads, accounts: Accounts) -> LeadText:
    """What every lead says about itself."""
    rng = options.rng("lead text")
    n = len(leads)
    known = leads.contact >= 0
    contact = np.maximum(leads.contact, 0)
    account = accounts.contact_account[contact]
    company = len(accounts) + np.arange(n)
    colleague = np.flatnonzero((rng.random(n) < 0.06) & ~known)[1:]
    company[colleague] = company[np.maximum(colleague - rng.integers(1, 40, len(colleague)), 0)]
    locale = draw_locales(rng, n)
    locale = locale[company - len(accounts)]  # colleagues share their company's country
    people = People.draw(rng, locale, company - len(accounts))
    names, domains = companies(company, locale)
    style = rng.choice(4, n, p=[0.6, 0.2, 0.1, 0.1])[company - len(accounts)]
    numbers = phones(rng, locale, skip=_PHONES_OF_CONTACTS)
    people.put(np.flatnonzero(known), accounts.people.take(leads.contact[known]))
    locale = np.where(known, accounts.people.locale[contact], locale)
    titles = text_array([title for title, _ in TITLES]).take(pa.array(rng.integers(0, len(TITLES), n)))
    mask = pa.array(known)
    texts = {
        "FirstName": people.first_names,
        "LastName": people.last_names,
        "Company": pc.if_else(mask, accounts.names.take(pa.array(account)), names),
        "Email": pc.if_else(mask, accounts.emails.take(pa.array(contact)), people.emails(domains, style)),
        "Phone": pc.if_else(mask, accounts.phones.take(pa.array(contact)), numbers),
        "Title": titles,
        "Website": pc.binary_join_element_wise(
            "https://www.", pc.if_else(mask, accounts.domains.take(pa.array(account)), domains), ""
        ),
    }
    _copy(rng, leads, texts, people)
    locale = np.where(leads.original >= 0, locale[np.maximum(leads.original, 0)], locale)
    for position, kind in enumerate(ALL_KINDS):
        rows = np.flatnonzero(leads.kind == position)
        if kind.text is not None:
            records = kind.text(rng, min(len(rows), _MOST_RECORDS))
            choice = rng.integers(0, len(records), len(rows))
            for field in FIELDS:
                _replace(texts, field, rows, choice, [record.get(field) for record in records])
    return LeadText(texts, locale)


def _put(texts: dict[str, pa.Array], field: str, rows: np.ndarray, values: pa.Array) -> None:
    """Replace the text of `field` at `rows`."""
    place = np.arange(len(texts[field]))
    place[rows] = len(texts[field]) + np.arange(len(rows))
    texts[field] = pa.concat_arrays([texts[field], values.cast(pa.string())]).take(pa.array(place))


def _replace(
    texts: dict[str, pa.Array],
    field: str,
    rows: np.ndarray,
    choice: np.ndarray,
    options: Sequence[str | None],
) -> None:
    """Write the chosen option of each row; None keeps what is there. An address that lacks its other
    half is completed from the clean one: `info@`, a doubled `@@`, a comma in the domain."""
    if not any(option is not None for option in options):
        return
    clean = texts[field].take(pa.array(rows))
    chosen = text_array(options).take(pa.array(choice))
    if field == "Email":
        domain = pc.list_element(pc.split_pattern(clean, "@"), 1)
        chosen = pc.if_else(
            pc.ends_with(pc.fill_null(chosen, ""), "@"), _glued(chosen, domain, clean), chosen
        )
        chosen = pc.if_else(
            pc.equal(chosen, ",com"), pc.replace_substring(clean, ".", ",", max_replacements=9), chosen
        )
    _put(texts, field, rows, pc.coalesce(chosen, clean))


def _glued(chosen: pa.Array, domain: pa.Array, clean: pa.Array) -> pa.Array:
    doubled = pc.replace_substring(clean, "@", "@@")
    return pc.if_else(pc.equal(chosen, "@@"), doubled, pc.binary_join_element_wise(chosen, domain, ""))


def _copy(rng: np.random.Generator, leads: Leads, texts: dict[str, pa.Array], people: People) -> None:
    """Make each copy say what its original says, with the slip of its kind."""
    rows = np.flatnonzero(leads.has_fate(COPY) & (leads.original >= 0))
    source = pa.array(leads.original[rows])
    for field in FIELDS:
        _put(texts, field, rows, texts[field].take(source))
    typo = np.flatnonzero(leads.is_kind("duplicate_typo"))
    last = texts["LastName"].take(pa.array(typo))
    length = pc.utf8_length(last)
    slip = pc.if_else(
        pc.greater(length, 3),
        pc.binary_join_element_wise(
            pc.utf8_slice_codeunits(last, 0, 2), pc.utf8_slice_codeunits(last, 3, 99), ""
        ),
        pc.binary_join_element_wise(last, pc.utf8_slice_codeunits(last, 0, 1), ""),
    )
    _put(texts, "LastName", typo, slip)
    nick = np.flatnonzero(leads.is_kind("duplicate_nickname"))
    pairs = list(NICKNAMES.items())
    choice = rng.integers(0, len(pairs), len(nick))
    full = text_array([pair[0] for pair in pairs]).take(pa.array(choice))
    email = texts["Email"].take(pa.array(leads.original[nick]))
    initial = pc.utf8_lower(pc.utf8_slice_codeunits(full, 0, 1))
    local = pc.binary_join_element_wise(
        initial, people.latin_last_names.take(pa.array(leads.original[nick])), ""
    )
    email = pc.binary_join_element_wise(local, pc.list_element(pc.split_pattern(email, "@"), 1), "@")
    for column, target in ((0, leads.original[nick]), (1, nick)):
        _put(texts, "FirstName", target, text_array([pair[column] for pair in pairs]).take(pa.array(choice)))
        _put(texts, "Email", target, email)
