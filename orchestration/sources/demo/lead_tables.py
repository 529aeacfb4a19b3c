"""Leads as Salesforce exports them: Lead and LeadHistory.

Belongs here: rows from the plan, the text and the follow-up of leads.
"""

import numpy as np
import pyarrow.compute as pc

from orchestration.sources.demo.accounts import Accounts
from orchestration.sources.demo.columns import (
    DAY,
    NONE,
    Const,
    Days,
    Either,
    Frame,
    Ids,
    Moments,
    Pick,
    Text,
    Whole,
    flag,
    text_array,
)
from orchestration.sources.demo.deals import Deals
from orchestration.sources.demo.ids import PREFIXES
from orchestration.sources.demo.lead_follow import FRESH, OPTED, STATUSES, WORKING, FollowUp
from orchestration.sources.demo.lead_text import LeadText
from orchestration.sources.demo.leads import Leads
from orchestration.sources.demo.locales import LOCALES
from orchestration.sources.demo.team import Team
from orchestration.sources.demo.words import DISQUALIFIED, INDUSTRIES, LEAD_SOURCES

NULL_REFERENCE = "000000000000000AAA"  # how exports write a reference to nobody
_FUTURE = 3_650 * DAY
_BEFORE = 45 * DAY


def modified_moments(leads: Leads, follow: FollowUp) -> np.ndarray:
    """When each lead was last changed, before dates are made impossible."""
    known = [np.where(m == NONE, leads.created, m) for m in (follow.first, follow.ended, follow.bounced)]
    recontacted = np.where(follow.last_day == NONE, leads.created, follow.last_day * DAY + 17 * 3600 + 1800)
    return np.maximum.reduce([leads.created, *known, recontacted])


def lead_table(leads: Leads, follow: FollowUp, text: LeadText, accounts: Accounts, deals: Deals) -> Frame:
    """Salesforce Lead. Nobody's leads have either no owner at all or the null reference."""
    n = len(leads)
    converted = leads.deal >= 0
    deal = np.where(converted, leads.deal, -1)
    modified = modified_moments(leads, follow)
    modified = np.where(
        leads.is_kind("impossible_modified", "impossible_dates_and_mash"), leads.created - _BEFORE, modified
    )
    created = leads.created + np.where(leads.is_kind("created_in_future"), _FUTURE, 0)
    modified = np.maximum(modified, np.where(leads.is_kind("created_in_future"), created, modified))
    opted = follow.reason == OPTED
    nobody = np.where((leads.owner < 0) & (np.arange(n) % 2 == 0), 0, -1)
    contact = np.where(converted, accounts.first_contact[deals.account[np.maximum(deal, 0)]], -1)
    ended = np.where(converted, follow.ended // DAY, NONE)
    return Frame(
        {
            "Id": Ids(PREFIXES["Lead"], np.arange(n)),
            "IsDeleted": Const("false"),
            "MasterRecordId": Const(None),
            "FirstName": Text(text.fields["FirstName"]),
            "LastName": Text(text.fields["LastName"]),
            "Name": Text(pc.binary_join_element_wise(text.fields["FirstName"], text.fields["LastName"], " ")),
            "Title": Text(text.fields["Title"]),
            "Company": Text(text.fields["Company"]),
            "Email": Text(text.fields["Email"]),
            "Phone": Text(text.fields["Phone"]),
            "MobilePhone": Const(None),
            "Website": Text(text.fields["Website"]),
            "Country": Pick(text_array([place.country for place in LOCALES]), text.locale),
            "Industry": Pick(text_array(INDUSTRIES), np.arange(n) * 7 % len(INDUSTRIES)),
            "NumberOfEmployees": Whole(40 + np.arange(n) * 7_919 % 4_800),
            "LeadSource": Pick(text_array(LEAD_SOURCES), leads.source),
            "Status": Pick(text_array(STATUSES), follow.status),
            "DisqualifiedReason__c": Pick(text_array(DISQUALIFIED), follow.reason),
            "RecontactOn__c": Days(follow.recontact),
            "HasOptedOutOfEmail": flag(opted),
            "DoNotCall": flag(opted),
            "EmailBouncedReason": Pick(
                text_array(["550 5.1.1 mailbox unavailable"]), np.where(follow.bounced == NONE, -1, 0)
            ),
            "EmailBouncedDate": Moments(follow.bounced),
            "IsUnreadByOwner": flag(follow.first == NONE),
            "IsConverted": flag(converted),
            "ConvertedDate": Days(ended),
            "ConvertedAccountId": Ids(
                PREFIXES["Account"], np.where(converted, deals.account[np.maximum(deal, 0)], -1)
            ),
            "ConvertedContactId": Ids(PREFIXES["Contact"], contact),
            "ConvertedOpportunityId": Ids(PREFIXES["Opportunity"], deal),
            "OwnerId": Either(Ids(PREFIXES["User"], leads.owner), Pick(text_array([NULL_REFERENCE]), nobody)),
            "LastActivityDate": Days(follow.last_day),
            "CreatedDate": Moments(created),
            "CreatedById": Ids(PREFIXES["User"], leads.creator),
            "LastModifiedDate": Moments(modified),
            "LastModifiedById": Ids(PREFIXES["User"], np.where(leads.owner < 0, leads.creator, leads.owner)),
            "SystemModstamp": Moments(modified),
        },
        n,
    )


def lead_history_table(team: Team, leads: Leads, follow: FollowUp) -> Frame:
    """Salesforce LeadHistory: the changes of status."""
    began = np.flatnonzero(
        (follow.first != NONE) & ((follow.ended == NONE) | (follow.first + 60 < follow.ended))
    )
    ended = np.flatnonzero(follow.ended != NONE)
    had_begun = np.isin(ended, began)
    lead = np.r_[began, ended]
    old = np.r_[np.full(len(began), FRESH), np.where(had_begun, WORKING, FRESH)]
    new = np.r_[np.full(len(began), WORKING), follow.status[ended]]
    moment = np.r_[follow.first[began] + 60, follow.ended[ended]]
    order = np.argsort(moment, kind="stable")
    lead, old, new, moment = lead[order], old[order], new[order], moment[order]
    names = text_array(STATUSES)
    return Frame(
        {
            "Id": Ids(PREFIXES["LeadHistory"], 10**8 + np.arange(len(lead))),
            "IsDeleted": Const("false"),
            "LeadId": Ids(PREFIXES["Lead"], lead),
            "Field": Const("Status"),
            "OldValue": Pick(names, old),
            "NewValue": Pick(names, new),
            "CreatedDate": Moments(moment),
            "CreatedById": Ids(
                PREFIXES["User"], np.where(leads.owner[lead] < 0, team.automation, leads.owner[lead])
            ),
        },
        len(lead),
    )
