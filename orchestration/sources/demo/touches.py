"""Calls, e-mails and tasks as plain numbers, before they become Salesforce tasks.

Belongs here: the shape and its building blocks. Who is touched when is decided by the planners.
"""

from dataclasses import dataclass, fields
from typing import Required, TypedDict, Unpack

import numpy as np

CALL, EMAIL, TASK = range(3)
CONNECTED, VOICEMAIL, NO_ANSWER = range(3)
SUBJECTS = (
    "Call: introduction",
    "Email: introduction",
    "Call: follow-up",
    "Email: follow-up",
    "Email received: reply",
    "Email received: please call again later",
    "Email received: unsubscribe me",
    "Call: recontact as agreed",
    "Email received: RFP with vendor questionnaire",
    "Email: summary of our meeting and next steps",
    "Call: status",
    "Email received: questions",
    "Call: prospecting",
    "Email: prospecting",
    "Deal review",
    "Send revised quote",
    "Send reference list",
    "Call back with answers",
    "Automatic reply: out of office",
    "Email: tender response",
    "Email: sequence step",
)
INTRO_CALL, INTRO_MAIL, NEXT_CALL, NEXT_MAIL, REPLY, LATER, UNSUBSCRIBE, RECONTACT_CALL, RFP_MAIL = range(9)
RECAP, STATUS_CALL, QUESTIONS, COLD_CALL, COLD_MAIL, REVIEW = range(9, 15)
PROMISE_QUOTE, _PROMISE_REFERENCES, PROMISE_ANSWERS, AUTO_REPLY, TENDER_MAIL, CADENCE_MAIL = range(15, 21)


@dataclass
class Touches:
    """One element per task. `moment`: when it was done (for an open promise: when it was made);
    `lead`, `contact`, `deal`, `account`: positions or -1; `seconds`: length of a call, else 0;
    `due`: day it was due; `made`: moment of creation; `done`: completed. Narrow types: there may be
    twenty million."""

    moment: np.ndarray
    owner: np.ndarray
    lead: np.ndarray
    contact: np.ndarray
    deal: np.ndarray
    account: np.ndarray
    channel: np.ndarray
    inbound: np.ndarray
    seconds: np.ndarray
    disposition: np.ndarray
    subject: np.ndarray
    due: np.ndarray
    made: np.ndarray
    done: np.ndarray

    def __len__(self) -> int:
        return len(self.moment)

    def take(self, rows: np.ndarray) -> "Touches":
        return Touches(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    @staticmethod
    def joined(parts: list["Touches"]) -> "Touches":
        return Touches(
            **{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Touches)}
        )


class What(TypedDict, total=False):
    """What a touch was. `connected`: percent of calls that connect, 30 unless said."""

    channel: Required[np.ndarray | int]
    subject: Required[np.ndarray | int]
    lead: np.ndarray | int
    contact: np.ndarray | int
    deal: np.ndarray | int
    account: np.ndarray | int
    inbound: bool
    connected: np.ndarray | int


def touches(
    rng: np.random.Generator, moment: np.ndarray, day: np.ndarray, owner: np.ndarray, **what: Unpack[What]
) -> Touches:
    """Touches done at `moment`, local day `day`; whoever is not named in `what` has no part in it."""
    n = len(moment)

    def whole(value: np.ndarray | int | bool, kind: type) -> np.ndarray:
        return np.broadcast_to(np.asarray(value, kind), n).copy()

    channel = whole(what["channel"], np.int8)
    inbound = whole(what.get("inbound", False), bool)
    connected = rng.integers(0, 100, n) < what.get("connected", 30)
    call = channel == CALL
    talk = rng.integers(120, 420, n)  # short, so that no deal but the one that takes everything fills a week
    disposition = np.where(connected | inbound, CONNECTED, rng.integers(VOICEMAIL, NO_ANSWER + 1, n))
    seconds = np.where(disposition == CONNECTED, talk, rng.integers(15, 50, n))
    return Touches(
        moment=moment,
        owner=owner,
        lead=whole(what.get("lead", -1), np.int32),
        contact=whole(what.get("contact", -1), np.int32),
        deal=whole(what.get("deal", -1), np.int32),
        account=whole(what.get("account", -1), np.int32),
        channel=channel,
        inbound=inbound,
        seconds=np.where(call, seconds, 0).astype(np.int32),
        disposition=np.where(call, disposition, -1).astype(np.int8),
        subject=whole(what["subject"], np.int8),
        due=day,
        made=moment,
        done=np.ones(n, bool),
    )
