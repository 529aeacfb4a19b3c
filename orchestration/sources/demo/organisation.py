"""The whole organisation: every plan in its order, and every object's rows.

Belongs here: the order in which plans build on each other. `stream` writes out a slice at a time, so
that an organisation of millions of activities never stands in memory as text.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from orchestration.sources.demo.accounts import Accounts, account_table, build_accounts, contact_table
from orchestration.sources.demo.activities import all_touches, task_table
from orchestration.sources.demo.cadences import cadence_touches
from orchestration.sources.demo.columns import CHUNK_ROWS, DAY, Frame
from orchestration.sources.demo.customer_calendar import customer_events
from orchestration.sources.demo.deal_history import build_history, field_history_table, history_table
from orchestration.sources.demo.deal_tables import (
    contact_role_table,
    line_item_table,
    opportunity_table,
    stage_table,
)
from orchestration.sources.demo.deal_touches import deal_touches
from orchestration.sources.demo.deals import Deals, plan_deals
from orchestration.sources.demo.event_table import event_table
from orchestration.sources.demo.events import Events
from orchestration.sources.demo.lead_follow import FollowUp, follow_up
from orchestration.sources.demo.lead_tables import lead_history_table, lead_table
from orchestration.sources.demo.lead_text import lead_texts
from orchestration.sources.demo.leads import Leads, plan_leads
from orchestration.sources.demo.meetings import plan_meetings
from orchestration.sources.demo.options import DemoOptions
from orchestration.sources.demo.own_calendar import own_events
from orchestration.sources.demo.planning import planning_tables
from orchestration.sources.demo.team import user_table
from orchestration.sources.demo.touches import Touches
from orchestration.sources.demo.world import World

Key = tuple[str, str]  # system, object


@dataclass(frozen=True)
class Organisation:
    """The plans of one set of options, in numbers."""

    world: World
    deals: Deals
    accounts: Accounts
    leads: Leads
    follow: FollowUp
    touches: Touches
    events: Events


def build(options: DemoOptions) -> Organisation:
    """Plan the organisation: a third of a second at scale 1, so nothing is kept."""
    world = World.of(options)
    deals = plan_deals(world)
    accounts = build_accounts(world, deals)
    leads = plan_leads(world, deals, accounts)
    follow = follow_up(world, deals, leads)
    meetings = plan_meetings(world, deals, accounts)
    on_deals, promises = deal_touches(world, deals, accounts, meetings)
    sent = cadence_touches(world, leads, follow)
    whole = all_touches(world, accounts, follow.touches, on_deals, promises, sent)
    room = len(world.team.manager) + len(accounts.contact_account)  # last entry of the address book
    plan = Events.joined([*own_events(world, promises, room), *customer_events(world, meetings)])
    return Organisation(world, deals, accounts, leads, follow, whole, plan)


def frames(org: Organisation) -> dict[Key, Frame]:
    """Every object of every system, not yet written out."""
    world = org.world
    history = build_history(world, org.deals)
    text = lead_texts(world.options, org.leads, org.accounts)
    salesforce = {
        "User": user_table(world.team, world.clock),
        "Account": account_table(org.accounts, org.deals),
        "Contact": contact_table(org.accounts),
        "Lead": lead_table(org.leads, org.follow, text, org.accounts, org.deals),
        "LeadHistory": lead_history_table(world.team, org.leads, org.follow),
        "Opportunity": opportunity_table(org.deals, history, org.accounts, org.leads, org.touches),
        "OpportunityHistory": history_table(org.deals, history),
        "OpportunityFieldHistory": field_history_table(world, org.deals, history),
        "OpportunityContactRole": contact_role_table(org.deals, org.accounts, history),
        "OpportunityLineItem": line_item_table(org.deals, history),
        "OpportunityStage": stage_table((world.clock.first - 700) * DAY),
        "Task": task_table(world.team, org.touches),
    }
    planning = planning_tables(world, org.deals, org.accounts, org.touches)
    return {
        **{("salesforce", name): frame for name, frame in salesforce.items()},
        ("google_calendar", "events"): event_table(world.team, org.accounts, org.events),
        **{("planning", name): frame for name, frame in planning.items()},
    }


def stream(options: DemoOptions, chunk_rows: int = CHUNK_ROWS) -> Iterator[tuple[Key, Iterator[pa.Table]]]:
    """Each object with its rows as tables of at most `chunk_rows`, all columns text."""
    for key, frame in frames(build(options)).items():
        yield key, frame.batches(chunk_rows)


def generate(options: DemoOptions) -> dict[Key, pa.Table]:
    """The whole organisation: (system, object) to a table whose columns are all text, null where an
    export would leave the field empty. For large scales use `stream`."""
    return {key: pa.concat_tables(list(batches)) for key, batches in stream(options)}
