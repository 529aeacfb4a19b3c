"""Touches to target accounts inside the prospecting blocks.

Belongs here: what fills a block that leads alone leave half empty.
"""

import numpy as np

from orchestration.sources.demo import team as t
from orchestration.sources.demo.accounts import TARGETS_PER_REP, Accounts
from orchestration.sources.demo.clock import Clock, weekday
from orchestration.sources.demo.options import DemoOptions
from orchestration.sources.demo.rhythm import BLOCKS, USED_BLOCKS
from orchestration.sources.demo.team import Team
from orchestration.sources.demo.touches import CALL, COLD_CALL, COLD_MAIL, EMAIL, REPLY, Touches, touches

SLOT = 1800  # half-hour slots: a block counts as used when at least half of them hold a touch


def local_seconds(
    clock: Clock, team: Team, moments: np.ndarray, days: np.ndarray, owner: np.ndarray
) -> np.ndarray:
    """Seconds of the local day at each moment."""
    return moments - clock.utc(days, np.zeros(len(days), np.int64), team.zone[owner])


def _place(rep: np.ndarray, day: np.ndarray, slot: np.ndarray) -> np.ndarray:
    """One number for each rep, day and half hour."""
    return (rep * 100_000 + day) * 48 + slot


def block_touches(
    options: DemoOptions, team: Team, clock: Clock, accounts: Accounts, done: Touches
) -> list[Touches]:
    """Calls and e-mails to the contacts of a rep's target accounts, in slots of the blocks in which no
    lead was touched. One in twenty is answered in the afternoon."""
    rng = options.rng("prospecting")
    mine = done.take(np.flatnonzero(~done.inbound & (done.owner < team.reps)))
    slot = local_seconds(clock, team, mine.moment, mine.due, mine.owner) // SLOT
    taken = np.unique(_place(mine.owner, mine.due, slot))
    parts = []
    for way in USED_BLOCKS:
        days, start, end = BLOCKS[way]
        days_on = clock.business[: clock.last_ordinal + 1]
        days_on = days_on[np.isin(weekday(days_on), days)]
        slots = np.arange(start // SLOT, -(-end // SLOT))
        rep, day, slot = (g.ravel() for g in np.meshgrid(team.of_way(way), days_on, slots, indexing="ij"))
        wanted = rng.random(len(rep)) < (0.92 if way == t.DILIGENT else 0.72)
        wanted &= ~np.isin(_place(rep, day, slot), taken)
        rep, day, slot = rep[wanted], day[wanted], slot[wanted]
        account = accounts.first_target + rep * TARGETS_PER_REP + (day * 5 + slot) % TARGETS_PER_REP
        contact = accounts.first_contact[account] + day % accounts.contact_count[account]
        local = slot * SLOT + rng.integers(30, SLOT - 120, len(rep))
        channel = np.where((day + slot) % 3 == 0, EMAIL, CALL)
        subject = np.where(channel == CALL, COLD_CALL, COLD_MAIL)
        moment = clock.utc(day, local, team.zone[rep])
        who = {"contact": contact, "account": account}
        parts.append(touches(rng, moment, day, rep, channel, subject, **who, connected=20))
        back = np.flatnonzero(rng.random(len(rep)) < 0.05)
        answered = moment[back] - local[back] + 14 * 3600
        who = {name: values[back] for name, values in who.items()}
        parts.append(touches(rng, answered, day[back], rep[back], EMAIL, REPLY, **who, inbound=True))
    return parts
