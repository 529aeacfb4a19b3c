"""Touches to target accounts inside the prospecting blocks.

Belongs here: what fills a block that leads alone leave half empty.
"""

import numpy as np

from orchestration.sources.demo import team as t
from orchestration.sources.demo.accounts import TARGETS_PER_REP, Accounts
from orchestration.sources.demo.clock import weekday
from orchestration.sources.demo.options import contained
from orchestration.sources.demo.rhythm import BLOCKS, HOUR, USED_BLOCKS
from orchestration.sources.demo.touches import CALL, COLD_CALL, COLD_MAIL, EMAIL, REPLY, Touches, touches
from orchestration.sources.demo.world import World

SLOT = 1800  # half-hour slots: a block counts as used when at least half of them hold a touch


def slot_of(world: World, whole: Touches) -> np.ndarray:
    """The half hour of the local day in which each touch was made."""
    return (whole.moment - world.moment(whole.due, 0, whole.owner)) // SLOT


def _place(rep: np.ndarray, day: np.ndarray, slot: np.ndarray) -> np.ndarray:
    """One number for each rep, day and half hour."""
    return (rep * 100_000 + day) * 48 + slot


def block_touches(world: World, accounts: Accounts, done: Touches) -> list[Touches]:
    """Calls and e-mails to the contacts of a rep's target accounts, in slots of the blocks in which no
    lead was touched. One in twenty is answered in the afternoon."""
    rng, team = world.rng("prospecting"), world.team
    mine = done.take(np.flatnonzero(~done.inbound & (done.owner < team.reps)))
    taken = _place(mine.owner, mine.due, slot_of(world, mine))
    parts = []
    for way in USED_BLOCKS:
        weekdays, start, end = BLOCKS[way]
        days = world.clock.business[: world.last + 1]
        days = days[np.isin(weekday(days), weekdays)]
        slots = np.arange(start // SLOT, -(-end // SLOT))
        rep, day, slot = (g.ravel() for g in np.meshgrid(team.of_way(way), days, slots, indexing="ij"))
        wanted = rng.random(len(rep)) < (0.92 if way == t.DILIGENT else 0.72)
        wanted &= ~contained(_place(rep, day, slot), taken)
        rep, day, slot = rep[wanted], day[wanted], slot[wanted]
        account = accounts.first_target + rep * TARGETS_PER_REP + (day * 5 + slot) % TARGETS_PER_REP
        contact = accounts.first_contact[account] + day % accounts.contact_count[account]
        moment = world.moment(day, slot * SLOT + rng.integers(30, SLOT - 120, len(rep)), rep)
        channel = np.where((day + slot) % 3 == 0, EMAIL, CALL)
        subject = np.where(channel == CALL, COLD_CALL, COLD_MAIL)
        who = {"contact": contact, "account": account}
        parts.append(touches(rng, moment, day, rep, channel=channel, subject=subject, **who))
        back = np.flatnonzero(rng.random(len(rep)) < 0.05)
        when = world.moment(day[back], 14 * HOUR + slot[back] * 60, rep[back])
        who = {name: values[back] for name, values in who.items()}
        reply = touches(rng, when, day[back], rep[back], channel=EMAIL, subject=REPLY, inbound=True, **who)
        parts.append(reply)
    return parts
