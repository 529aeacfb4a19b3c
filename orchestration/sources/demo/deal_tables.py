"""Deals as they stand on the last day: Opportunity, its contacts, its line items, and the stages.

Belongs here: the present state as Salesforce exports it. How it came about is `deal_history.py`.
"""

import numpy as np

from orchestration.sources.demo.accounts import Accounts
from orchestration.sources.demo.codes import (
    CLOSED_WON,
    DEAL_TYPES,
    FODDER,
    LOST,
    LOST_REASONS,
    NEW,
    NO_DECISION,
    NO_DECISION_REASONS,
    OPEN,
    STAGES,
)
from orchestration.sources.demo.columns import (
    NONE,
    Const,
    Days,
    Frame,
    Ids,
    Joined,
    Moments,
    Money,
    Pick,
    Text,
    Whole,
    flag,
    text_array,
)
from orchestration.sources.demo.deal_history import History
from orchestration.sources.demo.deals import Deals
from orchestration.sources.demo.ids import PREFIXES
from orchestration.sources.demo.leads import RFP, Leads
from orchestration.sources.demo.pricing import CURRENCIES, PRODUCTS
from orchestration.sources.demo.touches import Touches
from orchestration.sources.demo.words import COMPETITORS, LEAD_SOURCES, NEXT_STEPS

_ROLES = ("Decision Maker", "Economic Buyer", "Evaluator")


def opportunity_table(
    deals: Deals, history: History, accounts: Accounts, leads: Leads, whole: Touches
) -> Frame:
    """Salesforce Opportunity: the last state of each deal's history."""
    n = len(deals)
    now, origin = np.flatnonzero(history.last), np.flatnonzero(history.first)
    stage = history.stage[now]
    chosen = np.where(deals.outcome == LOST, deals.loss_reason, len(LOST_REASONS) + deals.loss_reason)
    reason = np.where(np.isin(deals.outcome, [LOST, NO_DECISION]), chosen, -1)
    reason = np.where((deals.label == FODDER) & (deals.outcome == LOST), 0, reason)
    beaten = (deals.outcome == LOST) & (np.array(LOST_REASONS)[deals.loss_reason] == LOST_REASONS[0]) | (
        reason == 0
    )
    source = np.where(deals.kind == NEW, 3 + np.arange(n) % 2, -1)
    source[leads.deal[leads.deal >= 0]] = leads.source[leads.deal >= 0]
    source = np.where(deals.label == FODDER, RFP, source)
    touched = np.full(n, NONE)
    np.maximum.at(touched, whole.deal[whole.deal >= 0], whole.due[whole.deal >= 0])
    probability = np.array([s[1] for s in STAGES])[stage]
    by = deals.seller(np.arange(n), history.position[now])
    return Frame(
        {
            "Id": Ids(PREFIXES["Opportunity"], np.arange(n)),
            "IsDeleted": Const("false"),
            "AccountId": Ids(PREFIXES["Account"], deals.account),
            "ContactId": Ids(PREFIXES["Contact"], accounts.first_contact[deals.account]),
            "Name": Joined(
                (
                    Pick(accounts.names, deals.account),
                    " - ",
                    Pick(text_array(PRODUCTS), deals.product[:, 0]),
                )
            ),
            "Type": Pick(text_array(DEAL_TYPES), deals.kind),
            "StageName": Pick(text_array([s[0] for s in STAGES]), stage),
            "Amount": Money(history.amount[now]),
            "Probability": Whole(probability),
            "ExpectedRevenue": Money(history.amount[now] * probability // 100),
            "CurrencyIsoCode": Pick(text_array(CURRENCIES), deals.currency),
            "CloseDate": Days(history.close[now]),
            "NextStep": Pick(text_array(NEXT_STEPS), history.step[now]),
            "LeadSource": Pick(text_array(LEAD_SOURCES), source),
            "IsClosed": flag(deals.outcome != OPEN),
            "IsWon": flag(stage == CLOSED_WON),
            "ForecastCategory": Pick(text_array([s[2] for s in STAGES]), stage),
            "ForecastCategoryName": Pick(text_array([s[3] for s in STAGES]), stage),
            "LossReason__c": Pick(text_array([*LOST_REASONS, *NO_DECISION_REASONS]), reason),
            "CompetitorName__c": Pick(
                text_array(COMPETITORS), np.where(beaten, np.arange(n) % len(COMPETITORS), -1)
            ),
            "HasOpportunityLineItem": Const("true"),
            "OwnerId": Ids(PREFIXES["User"], deals.owner),
            "LastActivityDate": Days(touched),
            "CreatedDate": Moments(history.moment[origin]),
            "CreatedById": Ids(PREFIXES["User"], deals.seller_before),
            "LastModifiedDate": Moments(history.modified),
            "LastModifiedById": Ids(PREFIXES["User"], by),
            "SystemModstamp": Moments(history.modified),
        },
        n,
    )


def contact_role_table(deals: Deals, accounts: Accounts, history: History) -> Frame:
    """Salesforce OpportunityContactRole: up to three contacts of the account on each deal."""
    count = np.minimum(accounts.contact_count[deals.account], 3)
    deal = np.repeat(np.arange(len(deals)), count)
    rank = np.arange(len(deal)) - np.repeat(np.cumsum(count) - count, count)
    created = history.moment[history.first][deal]
    return Frame(
        {
            "Id": Ids(PREFIXES["OpportunityContactRole"], np.arange(len(deal))),
            "IsDeleted": Const("false"),
            "OpportunityId": Ids(PREFIXES["Opportunity"], deal),
            "ContactId": Ids(PREFIXES["Contact"], accounts.first_contact[deals.account[deal]] + rank),
            "Role": Pick(text_array(_ROLES), rank),
            "IsPrimary": flag(rank == 0),
            "CreatedDate": Moments(created),
            "CreatedById": Ids(PREFIXES["User"], deals.seller_before[deal]),
            "LastModifiedDate": Moments(created),
            "SystemModstamp": Moments(created),
        },
        len(deal),
    )


def line_item_table(deals: Deals, history: History) -> Frame:
    """Salesforce OpportunityLineItem: two per deal. `UnitPrice` is the price as sold, so `Discount` is
    empty; the totals add up to the deal's amount."""
    deal = np.repeat(np.arange(len(deals)), 2)
    product, quantity = deals.product.ravel(), deals.quantity.ravel()
    unit, listed = deals.unit_cents.ravel(), deals.list_cents.ravel()
    created = history.moment[history.first][deal]
    return Frame(
        {
            "Id": Ids(PREFIXES["OpportunityLineItem"], np.arange(len(deal))),
            "IsDeleted": Const("false"),
            "OpportunityId": Ids(PREFIXES["Opportunity"], deal),
            "Product2Id": Ids(PREFIXES["Product2"], product),
            "ProductCode": Joined(("VW-", Whole(product + 1))),
            "Name": Pick(text_array(PRODUCTS), product),
            "Quantity": Whole(quantity),
            "ListPrice": Money(listed),
            "UnitPrice": Money(unit),
            "Discount": Const(None),
            "TotalPrice": Money(unit * quantity),
            "CurrencyIsoCode": Pick(text_array(CURRENCIES), deals.currency[deal]),
            "CreatedDate": Moments(created),
            "CreatedById": Ids(PREFIXES["User"], deals.seller_before[deal]),
            "LastModifiedDate": Moments(created),
            "SystemModstamp": Moments(created),
        },
        len(deal),
    )


def stage_table(first_moment: int) -> Frame:
    """Salesforce OpportunityStage: the one sales process."""
    n = len(STAGES)
    names = Text(text_array([s[0] for s in STAGES]))
    since = Moments(np.full(n, first_moment))
    position = np.arange(n)
    return Frame(
        {
            "Id": Ids(PREFIXES["OpportunityStage"], position),
            "MasterLabel": names,
            "ApiName": names,
            "IsActive": Const("true"),
            "SortOrder": Whole(position + 1),
            "IsClosed": flag(position >= CLOSED_WON),
            "IsWon": flag(position == CLOSED_WON),
            "ForecastCategory": Text(text_array([s[2] for s in STAGES])),
            "ForecastCategoryName": Text(text_array([s[3] for s in STAGES])),
            "DefaultProbability": Whole(np.array([s[1] for s in STAGES])),
            "CreatedDate": since,
            "LastModifiedDate": since,
            "SystemModstamp": since,
        },
        n,
    )
