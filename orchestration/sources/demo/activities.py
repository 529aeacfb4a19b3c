"""Salesforce Task: every call, e-mail and promise of the organisation as one row.

Belongs here: putting the touches together and writing them out.
"""

import numpy as np

from orchestration.sources.demo.accounts import Accounts
from orchestration.sources.demo.columns import (
    NONE,
    Const,
    Days,
    Either,
    Frame,
    Ids,
    Moments,
    Pick,
    Whole,
    flag,
    text_array,
)
from orchestration.sources.demo.ids import PREFIXES
from orchestration.sources.demo.prospecting import block_touches
from orchestration.sources.demo.team import Team
from orchestration.sources.demo.touches import AUTO_REPLY, CADENCE_MAIL, CALL, SUBJECTS, TASK, Touches
from orchestration.sources.demo.world import World


def all_touches(world: World, accounts: Accounts, to_leads: Touches, *others: Touches) -> Touches:
    """All tasks in order of their creation."""
    prospecting = block_touches(world, accounts, to_leads)
    whole = Touches.joined([to_leads, *others, *prospecting])
    return whole.take(np.argsort(whole.made, kind="stable"))


def task_table(team: Team, whole: Touches) -> Frame:
    """Salesforce Task. `ActivityDate` is the due date, `CompletedDateTime` when it was done; a call or
    an e-mail says its direction in `CallType`."""
    n = len(whole)
    completed = np.where(whole.done, whole.moment, NONE)
    changed = np.where(whole.done, whole.moment, whole.made)
    creator = np.where(np.isin(whole.subject, [AUTO_REPLY, CADENCE_MAIL]), team.automation, whole.owner)
    spoken = whole.channel == CALL
    direction = np.where(whole.channel == TASK, -1, np.where(whole.inbound, 0, 1))
    return Frame(
        {
            "Id": Ids(PREFIXES["Task"], np.arange(n)),
            "IsDeleted": Const("false"),
            "WhoId": Either(Ids(PREFIXES["Lead"], whole.lead), Ids(PREFIXES["Contact"], whole.contact)),
            "WhatId": Either(
                Ids(PREFIXES["Opportunity"], whole.deal),
                Ids(PREFIXES["Account"], np.where(whole.deal < 0, whole.account, -1)),
            ),
            "AccountId": Ids(PREFIXES["Account"], whole.account),
            "OwnerId": Ids(PREFIXES["User"], whole.owner),
            "Subject": Pick(text_array(SUBJECTS), whole.subject),
            "Type": Pick(text_array(["Call", "Email", "Other"]), whole.channel),
            "TaskSubtype": Pick(text_array(["Call", "Email", "Task"]), whole.channel),
            "Status": Pick(text_array(["Not Started", "Completed"]), whole.done.astype(np.int8)),
            "Priority": Const("Normal"),
            "IsClosed": flag(whole.done),
            "ActivityDate": Days(whole.due),
            "CompletedDateTime": Moments(completed),
            "CallType": Pick(text_array(["Inbound", "Outbound"]), direction),
            "CallDurationInSeconds": Whole(np.where(spoken, whole.seconds, NONE)),
            "CallDisposition": Pick(
                text_array(["Connected", "Left Voicemail", "No Answer"]), whole.disposition
            ),
            "CreatedDate": Moments(whole.made),
            "CreatedById": Ids(PREFIXES["User"], creator),
            "LastModifiedDate": Moments(changed),
            "LastModifiedById": Ids(PREFIXES["User"], creator),
            "SystemModstamp": Moments(changed),
        },
        n,
    )
