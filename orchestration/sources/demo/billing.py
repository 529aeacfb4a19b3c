"""Invoices and payments: what of the deals became money, and what regular customers bring.

Belongs here: money that was billed or came in. Quotas, costs and prices are in `planning.py`.
"""

import numpy as np

from orchestration.sources.demo.accounts import Accounts
from orchestration.sources.demo.codes import GIVEAWAY, KEY, KEY_HABIT, NO_AMOUNT, UNPAID, WON
from orchestration.sources.demo.columns import Days, Frame, Ids, Joined, Money, Pick, Whole, text_array
from orchestration.sources.demo.deals import Deals
from orchestration.sources.demo.ids import PREFIXES
from orchestration.sources.demo.pricing import CURRENCIES
from orchestration.sources.demo.world import World

_LEGACY_YEARS = 3


def invoice_tables(world: World, deals: Deals, accounts: Accounts) -> tuple[Frame, Frame]:
    """One invoice per won deal two weeks after closing, paid within a month and a half; fake sales have
    none. Regular customers were billed by the quarter for years; every fifth has left."""
    rng, clock = world.rng("invoices"), world.clock
    billed = (deals.outcome == WON) & ~np.isin(deals.label, [GIVEAWAY, UNPAID, NO_AMOUNT])
    deal = np.flatnonzero(billed)
    on = clock.business[deals.closed[deal]] + rng.integers(2, 15, len(deal))
    inside = on <= clock.last
    deal, on = deal[inside], on[inside]
    customers = np.arange(accounts.first_customer, accounts.first_target)
    account, quarter = (
        g.ravel() for g in np.meshgrid(customers, np.arange(_LEGACY_YEARS * 4), indexing="ij")
    )
    day = clock.last - 20 - 91 * quarter
    rank = account - accounts.first_customer
    is_key = np.isin(account, deals.account[np.isin(deals.label, [KEY, KEY_HABIT])])
    left = (rank % 5 == 3) & (quarter < 4 + rank % 4)
    young = (rank % 7 == 2) & (quarter > 5)
    kept = ~left & ~young & ~is_key
    account, day = account[kept], day[kept] + rng.integers(-4, 5, int(kept.sum()))
    base = 200_000 + account * 7_919 % 900_000
    day_of = np.r_[on, day]
    order = np.argsort(day_of, kind="stable")
    cents = np.r_[deals.amount[deal], base // 100 * 100][order]
    of_deal = np.r_[deal, np.full(len(account), -1)][order]
    whose = np.r_[deals.account[deal], account][order]
    currency = np.r_[deals.currency[deal], np.zeros(len(account), np.int64)][order]
    day_of = day_of[order]
    number = Joined(("INV-", Whole(100_001 + np.arange(len(order)))))
    money = Pick(text_array(CURRENCIES), currency)
    invoices = Frame(
        {
            "invoice_id": number,
            "account": Ids(PREFIXES["Account"], whose),
            "opportunity": Ids(PREFIXES["Opportunity"], of_deal),
            "invoiced_on": Days(day_of),
            "amount": Money(cents),
            "currency": money,
        },
        len(order),
    )
    paid_on = day_of + rng.integers(10, 32, len(order))
    paid = np.flatnonzero(paid_on <= clock.last)
    payments = Frame(
        {
            "payment_id": Joined(("PAY-", Whole(500_001 + np.arange(len(paid))))),
            "invoice_id": Joined(("INV-", Whole(100_001 + paid))),
            "paid_on": Days(paid_on[paid]),
            "amount": Money(cents[paid]),
            "currency": Pick(text_array(CURRENCIES), currency[paid]),
        },
        len(paid),
    )
    return invoices, payments
