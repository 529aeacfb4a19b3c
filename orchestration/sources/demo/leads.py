"""The leads: who arrives when, from where, with whom, and which are spoiled in which way.

Belongs here: the plan in numbers. How they are followed up is `lead_follow.py`, what they say
`lead_text.py`, the rows `lead_tables.py`.
"""

from dataclasses import dataclass

import numpy as np

from orchestration.sources.demo import team as t
from orchestration.sources.demo.accounts import Accounts
from orchestration.sources.demo.codes import AFTER_TOKEN, TUNNEL_DAYS
from orchestration.sources.demo.deals import Deals
from orchestration.sources.demo.heldback import HELDBACK
from orchestration.sources.demo.kinds import KINDS
from orchestration.sources.demo.options import rank_within, spread
from orchestration.sources.demo.pollution import COPY, JUNK, LEFT_BEHIND, UNTOUCHED
from orchestration.sources.demo.world import World

ALL_KINDS = KINDS + HELDBACK
KIND = {kind.name: position for position, kind in enumerate(ALL_KINDS)}
CLEAN = -1
WEB, COLD, PURCHASED, RFP = 0, 4, 5, 6  # positions in LEAD_SOURCES
IMPORT_BATCH = 25
BURST_SIZE = 12
_WEIGHTS = np.array([1.1, 1.2, 1.2, 1.0, 1.2, 0.5, 0.6, 0.8, 0.6, 0.6, 1.2, 1.2])  # leads by way of working
_UNTOUCHED_FOR = 45  # business days at least, far beyond every first-touch limit


@dataclass
class Leads:
    """One element per lead, in order of creation.

    `owner` -1: nobody. `kind`: position in ALL_KINDS or CLEAN. `deal`: the deal it was converted to,
    or -1; `contact`: the contact who is the same person, or -1; `original`: the older lead of which
    it is a copy, or -1. `position`: business day of creation; `created` the moment; `creator` a user.
    """

    owner: np.ndarray
    kind: np.ndarray
    deal: np.ndarray
    contact: np.ndarray
    original: np.ndarray
    position: np.ndarray
    created: np.ndarray
    creator: np.ndarray
    source: np.ndarray
    after_token: np.ndarray

    def __len__(self) -> int:
        return len(self.owner)

    def is_kind(self, *names: str) -> np.ndarray:
        return np.isin(self.kind, [KIND[name] for name in names])

    def has_fate(self, fate: int) -> np.ndarray:
        return np.isin(self.kind, [p for p, kind in enumerate(ALL_KINDS) if kind.fate == fate])


def plan_leads(world: World, deals: Deals, accounts: Accounts) -> Leads:
    """All leads: those that became deals, those thrown away too early, and everyone else."""
    rng, options, team, last = world.rng("leads"), world.options, world.team, world.last
    converted = np.flatnonzero(deals.from_lead & (deals.created >= 6))
    tokens = np.flatnonzero(deals.label == AFTER_TOKEN)
    n = options.lead_count - len(converted) - len(tokens)
    counts = spread(n, np.tile(_WEIGHTS, team.squads))
    owner = np.repeat(np.arange(team.reps), counts)
    until = np.where(team.has_way(owner, t.TUNNEL), last - TUNNEL_DAYS[0] - 40, last)
    fresh = ((rank_within(owner) + rng.random(n)) / counts[owner] * until).astype(np.int64)
    ahead = np.minimum(rng.integers(4, 34, len(converted)), deals.created[converted] - 1)
    token_owner = deals.owner[tokens] - t.ORDINARY_A + t.TOKEN
    linked = np.r_[converted, tokens]
    leads = Leads(
        owner=np.r_[owner, deals.seller_before[converted], token_owner],
        kind=np.full(options.lead_count, CLEAN),
        deal=np.r_[np.full(n, -1), converted, np.full(len(tokens), -1)],
        contact=np.r_[np.full(n, -1), accounts.first_contact[deals.account[linked]]],
        original=np.full(options.lead_count, -1),
        position=np.r_[fresh, deals.created[converted] - ahead, deals.created[tokens] - 60],
        created=np.zeros(options.lead_count, np.int64),
        creator=np.full(options.lead_count, team.automation),
        source=rng.choice(6, options.lead_count, p=[0.34, 0.16, 0.16, 0.12, 0.14, 0.08]),
        after_token=np.r_[np.zeros(n + len(converted), bool), np.ones(len(tokens), bool)],
    )
    _spoil(rng, leads, n, accounts, last)
    _date(rng, leads, world)
    return _sorted(leads)


def _spoil(rng: np.random.Generator, leads: Leads, fresh: int, accounts: Accounts, last: int) -> None:
    """Give each kind its share of the leads that are nobody known, and what follows from the kind."""
    counts = [max(1, round(kind.rate * len(leads))) for kind in ALL_KINDS]
    shuffled = rng.permutation(fresh)
    leads.kind[shuffled[: sum(counts)]] = np.repeat(np.arange(len(ALL_KINDS)), counts)
    clean = shuffled[sum(counts) :]
    copies = np.flatnonzero(leads.has_fate(COPY))
    of_contact = leads.is_kind("duplicate_of_contact")[copies]
    old = clean[(leads.position[clean] < last - 70) & (leads.position[clean] > 0)]
    leads.original[copies] = np.where(of_contact, -1, rng.permutation(old)[np.arange(len(copies)) % len(old)])
    target = rng.integers(accounts.first_customer, len(accounts), len(copies))
    contact = accounts.first_contact[target]
    leads.contact[copies] = np.where(of_contact, contact, -1)
    later = leads.position[np.maximum(leads.original[copies], 0)] + rng.integers(5, 60, len(copies))
    leads.position[copies] = np.where(of_contact, leads.position[copies], later)
    idle = np.flatnonzero(leads.has_fate(UNTOUCHED))
    leads.position[idle] = rng.integers(last - 160, last - _UNTOUCHED_FOR, len(idle))
    behind = np.flatnonzero(leads.has_fate(LEFT_BEHIND))
    leads.position[behind] = rng.integers(5, 50, len(behind))
    junk = leads.has_fate(JUNK)
    leads.source = np.where(junk, np.where(rng.random(len(leads)) < 0.7, WEB, PURCHASED), leads.source)


def _date(rng: np.random.Generator, leads: Leads, world: World) -> None:
    """Moments of creation and creators: forms at any hour of the day, imports and bursts within
    seconds, and the owners that some leads do not have."""
    n, team = len(leads), world.team
    local = rng.integers(8 * 3600, 15 * 3600, n)
    imported, burst = leads.is_kind("bulk_import"), leads.is_kind("burst")
    for rows, size in ((np.flatnonzero(imported), IMPORT_BATCH), (np.flatnonzero(burst), BURST_SIZE)):
        batch = np.arange(len(rows)) // size
        days = rng.integers(10, world.last - 40, int(batch.max(initial=0)) + 1)
        leads.position[rows] = days[batch]
        local[rows] = 9 * 3600 + batch % 5 * 600 + (np.arange(len(rows)) % size) // 3
    leads.source = np.select([imported, leads.source == RFP], [PURCHASED, WEB], leads.source)
    by_hand = np.isin(leads.source, [COLD, 2, 3])
    leads.creator = np.select([imported, by_hand], [team.importer, leads.owner], leads.creator)
    bursting = np.flatnonzero(burst)
    leads.creator[bursting] = leads.owner[bursting[np.arange(len(bursting)) // BURST_SIZE * BURST_SIZE]]
    gone = leads.has_fate(LEFT_BEHIND)
    leads.owner = np.where(gone, team.staff + leads.owner % (team.squads * t.LEFT_PER_SQUAD), leads.owner)
    leads.creator = np.where(gone & by_hand, leads.owner, leads.creator)
    at_once = np.where(imported | burst, team.importer, leads.owner)
    leads.created = world.moment(world.clock.business[leads.position], local, at_once)
    leads.owner = np.where(leads.is_kind("unowned"), -1, leads.owner)


def _sorted(leads: Leads) -> Leads:
    order = np.argsort(leads.created, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    values = {name: getattr(leads, name)[order] for name in Leads.__dataclass_fields__}
    known = values["original"] >= 0
    values["original"] = np.where(known, place[np.maximum(values["original"], 0)], -1)
    return Leads(**values)
