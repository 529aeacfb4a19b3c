-- noqa: disable=LT02,LT05 (sentences)
{%- set fake_sales = "['fake_sale_no_amount', 'fake_sale_giveaway', 'fake_sale_unpaid']" %}
{%- set told_verdicts = "['trusted', 'stale', 'suspect']" %}
with

rules as (

    select * from {{ ref('rep_brief_findings') }}

),

deals as (

    select * from {{ ref('fct_opportunities') }}

),

deal_flags as (

    select * from {{ ref('fct_deal_flags') }}
    where owner_id is not null

),

leads as (

    select * from {{ ref('rpt_lead_followup') }}
    where owner_id is not null and verdict not in ('fake', 'duplicate')

),

late_leads as (

    select lead_id from {{ ref('fct_lead_flags') }}
    where flag = 'untouched_past_sla'

),

time_use as (

    select * from {{ ref('rpt_prospecting_time') }}

),

-- what a lead has brought on average, over every lead that was one
lead_worth as (

    select sum(deals.amount) / nullif(count(*), 0) as amount
    from {{ ref('fct_leads') }} as every_lead
    left join deals on every_lead.opportunity_id = deals.opportunity_id and deals.outcome = 'won'
    where every_lead.verdict not in ('fake', 'duplicate')

),

created as (

    select
        time_use.rep_id,
        sum(deals.amount) as amount
    from time_use
    inner join deals
        on
        time_use.rep_id = deals.owner_id
        and time_use.window_start <= deals.created_at
        and time_use.window_end >= deals.created_at
    where deals.opportunity_type in ('new', 'expansion') and time_use.done_hours is not null
    group by time_use.rep_id

),

-- deal amount created per hour of prospecting done, over all reps
hour_worth as (

    select sum(created.amount) / nullif(sum(time_use.done_hours), 0) as amount
    from time_use
    left join created on time_use.rep_id = created.rep_id

),

past_close_dates as (

    select
        {{ brief_finding(
            'past_close_dates', 'owner_id', 'count(*)', 'sum(amount)',
            counted_text('count(*)', 'open deal') ~ " || ' with a close date that has passed, the oldest since '
            || cast(" ~ reporting_date('min(since)') ~ " as varchar)",
            {'owner_id': 'owner_id', 'flag': "'past_close_date'"}
        ) }}
    from deal_flags
    where flag = 'past_close_date'
    group by owner_id

),

rotten_pipeline as (

    select
        {{ brief_finding(
            'rotten_pipeline', 'rep_id', 'sum(rotten_amount) / nullif(sum(evaluated_amount), 0)', 'sum(rotten_amount)',
            percent_text('sum(rotten_amount) / nullif(sum(evaluated_amount), 0)') ~ " || ' of the open amount is rotten: '
            || " ~ counted_text('sum(rotten_count)', 'deal') ~ " || ' with ' || " ~ money_text('sum(rotten_amount)'),
            {'rep_id': 'rep_id'}
        ) }}
    from {{ ref('rpt_rotten_pipeline') }}
    where rep_id is not null
    group by rep_id

),

fake_sold as (

    select distinct
        deals.opportunity_id,
        deals.owner_id,
        greatest(coalesce(deals.list_amount, 0), coalesce(deals.amount, 0)) as amount
    from deal_flags
    inner join deals on deal_flags.opportunity_id = deals.opportunity_id
    where
        deal_flags.flag like 'fake_sale_%'
        and deals.closed_at >= {{ dbt.dateadd('month', -12, as_of()) }}

),

fake_sales as (

    select
        {{ brief_finding(
            'fake_sales', 'owner_id', 'count(*)', 'nullif(sum(amount), 0)',
            counted_text('count(*)', 'deal') ~ " || ' of the last 12 months closed as won without revenue to show for it'",
            {'owner_id': 'owner_id', 'flag': fake_sales}
        ) }}
    from fake_sold
    group by owner_id

),

column_fodder as (

    select
        {{ brief_finding(
            'column_fodder', 'deal_flags.owner_id', 'count(*)', 'sum(deal_flags.amount)',
            counted_text('count(*)', 'open deal') ~ " || ' in which the buyer seems to have chosen somebody else already'",
            {'owner_id': 'deal_flags.owner_id', 'flag': "'fodder_like'"}
        ) }}
    from deal_flags
    inner join deals on deal_flags.opportunity_id = deals.opportunity_id
    where deal_flags.flag = 'fodder_like' and deals.outcome = 'open'
    group by deal_flags.owner_id

),

neglected_leads as (

    select
        {{ brief_finding(
            'neglected_leads', 'leads.owner_id', 'count(*)', 'count(*) * min(lead_worth.amount)',
            counted_text('count(*)', 'lead') ~ " || ' in play wait past their limit, ' || cast(count(late_leads.lead_id) as varchar)
            || ' of them never touched'",
            {
                'owner_id': 'leads.owner_id', 'cadence_band': "['neglected', 'untouched']",
                'status_group': '[' ~ statuses_in_play() ~ ']', 'verdict': told_verdicts
            }
        ) }}
    from leads
    cross join lead_worth
    left join late_leads on leads.lead_id = late_leads.lead_id
    where
        leads.status_group in ({{ statuses_in_play() }})
        and (
            leads.cadence_band = 'neglected'
            or (leads.cadence_band = 'untouched' and late_leads.lead_id is not null)
        )
    group by leads.owner_id

),

token_efforts as (

    select
        {{ brief_finding(
            'token_efforts', 'leads.owner_id',
            'count(case when leads.is_token_effort then 1 end) * 1.0 / nullif(count(*), 0)',
            'count(case when leads.is_token_effort then 1 end) * min(lead_worth.amount)',
            "cast(count(case when leads.is_token_effort then 1 end) as varchar) || ' of ' || "
            ~ counted_text('count(*)', 'touched lead') ~ " || ' got a token effort, ' || cast(count(case
            when leads.is_token_effort and leads.later_outcome <> 'none' then 1 end) as varchar)
            || ' of them were won by others later'",
            {'owner_id': 'leads.owner_id', 'is_token_effort': 'true'}
        ) }}
    from leads
    cross join lead_worth
    where leads.touches > 0
    group by leads.owner_id

),

recontacts_overdue as (

    select
        {{ brief_finding(
            'recontacts_overdue', 'leads.owner_id', 'count(*)', 'count(*) * min(lead_worth.amount)',
            counted_text('count(*)', 'lead') ~ " || ' named a day to be called that has passed, and nobody called'",
            {'owner_id': 'leads.owner_id', 'is_recontact_overdue': 'true', 'verdict': told_verdicts}
        ) }}
    from leads
    cross join lead_worth
    where leads.is_recontact_overdue
    group by leads.owner_id

),

prospecting_gap as (

    select
        {{ brief_finding(
            'prospecting_gap', 'time_use.rep_id', 'time_use.claim_gap',
            'time_use.claim_gap * time_use.available_hours * hour_worth.amount',
            percent_text('time_use.claimed_share') ~ " || ' of working time claimed for prospecting, '
            || " ~ percent_text('time_use.done_share') ~ " || ' done in the last '
            || " ~ days_text('time_use.measured_cycle_days'),
            {'rep_id': 'time_use.rep_id'}
        ) }}
    from time_use
    cross join hour_worth

),

blocks_unused as (

    select
        {{ brief_finding(
            'blocks_unused', 'time_use.rep_id', '1 - time_use.block_use_rate',
            '(1 - time_use.block_use_rate) * time_use.scheduled_hours * hour_worth.amount',
            "cast(time_use.blocks_reserved - time_use.blocks_used as varchar) || ' of '
            || " ~ counted_text('time_use.blocks_reserved', 'prospecting block') ~ " || ' went by with little or nothing done'",
            {'rep_id': 'time_use.rep_id'}
        ) }}
    from time_use
    cross join hour_worth

),

-- the current quarter or the next, whichever is shorter of money
quarters as (

    select
        *,
        (quota_amount - coalesce(won_amount, 0)) * (1 - credible_coverage_ratio / needed_ratio)
            as missing_amount
    from {{ ref('rpt_coverage') }}
    where
        rep_id is not null
        and needed_ratio > 0
        and credible_coverage_ratio is not null
        and fiscal_quarter_start <= {{ dbt.dateadd('month', 3, as_of_date()) }}

),

coverage as (

    select
        *,
        row_number() over (partition by rep_id order by missing_amount desc, fiscal_quarter asc) as position
    from quarters

),

coverage_gap as (

    select
        {{ brief_finding(
            'coverage_gap', 'rep_id', '1 - credible_coverage_ratio / needed_ratio', 'missing_amount',
            "'Credible pipeline covers ' || cast(round(credible_coverage_ratio, 1) as varchar) || ' times what is left of the quota of '
            || fiscal_quarter || '; this rep needs ' || cast(round(needed_ratio, 1) as varchar) || ' times'",
            {'rep_id': 'rep_id', 'fiscal_quarter': 'fiscal_quarter'}
        ) }}
    from coverage
    where position = 1

),

slippage as (

    select
        {{ brief_finding(
            'slippage', 'rep_id', 'push_rate', 'pushed_amount',
            "cast(pushed_count as varchar) || ' of ' || " ~ counted_text('expected_count', 'deal') ~ " || ' expected in '
            || fiscal_quarter || ' were pushed'",
            {'rep_id': 'rep_id', 'fiscal_quarter': 'fiscal_quarter'}
        ) }}
    from {{ ref('rpt_slippage') }}
    where rep_id is not null and fiscal_quarter = {{ fiscal_quarter(as_of_date()) }}

),

broken as (

    select
        commitments.rep_id,
        commitments.opportunity_id,
        count(*) as commitments,
        max(case when deals.outcome = 'open' then deals.amount end) as amount
    from {{ ref('fct_commitments') }} as commitments
    left join deals on commitments.opportunity_id = deals.opportunity_id
    where
        commitments.state = 'broken'
        and commitments.rep_id is not null
        and commitments.promised_at > {{ dbt.dateadd('day', -90, as_of()) }}
    group by commitments.rep_id, commitments.opportunity_id

),

commitments_broken as (

    select
        {{ brief_finding(
            'commitments_broken', 'rep_id', 'sum(commitments)', 'sum(amount)',
            counted_text('sum(commitments)', 'promise') ~ " || ' of the last 90 days not kept'",
            {'rep_id': 'rep_id', 'state': "'broken'"}
        ) }}
    from broken
    group by rep_id

),

findings as (

    {% for finding in [
        'past_close_dates', 'rotten_pipeline', 'fake_sales', 'column_fodder', 'neglected_leads', 'token_efforts',
        'recontacts_overdue', 'prospecting_gap', 'blocks_unused', 'coverage_gap', 'slippage', 'commitments_broken',
    ] -%}
        select * from {{ finding }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

ranked as (

    select
        findings.*,
        rules.drill_table,
        case when findings.measure >= rules.critical_from then 'critical' else 'warn' end as severity,
        row_number() over (
            partition by findings.rep_id
            order by
                findings.amount_at_stake desc nulls last,
                case when findings.measure >= rules.critical_from then 0 else 1 end asc,
                findings.finding asc
        ) as position
    from findings
    inner join rules on findings.finding = rules.finding
    where findings.measure >= rules.minimum

)

select
    rep_id,
    position,
    finding,
    severity,
    measure,
    amount_at_stake,
    evidence,
    drill_table,
    drill_keys,
    {{ as_of() }} as as_of
from ranked
where position <= 5
