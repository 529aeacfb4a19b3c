"""The truth about the generated organisation: who does what, which records are spoiled, and how.

Belongs here: what only tests may know. No code that moves or judges records reads it.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from orchestration.sources.demo.codes import KEY, KEY_HABIT, LABELS, OPEN, OUTCOMES, PLAIN
from orchestration.sources.demo.columns import NONE
from orchestration.sources.demo.deal_specials import KEY_PER_SQUAD
from orchestration.sources.demo.heldback import HELDBACK
from orchestration.sources.demo.ids import PREFIXES, salesforce_ids
from orchestration.sources.demo.lead_tracks import OVERDUE, TOKEN
from orchestration.sources.demo.leads import ALL_KINDS
from orchestration.sources.demo.options import DemoOptions
from orchestration.sources.demo.organisation import Organisation, build
from orchestration.sources.demo.team import REP_BEHAVIOURS

_LATE = 7  # days by which a recontact date must have passed to count as ignored


def answers(options: DemoOptions) -> dict[str, Any]:
    """The truth, ready for JSON: `as_of`; `reps`, `managers`, `leads`, `deals`, `accounts` by native
    Salesforce id (only those of which there is something to say); `kinds` of pollution with their
    family; `counts`."""
    org = build(options)
    leads = _leads(org)
    return {
        "as_of": options.end_date.isoformat(),
        "seed": options.seed,
        "scale": options.scale,
        "reps": _reps(org),
        "managers": _managers(org),
        "leads": leads,
        "deals": _deals(org),
        "accounts": _accounts(org),
        "kinds": {kind.name: {"family": kind.family, "is_held_back": kind in HELDBACK} for kind in ALL_KINDS},
        "counts": {
            "reps": org.world.team.reps,
            "managers": org.world.team.managers,
            "leads": len(org.leads),
            "fake_leads": sum(entry["is_fake"] for entry in leads.values()),
            "duplicate_leads": sum(entry["duplicate_of"] is not None for entry in leads.values()),
            "deals": len(org.deals),
            "open_deals": int((org.deals.outcome == OPEN).sum()),
            "tasks": len(org.touches),
            "events": len(org.events),
        },
    }


def write_answers(options: DemoOptions, path: Path) -> None:
    """Write the truth as JSON to `path`, whose folder is made where it is missing."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps(answers(options), ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8"
    )


def _ids(record: str, index: Sequence[int] | np.ndarray) -> list[str]:
    return salesforce_ids(PREFIXES[record], np.asarray(index, np.int64)).to_pylist()


def _person(org: Organisation, user: int) -> dict[str, Any]:
    team = org.world.team
    return {"name": f"{team.first_names[user]} {team.last_names[user]}", "email": team.emails[user].as_py()}


def _reps(org: Organisation) -> dict[str, dict[str, Any]]:
    reps = range(org.world.team.reps)
    return {
        rep_id: _person(org, rep)
        | {"behaviours": list(REP_BEHAVIOURS.get(int(org.world.team.ways[rep]), ()))}
        for rep_id, rep in zip(_ids("User", reps), reps, strict=True)
    }


def _managers(org: Organisation) -> dict[str, dict[str, Any]]:
    users = range(org.world.team.reps, org.world.team.staff)
    ways = ("coaches", "does_not_coach")
    return {
        user_id: _person(org, user) | {"behaviours": [ways[(user - org.world.team.reps) % 2]]}
        for user_id, user in zip(_ids("User", users), users, strict=True)
    }


def _leads(org: Organisation) -> dict[str, dict[str, Any]]:
    leads, follow = org.leads, org.follow
    token = follow.track == TOKEN
    overdue = (
        (follow.track == OVERDUE)
        & (follow.recontact != NONE)
        & (follow.recontact <= org.world.clock.last - _LATE)
    )
    told = np.flatnonzero((leads.kind >= 0) | token | overdue)
    known = _ids("Lead", np.arange(len(leads)))
    contact = _ids("Contact", np.maximum(leads.contact, 0))
    found = {}
    for lead in told.tolist():
        kind = ALL_KINDS[leads.kind[lead]] if leads.kind[lead] >= 0 else None
        kinds = [kind.name] if kind else []
        kinds += ["token_effort"] * bool(token[lead]) + ["recontact_overdue"] * bool(overdue[lead])
        same = known[leads.original[lead]] if leads.original[lead] >= 0 else None
        if kind and kind.name == "duplicate_of_contact":
            same = contact[lead]
        found[known[lead]] = {
            "kinds": kinds,
            "is_fake": bool(kind and kind.family == "fake"),
            "duplicate_of": same,
        }
    return found


def _deals(org: Organisation) -> dict[str, dict[str, Any]]:
    deals = org.deals
    told = np.flatnonzero((deals.label != PLAIN) & (deals.label != KEY))
    owners = _ids("User", deals.owner[told])
    return {
        deal_id: {
            "behaviours": [LABELS[deals.label[deal]]],
            "owner": owner,
            "outcome": OUTCOMES[deals.outcome[deal]],
        }
        for deal_id, deal, owner in zip(_ids("Opportunity", told), told.tolist(), owners, strict=True)
    }


def _accounts(org: Organisation) -> dict[str, dict[str, Any]]:
    keys = np.arange(org.world.team.squads * KEY_PER_SQUAD)
    return {
        account_id: {"behaviours": [LABELS[KEY_HABIT if key % KEY_PER_SQUAD == 0 else KEY]]}
        for account_id, key in zip(
            _ids("Account", org.accounts.first_customer + keys), keys.tolist(), strict=True
        )
    }
