"""The generated organisation's people: each behaviour is in its own rep's records and in nobody else's.

The rules here are rough copies of the marts' definitions: they hold that the behaviour is there to be
found. That the marts find it is held by the marts' own tests.
"""

from collections.abc import Iterable
from typing import Any

import duckdb
import pytest

from orchestration.sources.demo import DemoOptions, answers, generate

AS_OF = "date '2026-06-30'"
BEHAVIOURS = {
    "diligent",
    "tunnel_vision",
    "cliff",
    "token_effort",
    "happy_ears",
    "fake_sale",
    "idle_prospecting_blocks",
    "column_fodder",
    "rotten_pipeline",
    "recontact_ignored",
    "key_account_from_habit",
}
VIEWS = """
create view task as select *, CompletedDateTime[:19]::timestamp as done_at, ActivityDate::date as due,
    TaskSubtype <> 'Task' and CallType = 'Outbound' as is_touch, CallType = 'Inbound' as is_inbound
    from Task_;
create view opportunity as select *, CreatedDate[:10]::date as created, CloseDate::date as closes,
    IsClosed = 'false' as is_open, IsWon = 'true' as is_won from Opportunity_;
create view timed as select *, start_dateTime::timestamp as starts, end_dateTime::timestamp as ends
    from events where start_dateTime is not null;
create view external as select e.*, c.AccountId as account, epoch(ends - starts) / 60 as minutes from timed e
    join Contact c on c.Email = json_extract_string(e.attendees, '$[1].email') where e.status = 'confirmed';
create view met as select e.*, o.Id as deal, o.OwnerId as rep from external e join opportunity o
    on o.AccountId = e.account and o.created <= e.starts::date and (o.is_open or o.closes >= e.starts::date);
"""


class Organisation:
    """Records in DuckDB and the truth about them."""

    def __init__(self, scale: float) -> None:
        options = DemoOptions(scale=scale)
        self.truth: dict[str, Any] = answers(options)
        self.db = duckdb.connect()
        for (_, name), table in generate(options).items():
            self.db.register(f"{name}_" if name in ("Task", "Opportunity") else name, table)
        self.db.execute(VIEWS)

    def rows(self, query: str) -> list[tuple]:
        return self.db.sql(query).fetchall()

    def of(self, behaviour: str) -> set[str]:
        """Reps who behave so."""
        return {rep for rep, entry in self.truth["reps"].items() if behaviour in entry["behaviours"]}

    def deals(self, *behaviours: str) -> set[str]:
        return {deal for deal, entry in self.truth["deals"].items() if {*behaviours} & {*entry["behaviours"]}}

    def share(self, query: str) -> dict[str, float]:
        """A number per rep; reps without a row have 0."""
        return dict.fromkeys(self.truth["reps"], 0.0) | dict(self.rows(query))


@pytest.fixture(scope="module", params=[0.1, 1.0])
def org(request: pytest.FixtureRequest) -> Organisation:
    return Organisation(request.param)


def split(values: dict[str, float], chosen: Iterable[str]) -> tuple[float, float]:
    """The least of the chosen reps and the most of the others."""
    chosen = set(chosen)
    return min(values[rep] for rep in chosen), max(v for rep, v in values.items() if rep not in chosen)


def test_every_behaviour_is_somebodys(org: Organisation) -> None:
    told = {behaviour for entry in org.truth["reps"].values() for behaviour in entry["behaviours"]}
    assert told == BEHAVIOURS
    assert {b for m in org.truth["managers"].values() for b in m["behaviours"]} == {
        "coaches",
        "does_not_coach",
    }
    assert sum(not entry["behaviours"] for entry in org.truth["reps"].values()) >= 3


def test_token_effort(org: Organisation) -> None:
    effort = """
        with t as (select WhoId as lead, count(*) filter (is_touch) as n,
                count(distinct TaskSubtype) filter (is_touch) as channels, bool_or(is_inbound) as answered
            from task group by 1)
        select OwnerId, avg((Status = 'Unqualified' and n between 1 and 5 and not coalesce(answered, false)
            and DisqualifiedReason__c in ('No Answer', 'Not Interested'))::int)
        from Lead left join t on t.lead = Lead.Id
        where OwnerId in (select Id from "User" where Title like 'Account%') group by 1"""
    least, most = split(org.share(effort), org.of("token_effort"))
    assert least > 0.5
    assert most < 0.12
    won_later = org.deals("won_after_token_effort")
    assert won_later
    deals = ", ".join(f"'{deal}'" for deal in won_later)
    same = f"""select count(distinct o.Id) from opportunity o join Contact c on c.AccountId = o.AccountId
        join Lead l on l.Email = c.Email and l.CreatedDate < o.CreatedDate and l.OwnerId <> o.OwnerId
        where o.Id in ({deals}) and o.is_won and l.Status = 'Unqualified'"""
    assert org.rows(same) == [(len(won_later),)]


def test_recontact_dates_are_ignored_by_one(org: Organisation) -> None:
    late = f"select OwnerId, count(*)::double from Lead where RecontactOn__c::date < {AS_OF} group by 1"
    least, most = split(org.share(late), org.of("recontact_ignored"))
    assert least >= 5
    assert most == 0


def test_tunnel_vision_fills_weeks_and_leaves_nothing(org: Organisation) -> None:
    weeks = """
        with m as (
            select OwnerId as rep, WhatId as deal, date_trunc('week', due) as week,
                if(TaskSubtype = 'Call', CallDurationInSeconds::double / 60, 5) as minutes
            from task where is_touch and WhatId like '006%'
            union all select rep, deal, date_trunc('week', starts::date), minutes from met),
        per_deal as (select rep, week, deal, sum(minutes) as spent from m group by all),
        per_week as (select rep, week, max(spent) as most, sum(spent) as total, arg_max(deal, spent) as top
            from per_deal group by all),
        made as (select OwnerId as rep, date_trunc('week', created) as week, 1 as n
            from opportunity group by all),
        flat as (select p.*, total >= 120 and most >= total / 2 and n is null as holds
            from per_week p left join made using (rep, week)),
        pairs as (select *, holds and lag(holds) over w and lag(top) over w = top as is_tunnel from flat
            window w as (partition by rep order by week))
        select rep, count(*) filter (is_tunnel)::double from pairs group by 1"""
    least, most = split(org.share(weeks), org.of("tunnel_vision"))
    assert least >= 10
    assert most == 0
    created = f"select OwnerId, count(*)::double from opportunity where created > {AS_OF} - 56 group by 1"
    assert {rep for rep, n in org.share(created).items() if n == 0} == org.of("cliff")
    (outcome,) = {org.truth["deals"][deal]["outcome"] for deal in org.deals("tunnel_vision_big_deal")}
    assert outcome == "lost"


def test_happy_ears_push_and_sell_nothing(org: Organisation) -> None:
    pushed = """
        with p as (select OpportunityId as deal, count(*) as n from OpportunityFieldHistory
            where Field = 'CloseDate' and NewValue[:7] > OldValue[:7] group by 1)
        select OwnerId, count(*)::double from p join opportunity o on o.Id = p.deal where n > 3 group by 1"""
    least, most = split(org.share(pushed), org.of("happy_ears"))
    assert least >= 8
    assert most == 0
    fake = f"""
        with paid as (select opportunity, sum(amount::double) as amount from invoices group by 1),
        listed as (select OpportunityId, sum(ListPrice::double * Quantity::double) as amount
            from OpportunityLineItem group by 1)
        select o.Id from opportunity o join listed l on l.OpportunityId = o.Id
        left join paid p on p.opportunity = o.Id where is_won
        and (o.Amount::double <= 0.1 * l.amount or (p.amount is null and closes < {AS_OF} - 60))"""
    labels = ("fake_sale_giveaway", "fake_sale_unpaid", "fake_sale_no_amount")
    assert {deal for (deal,) in org.rows(fake)} == org.deals(*labels)
    assert {org.truth["deals"][deal]["owner"] for deal in org.deals(*labels)} == org.of("fake_sale")


def test_blocks_are_used_by_all_but_one(org: Organisation) -> None:
    use = f"""
        with slots as (select calendarId, starts, unnest(generate_series(starts, ends - interval 30 minute,
                interval 30 minute)) as slot
            from timed where summary = 'Prospecting block' and starts::date between {AS_OF} - 90 and {AS_OF}),
        touch as (select u.Email, done_at from task t join "User" u on u.Id = t.OwnerId where is_touch),
        blocks as (select calendarId, starts, count(distinct slot) as n,
                count(distinct slot) filter (done_at is not null) as used
            from slots left join touch on Email = calendarId and done_at >= slot
                and done_at < slot + interval 30 minute group by all)
        select u.Id, avg((used >= n / 2)::int) from blocks join "User" u on u.Email = calendarId group by 1"""
    rates = dict(org.rows(use))
    idle = org.of("idle_prospecting_blocks")
    assert {rep for rep, rate in rates.items() if rate == 0} == idle
    assert min(rate for rep, rate in rates.items() if rep not in idle) > 0.6
    claims = {row[0]: float(row[1]) for row in org.rows("select rep, claimed_prospecting_share from claims")}
    emails = {entry["email"]: rep for rep, entry in org.truth["reps"].items()}
    assert {emails[email] for email, share in claims.items() if share >= 0.29} == idle


def test_column_fodder_has_all_its_marks(org: Organisation) -> None:
    marks = """
        with h as (select OpportunityId as deal, min(CreatedDate) as began,
                min(CreatedDate) filter (StageName like 'Proposal%') as proposed,
                bool_or(StageName = 'Needs Analysis') as discovered
            from OpportunityHistory group by 1),
        dated as (select deal, first(o.CloseDate) as closes from h join OpportunityHistory o
            on o.OpportunityId = deal and o.CreatedDate = proposed group by 1),
        held as (select met.deal, count(*) as n from met join h using (deal)
            where starts < proposed[:19]::timestamp group by 1),
        people as (select OpportunityId as deal, count(*) as n from OpportunityContactRole group by 1),
        tender as (select WhatId as deal, arg_min(Subject, CreatedDate) like '%RFP%' as is_rfp from task
            where WhatId like '006%' group by 1)
        select h.deal from h join dated using (deal) join people using (deal) join tender using (deal)
        left join held using (deal)
        where is_rfp and coalesce(held.n, 0) < 2 and people.n = 1 and not discovered
            and proposed[:10]::date - began[:10]::date <= 8
            and dated.closes::date - proposed[:10]::date <= 30"""
    labelled = org.deals("column_fodder")
    found = {deal for (deal,) in org.rows(marks)}
    proposed = {
        row[0]
        for row in org.rows("select OpportunityId from OpportunityHistory where StageName like 'Proposal%'")
    }
    assert found == labelled & proposed
    assert {org.truth["deals"][deal]["owner"] for deal in labelled} == org.of("column_fodder")
    closed = [e["outcome"] for e in (org.truth["deals"][d] for d in labelled) if e["outcome"] != "open"]
    assert closed.count("won") / len(closed) < 0.2


def test_pipelines_are_fresh_but_for_the_rotten_one(org: Organisation) -> None:
    rotten = f"""
        with t as (select WhatId as deal, max(due) filter (is_touch) as touched from task group by 1)
        select OwnerId, avg((closes < {AS_OF} or NextStep is null or touched < {AS_OF} - 14)::int)
        from opportunity o left join t on t.deal = o.Id where is_open group by 1"""
    least, most = split(org.share(rotten), org.of("rotten_pipeline"))
    assert least > 0.5
    assert most <= 0.2


def test_one_manager_coaches(org: Organisation) -> None:
    talks = dict(org.rows("select calendarId, count(*) from events where summary = '1:1' group by 1"))
    coaches = {m["email"] for m in org.truth["managers"].values() if "coaches" in m["behaviours"]}
    others = {m["email"] for m in org.truth["managers"].values()} - coaches
    assert all(talks[email] > 400 for email in coaches)
    assert not others & set(talks)
    reviewers = {
        row[0] for row in org.rows("select distinct OwnerId from task where Subject = 'Deal review'")
    }
    assert reviewers == {m for m, entry in org.truth["managers"].items() if entry["email"] in coaches}


def test_the_account_from_habit_earns_less_each_quarter(org: Organisation) -> None:
    habit = {
        a for a, entry in org.truth["accounts"].items() if "key_account_from_habit" in entry["behaviours"]
    }
    yields = f"""
        with revenue as (select account, sum(amount::double) as amount from invoices
            where invoiced_on::date > {AS_OF} - $days
            and invoiced_on::date <= {AS_OF} - $days + 182 group by 1),
        cost as (select account, sum(amount::double) as amount from account_costs
            where (month || '-01')::date > {AS_OF} - $days
            and (month || '-01')::date <= {AS_OF} - $days + 182 group by 1),
        effort as (select account, sum(minutes) / 60 as hours from external
            where starts::date > {AS_OF} - $days and starts::date <= {AS_OF} - $days + 182 group by 1)
        select account, (r.amount - c.amount) / hours from key_accounts join revenue r using (account)
        join cost c using (account) join effort using (account)"""
    now, before = (dict(org.rows(yields.replace("$days", str(days)))) for days in (182, 547))
    for account in habit:
        assert now[account] < before[account] / 2
        assert all(now[other] > 2 * now[account] for other in now if other not in habit)
