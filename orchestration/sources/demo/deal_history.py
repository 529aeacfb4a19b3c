"""What the CRM remembers of each deal: OpportunityHistory and OpportunityFieldHistory.

Belongs here: the changes in order of time. The present state, in `deal_tables.py`, is their last one.
"""

from dataclasses import dataclass

import numpy as np

from orchestration.sources.demo.codes import (
    CLOSED_LOST,
    CLOSED_WON,
    NEVER,
    OPEN,
    PROPOSAL,
    ROTTEN,
    STAGES,
    WON,
)
from orchestration.sources.demo.columns import (
    NONE,
    Column,
    Const,
    Days,
    Either,
    Frame,
    Ids,
    Moments,
    Money,
    Pick,
    Whole,
    text_array,
)
from orchestration.sources.demo.deals import Deals
from orchestration.sources.demo.ids import PREFIXES
from orchestration.sources.demo.rhythm import CREATED, HOUR, MOVED, PUSHED, deal_moments
from orchestration.sources.demo.words import NEXT_STEPS
from orchestration.sources.demo.world import World

_HANDED_OVER = 15 * HOUR + 2400
_FIELDS = ("CloseDate", "Amount", "NextStep", "OwnerId")
_CLOSE, _AMOUNT, _STEP, _OWNER = range(4)


@dataclass
class History:
    """One element per saved state, in order of deal and moment; every column is filled. `position`
    is the business day, `step` a position in NEXT_STEPS or -1; `first` marks the state at creation,
    `last` the present one. `modified`: per deal, the moment of the last change of any field."""

    deal: np.ndarray
    position: np.ndarray
    moment: np.ndarray
    stage: np.ndarray
    close: np.ndarray
    amount: np.ndarray
    step: np.ndarray
    first: np.ndarray
    last: np.ndarray
    modified: np.ndarray

    def __len__(self) -> int:
        return len(self.deal)


def _filled(values: np.ndarray) -> np.ndarray:
    """Each NONE replaced by the value before it (the first of each deal is never NONE)."""
    known = np.where(values != NONE, np.arange(len(values)), 0)
    return values[np.maximum.accumulate(known)]


def build_history(world: World, deals: Deals) -> History:
    """Creation, stage changes, moves of the close date and closing of every deal."""
    every = np.arange(len(deals))
    created = deals.created
    begin = np.argmin(deals.entered, axis=1)
    silent = deals.label == ROTTEN
    moved, stage = np.nonzero((deals.entered < NEVER) & (np.arange(5) != begin[:, None]))
    pushed, push = np.nonzero((deals.pushes < NEVER) & (np.arange(deals.pushes.shape[1]) > 0))
    ended = np.flatnonzero(deals.outcome != OPEN)
    none = np.full(len(every) + len(moved) + len(pushed) + len(ended), NONE)
    a, b, c = np.cumsum([len(every), len(moved), len(pushed)])
    close, amount, stages, steps = none.copy(), none.copy(), none.copy(), none.copy()
    close[:a], close[b:c], close[c:] = (
        deals.close_days[:, 0],
        deals.close_days[pushed, push],
        world.clock.business[deals.closed[ended]],
    )
    amount[:a] = deals.first_amount
    amount[a:b] = np.where(stage == PROPOSAL, deals.amount[moved], NONE)
    stages[:a], stages[a:b] = begin, stage
    stages[c:] = np.where(deals.outcome[ended] == WON, CLOSED_WON, CLOSED_LOST)
    steps[:a] = np.where(silent, -1, every % len(NEXT_STEPS))
    steps[a:b] = np.where(silent[moved], -1, (moved + stage) % len(NEXT_STEPS))
    steps[c:] = -1
    deal = np.r_[every, moved, pushed, ended]
    position = np.r_[created, deals.entered[moved, stage], deals.pushes[pushed, push], deals.closed[ended]]
    hours = (
        (every, created, CREATED),
        (moved, position[a:b], MOVED),
        (pushed, position[b:c], PUSHED),
        (ended, position[c:], MOVED),
    )
    moment = np.concatenate([deal_moments(world, deals, rows, at, hour) for rows, at, hour in hours])
    order = np.lexsort((moment, deal))
    deal = deal[order]
    edge = deal[1:] != deal[:-1]
    first, last = np.r_[True, edge], np.r_[edge, True]
    stages, close, amount, steps = (_filled(values[order]) for values in (stages, close, amount, steps))
    handed = np.flatnonzero(deals.handed_over < NEVER)
    modified = moment[order][last]
    passed_on = deal_moments(world, deals, handed, deals.handed_over[handed], _HANDED_OVER)
    modified[handed] = np.maximum(modified[handed], passed_on)
    return History(deal, position[order], moment[order], stages, close, amount, steps, first, last, modified)


def history_table(deals: Deals, history: History) -> Frame:
    """Salesforce OpportunityHistory: the state after each change; probability 0 to 100."""
    order = np.argsort(history.moment, kind="stable")
    deal, stage, moment = history.deal[order], history.stage[order], history.moment[order]
    by = deals.seller(deal, history.position[order])
    amount, probability = history.amount[order], np.array([s[1] for s in STAGES])[stage]
    return Frame(
        {
            "Id": Ids(PREFIXES["OpportunityHistory"], np.arange(len(history))),
            "OpportunityId": Ids(PREFIXES["Opportunity"], deal),
            "StageName": Pick(text_array([s[0] for s in STAGES]), stage),
            "Amount": Money(amount),
            "ExpectedRevenue": Money(amount * probability // 100),
            "CloseDate": Days(history.close[order]),
            "Probability": Whole(probability),
            "ForecastCategory": Pick(text_array([s[2] for s in STAGES]), stage),
            "CurrencyIsoCode": Pick(text_array(["EUR", "USD", "GBP"]), deals.currency[deal]),
            "CreatedDate": Moments(moment),
            "CreatedById": Ids(PREFIXES["User"], by),
            "SystemModstamp": Moments(moment),
            "IsDeleted": Const("false"),
        },
        len(history),
    )


def field_history_table(world: World, deals: Deals, history: History) -> Frame:
    """Salesforce OpportunityFieldHistory: old and new close date, amount, next step and owner. Amounts
    are written as in the record; owners are ids."""
    before = np.r_[0, np.arange(len(history) - 1)]
    tracked = (history.close, history.amount, history.step)
    changed = [np.flatnonzero(~history.first & (values != values[before])) for values in tracked]
    handed = np.flatnonzero(deals.handed_over < NEVER)
    sizes = [len(rows) for rows in changed] + [len(handed)]
    field = np.repeat(np.arange(4), sizes)
    deal = np.concatenate([*(history.deal[rows] for rows in changed), handed])
    at = deals.handed_over[handed]
    moment = np.concatenate(
        [
            *(history.moment[rows] for rows in changed),
            deal_moments(world, deals, handed, at, _HANDED_OVER),
        ]
    )
    position = np.concatenate([*(history.position[rows] for rows in changed), at])
    order = np.argsort(moment, kind="stable")
    old = [values[before[rows]] for values, rows in zip(tracked, changed, strict=True)] + [
        deals.seller_before[handed]
    ]
    new = [values[rows] for values, rows in zip(tracked, changed, strict=True)] + [deals.owner[handed]]
    by = deals.seller(deal, position)[order]
    return Frame(
        {
            "Id": Ids(PREFIXES["OpportunityFieldHistory"], np.arange(len(order))),
            "IsDeleted": Const("false"),
            "OpportunityId": Ids(PREFIXES["Opportunity"], deal[order]),
            "Field": Pick(text_array(_FIELDS), field[order]),
            "OldValue": _value(field[order], np.concatenate(old)[order]),
            "NewValue": _value(field[order], np.concatenate(new)[order]),
            "CreatedDate": Moments(moment[order]),
            "CreatedById": Ids(PREFIXES["User"], by),
        },
        len(order),
    )


def _value(field: np.ndarray, value: np.ndarray) -> Column:
    """The value as text, in the form of its field."""
    day, cents = np.where(field == _CLOSE, value, NONE), np.where(field == _AMOUNT, value, NONE)
    step, owner = np.where(field == _STEP, value, -1), np.where(field == _OWNER, value, -1)
    words = Either(Pick(text_array(NEXT_STEPS), step), Ids(PREFIXES["User"], owner))
    return Either(Days(day), Either(Money(cents), words))
