"""Planning files: what the organisation keeps outside the CRM.

Belongs here: quotas, teams, claims, hours, target and key accounts, costs, invoices, payments,
prices and rates. Accounts and deals are given by their Salesforce id, reps by e-mail address.
Quotas are made in `quotas.py`, invoices and payments in `billing.py`.
"""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from orchestration.sources.demo import team as t
from orchestration.sources.demo.accounts import TARGETS_PER_REP, Accounts
from orchestration.sources.demo.billing import invoice_tables
from orchestration.sources.demo.clock import TIME_ZONES, Clock, holidays, month_of, month_start
from orchestration.sources.demo.columns import (
    Column,
    Const,
    Days,
    Frame,
    Ids,
    Joined,
    Money,
    Pick,
    Text,
    Whole,
    text_array,
)
from orchestration.sources.demo.deal_specials import KEY_PER_SQUAD
from orchestration.sources.demo.deals import Deals
from orchestration.sources.demo.ids import PREFIXES
from orchestration.sources.demo.options import DemoOptions
from orchestration.sources.demo.pricing import CURRENCIES, LIST_CENTS, PRODUCTS, exchange_rates
from orchestration.sources.demo.prospecting import slot_of
from orchestration.sources.demo.quotas import quota_table
from orchestration.sources.demo.team import Team
from orchestration.sources.demo.touches import Touches
from orchestration.sources.demo.world import World

CLAIMED_CYCLE_DAYS = 45  # what everybody says; the records show about 75
CLAIMED_BY_IDLE = 30  # percent of the time, said to go to prospecting by the rep who leaves the blocks idle
_SLOTS_PER_WEEK = 80
_EURO = Const("EUR")


def planning_tables(world: World, deals: Deals, accounts: Accounts, whole: Touches) -> dict[str, Frame]:
    """All planning files by object name."""
    team, clock = world.team, world.clock
    invoices, payments = invoice_tables(world, deals, accounts)
    return {
        "quotas": quota_table(world, deals),
        "claims": _claims(world, whole),
        "working_hours": _working_hours(team, clock),
        "teams": _teams(team, clock),
        "target_accounts": _targets(team, clock, accounts),
        "key_accounts": _keys(team, clock, accounts),
        "rep_aliases": _aliases(team),
        "holidays": _holidays(world.options, clock),
        "account_costs": _costs(team, clock, accounts),
        "invoices": invoices,
        "payments": payments,
        "list_prices": _list_prices(clock),
        "exchange_rates": _rates(clock),
    }


def _rep(team: Team, reps: np.ndarray) -> Column:
    return Pick(team.emails, reps)


def _months(months: np.ndarray) -> Column:
    return Text(pa.array(np.asarray(months).astype("datetime64[M]").astype(str), pa.string()))


def _claims(world: World, whole: Touches) -> Frame:
    """What reps say: most know roughly what they do; one claims thirty percent of the time."""
    team, clock = world.team, world.clock
    own = ~whole.inbound & (whole.owner < team.reps) & (whole.deal < 0) & (whole.due > clock.last - 91)
    recent = whole.take(np.flatnonzero(own))
    slot = slot_of(world, recent)
    used = np.unique((recent.owner * 100_000 + recent.due) * 48 + slot) // (48 * 100_000)
    share = np.bincount(used, minlength=team.reps) / (13 * _SLOTS_PER_WEEK)
    percent = np.where(team.ways == t.IDLE, CLAIMED_BY_IDLE, np.rint(share * 100 + 1)).astype(np.int64)
    reps = np.arange(team.reps)
    columns: dict[str, Column] = {
        "rep": _rep(team, reps),
        "claimed_prospecting_share": Money(percent),
        "claimed_cycle_days": Const(str(CLAIMED_CYCLE_DAYS)),
        "valid_from": Days(np.full(team.reps, clock.first)),
    }
    return Frame(columns, team.reps)


def _working_hours(team: Team, clock: Clock) -> Frame:
    staff = np.arange(team.staff)
    columns: dict[str, Column] = {
        "rep": _rep(team, staff),
        "hours_per_week": Const("40"),
        "time_zone": Pick(text_array(TIME_ZONES), team.zone[staff]),
        "work_start": Const("09:00"),
        "work_end": Const("17:00"),
        "work_days": Const("Mon Tue Wed Thu Fri"),
        "valid_from": Days(np.full(team.staff, clock.first)),
    }
    return Frame(columns, team.staff)


def _teams(team: Team, clock: Clock) -> Frame:
    reps = np.arange(team.reps)
    columns: dict[str, Column] = {
        "rep": _rep(team, reps),
        "manager": Pick(team.emails, team.manager[reps]),
        "team": Joined(("Team ", Whole(team.manager[reps] - team.reps + 1))),
        "valid_from": Days(np.full(team.reps, clock.first)),
        "valid_to": Const(None),
    }
    return Frame(columns, team.reps)


def _targets(team: Team, clock: Clock, accounts: Accounts) -> Frame:
    n = team.reps * TARGETS_PER_REP
    columns: dict[str, Column] = {
        "account": Ids(PREFIXES["Account"], accounts.first_target + np.arange(n)),
        "rep": _rep(team, np.repeat(np.arange(team.reps), TARGETS_PER_REP)),
        "valid_from": Days(np.full(n, clock.first)),
        "valid_to": Const(None),
    }
    return Frame(columns, n)


def _keys(team: Team, clock: Clock, accounts: Accounts) -> Frame:
    n = team.squads * KEY_PER_SQUAD
    key = Ids(PREFIXES["Account"], accounts.first_customer + np.arange(n))
    return Frame({"account": key, "valid_from": Days(np.full(n, clock.first - 365))}, n)


def _aliases(team: Team) -> Frame:
    reps = np.arange(team.reps)
    first, last = (text_array(names[: team.reps]) for names in (team.first_names, team.last_names))
    alias = Joined((Text(last), ", ", Text(first), " ", Whole(reps + 1)))
    return Frame({"alias": alias, "rep": _rep(team, reps)}, team.reps)


def _holidays(options: DemoOptions, clock: Clock) -> Frame:
    start = options.end_date - timedelta(days=clock.last - clock.first)
    days = holidays(start, date(options.end_date.year + 1, 12, 31))
    columns: dict[str, Column] = {
        "date": Text(text_array([day.isoformat() for day, _ in days])),
        "name": Text(text_array([name for _, name in days])),
    }
    return Frame(columns, len(days))


def _costs(team: Team, clock: Clock, accounts: Accounts) -> Frame:
    """What serving each key account costs per month: steady, except for the one kept from habit."""
    months = np.arange(month_of(np.array([clock.first]))[0], month_of(np.array([clock.last]))[0] + 1)
    key, turn = (
        g.ravel()
        for g in np.meshgrid(np.arange(team.squads * KEY_PER_SQUAD), np.arange(len(months)), indexing="ij")
    )
    habit = key % KEY_PER_SQUAD == 0
    cents = np.where(habit, 1_200_000 + 70_000 * turn, 500_000 + 20_000 * (key % KEY_PER_SQUAD))
    columns: dict[str, Column] = {
        "account": Ids(PREFIXES["Account"], accounts.first_customer + key),
        "month": _months(months[turn]),
        "amount": Money(cents),
        "currency": _EURO,
    }
    return Frame(columns, len(key))


def _list_prices(clock: Clock) -> Frame:
    product, currency = (
        g.ravel() for g in np.meshgrid(np.arange(len(PRODUCTS)), np.arange(len(CURRENCIES)), indexing="ij")
    )
    columns: dict[str, Column] = {
        "product": Pick(text_array(PRODUCTS), product),
        "price": Money(LIST_CENTS[product, currency]),
        "currency": Pick(text_array(CURRENCIES), currency),
        "valid_from": Days(np.full(len(product), month_start(month_of(np.array([clock.first])) - 36)[0])),
    }
    return Frame(columns, len(product))


def _rates(clock: Clock) -> Frame:
    months = np.arange(month_of(np.array([clock.first]))[0] - 24, month_of(np.array([clock.last]))[0] + 1)
    rates = exchange_rates(months)
    turn, currency = (
        g.ravel() for g in np.meshgrid(np.arange(len(months)), np.arange(1, len(CURRENCIES)), indexing="ij")
    )
    columns: dict[str, Column] = {
        "month": _months(months[turn]),
        "currency": Pick(text_array(CURRENCIES), currency),
        "rate": Text(text_array([f"{rates[m, c]:.4f}" for m, c in zip(turn, currency, strict=True)])),
    }
    return Frame(columns, len(turn))
