"""Companies and the people in them.

Belongs here: accounts and contacts. Accounts stand in this order: one per new deal, the key accounts,
the regular customers, the target accounts of each rep that nobody has sold to yet.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.sources.demo.codes import FODDER, NEW, SEGMENTS
from orchestration.sources.demo.columns import (
    NONE,
    Column,
    Const,
    Frame,
    Ids,
    Joined,
    Moments,
    Pick,
    Text,
    Whole,
    text_array,
)
from orchestration.sources.demo.deal_specials import KEY_PER_SQUAD
from orchestration.sources.demo.deals import Deals
from orchestration.sources.demo.ids import PREFIXES
from orchestration.sources.demo.locales import LOCALES
from orchestration.sources.demo.options import rank_within, spread
from orchestration.sources.demo.people import People, companies, draw_locales, phones
from orchestration.sources.demo.rhythm import CREATED, deal_moments
from orchestration.sources.demo.words import HIGH_TITLES, INDUSTRIES, LOW_TITLES, TITLES
from orchestration.sources.demo.world import World

TARGETS_PER_REP = 8
_EMPLOYEES = ((60, 240), (260, 980), (1_100, 6_000))  # by segment; inside the bands 50, 250, 1000


@dataclass
class Accounts:
    """Accounts and their contacts; contacts of account a are `first_contact[a]` and the following
    `contact_count[a]`. `created` are moments. Text columns are Arrow arrays over all rows."""

    owner: np.ndarray
    locale: np.ndarray
    industry: np.ndarray
    employees: np.ndarray
    created: np.ndarray
    first_customer: int
    first_target: int
    names: pa.Array
    domains: pa.Array
    first_contact: np.ndarray
    contact_count: np.ndarray
    contact_account: np.ndarray
    people: People
    emails: pa.Array
    phones: pa.Array
    titles: np.ndarray

    def __len__(self) -> int:
        return len(self.owner)

    def is_customer_from_start(self) -> np.ndarray:
        position = np.arange(len(self))
        return (position >= self.first_customer) & (position < self.first_target)


def build_accounts(world: World, deals: Deals) -> Accounts:
    """The companies of all deals, customers and targets, with two to four contacts each (a buyer who
    only collects offers sends one person below manager)."""
    rng, team, clock = world.rng("accounts"), world.team, world.clock
    first_target = deals.new_accounts + deals.customers
    n = first_target + team.reps * TARGETS_PER_REP
    owner = np.empty(n, np.int64)
    owner[first_target:] = np.repeat(np.arange(team.reps), TARGETS_PER_REP)
    keys = team.squads * KEY_PER_SQUAD
    owner[deals.new_accounts : deals.new_accounts + keys] = 0  # each has deals: its owner follows below
    regular = spread(deals.customers - keys, np.ones(team.reps))
    owner[deals.new_accounts + keys : first_target] = np.repeat(np.arange(team.reps), regular)
    owner[deals.account] = deals.owner
    segment = rng.integers(0, SEGMENTS, n)
    segment[deals.account] = deals.segment
    low, high = np.array(_EMPLOYEES).T
    is_new = deals.kind == NEW
    created = np.full(n, clock.first - 300) - rng.integers(0, 400, n)
    moment = world.moment(created, rng.integers(9 * 3600, 16 * 3600, n), owner)
    moment[deals.account[is_new]] = deal_moments(
        world, deals, np.flatnonzero(is_new), deals.created[is_new], CREATED
    )
    locale = draw_locales(rng, n)
    names, domains = companies(np.arange(n), locale)
    is_fodder = np.zeros(n, bool)
    is_fodder[deals.account[deals.label == FODDER]] = True
    count = np.where(is_fodder, 1, rng.integers(2, 5, n))
    account = np.repeat(np.arange(n), count)
    people = People.draw(rng, locale[account], account)
    rank = rank_within(account)
    titles = rng.integers(0, len(TITLES), len(account))
    titles = np.where(rank == 0, rng.integers(*HIGH_TITLES, len(account)), titles)
    titles = np.where(is_fodder[account], rng.integers(*LOW_TITLES, len(account)), titles)
    return Accounts(
        owner=owner,
        locale=locale,
        industry=rng.integers(0, len(INDUSTRIES), n),
        employees=rng.integers(low[segment], high[segment]),
        created=moment,
        first_customer=deals.new_accounts,
        first_target=first_target,
        names=names,
        domains=domains,
        first_contact=np.cumsum(count) - count,
        contact_count=count,
        contact_account=account,
        people=people,
        emails=people.emails(
            domains.take(pa.array(account)), rng.choice(4, n, p=[0.6, 0.2, 0.1, 0.1])[account]
        ),
        phones=phones(rng, locale[account]),
        titles=titles,
    )


def _audit(moments: np.ndarray, by: np.ndarray) -> dict[str, Column]:
    return {
        "CreatedDate": Moments(moments),
        "CreatedById": Ids(PREFIXES["User"], by),
        "LastModifiedDate": Moments(moments),
        "LastModifiedById": Ids(PREFIXES["User"], by),
        "SystemModstamp": Moments(moments),
    }


def account_table(accounts: Accounts, deals: Deals) -> Frame:
    """Salesforce Account."""
    n = len(accounts)
    customer = accounts.is_customer_from_start()
    customer[deals.account[deals.outcome == 1]] = True
    return Frame(
        {
            "Id": Ids(PREFIXES["Account"], np.arange(n)),
            "IsDeleted": Const("false"),
            "MasterRecordId": Const(None),
            "ParentId": Const(None),
            "Name": Text(accounts.names),
            "Type": Pick(text_array(["Prospect", "Customer - Direct"]), customer.astype(np.int8)),
            "Industry": Pick(text_array(INDUSTRIES), accounts.industry),
            "NumberOfEmployees": Whole(accounts.employees),
            "AnnualRevenue": Whole(accounts.employees * 180_000),
            "BillingCountry": Pick(text_array([place.country for place in LOCALES]), accounts.locale),
            "Website": Joined(("https://www.", Text(accounts.domains))),
            "CurrencyIsoCode": Const("EUR"),
            "OwnerId": Ids(PREFIXES["User"], accounts.owner),
            **_audit(accounts.created, accounts.owner),
        },
        n,
    )


def contact_table(accounts: Accounts) -> Frame:
    """Salesforce Contact."""
    account = accounts.contact_account
    n = len(account)
    owner = accounts.owner[account]
    first, last = accounts.people.first_names, accounts.people.last_names
    return Frame(
        {
            "Id": Ids(PREFIXES["Contact"], np.arange(n)),
            "IsDeleted": Const("false"),
            "MasterRecordId": Const(None),
            "AccountId": Ids(PREFIXES["Account"], account),
            "FirstName": Text(first),
            "LastName": Text(last),
            "Name": Text(pc.binary_join_element_wise(first, last, " ")),
            "Title": Pick(text_array([title for title, _ in TITLES]), accounts.titles),
            "Email": Text(accounts.emails),
            "Phone": Text(accounts.phones),
            "MobilePhone": Const(None),
            "MailingCountry": Pick(
                text_array([place.country for place in LOCALES]), accounts.locale[account]
            ),
            "LeadSource": Const(None),
            "HasOptedOutOfEmail": Const("false"),
            "DoNotCall": Const("false"),
            "EmailBouncedReason": Const(None),
            "EmailBouncedDate": Moments(np.full(n, NONE)),
            "OwnerId": Ids(PREFIXES["User"], owner),
            **_audit(accounts.created[account], owner),
        },
        n,
    )
