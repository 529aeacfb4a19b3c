with

rules as (

    select * from {{ ref('rep_brief_findings') }}

),

deals as (

    select * from {{ ref('fct_opportunities') }}

),

flagged as (

    select
        flags.*,
        deals.outcome
    from {{ ref('fct_deal_flags') }} as flags
    inner join deals on flags.opportunity_id = deals.opportunity_id

),

-- a deal may be a fake sale for several reasons
fake_sold as (

    select
        owner_id,
        opportunity_id,
        min(amount) as amount,
        min(paid_amount) as paid_amount,
        greatest(coalesce(min(list_amount), 0), coalesce(min(amount), 0)) as full_amount
    from {{ ref('rpt_fake_sales') }}
    where closed_at >= {{ dbt.dateadd('month', -12, as_of()) }}
    group by owner_id, opportunity_id

),

-- what a lead has brought on average, over every lead that was one
lead_worth as (

    select sum(deals.amount) / nullif(count(*), 0) as amount
    from {{ ref('fct_leads') }} as every_lead
    left join deals on every_lead.opportunity_id = deals.opportunity_id and deals.outcome = 'won'
    where every_lead.verdict not in ('fake', 'duplicate')

),

leads as (

    select
        leads.*,
        lead_worth.amount as lead_amount,
        late.lead_id is not null as is_late
    from {{ ref('rpt_lead_followup') }} as leads
    cross join lead_worth
    left join {{ ref('fct_lead_flags') }} as late
        on leads.lead_id = late.lead_id and late.flag = 'untouched_past_sla' and late.exempted_until is null
    where leads.verdict not in ('fake', 'duplicate')

),

time_use as (

    select * from {{ ref('rpt_prospecting_time') }}

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

prospecting as (

    select
        time_use.*,
        hour_worth.amount as hour_amount
    from time_use
    cross join hour_worth

),

-- the current quarter or the next, whichever is shorter of money
coverage as (

    select
        *,
        (quota_amount - coalesce(won_amount, 0)) * (1 - credible_coverage_ratio / needed_ratio)
            as missing_amount
    from {{ ref('rpt_coverage') }}
    where
        needed_ratio > 0
        and credible_coverage_ratio is not null
        and fiscal_quarter_start <= {{ dbt.dateadd('month', 3, as_of_date()) }}
    qualify row_number() over (partition by rep_id order by missing_amount desc, fiscal_quarter asc) = 1

),

slipped as (

    select * from {{ ref('rpt_slippage') }}
    where fiscal_quarter = {{ fiscal_quarter(as_of_date()) }}

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
        and commitments.promised_at > {{ dbt.dateadd('day', -90, as_of()) }}
    group by commitments.rep_id, commitments.opportunity_id

),

-- what the rep created per week in the half year before this week and the last
attention as (

    select
        *,
        avg(created_amount) over (
            partition by rep_id order by week_start rows between 27 preceding and 2 preceding
        ) as usual_created_amount
    from {{ ref('rpt_attention') }}

),

tunnels as (

    select * from attention
    where is_tunnel_vision and week_start > {{ dbt.dateadd('day', -14, as_of_date()) }}
    qualify row_number() over (partition by rep_id order by week_start desc) = 1

),

-- a deal that closed within the days in which a next step is due needed none
meetings as (

    select
        meetings.*,
        case when deals.outcome = 'open' then deals.amount end as open_amount,
        not meetings.is_followed_up_48h
        and not meetings.has_next_step
        and coalesce(deals.closed_at > {{ dbt.dateadd('day', 7, 'meetings.ended_at') }}, true) as is_lost
    from {{ ref('rpt_meeting_followup') }} as meetings
    inner join {{ ref('int_executive_meetings') }} as met on meetings.meeting_id = met.meeting_id
    left join deals on meetings.opportunity_id = deals.opportunity_id
    where meetings.starts_at > {{ dbt.dateadd('day', -90, as_of()) }}

),

-- the amount of a deal stands at one of its meetings that were lost
executive_meetings as (

    select
        *,
        row_number() over (partition by rep_id, opportunity_id, is_lost order by starts_at asc) as nth
    from meetings
    where is_lost is not null

),

-- the last month that is over; of several managers the one who saw most
coaching as (

    select * from {{ ref('rpt_coaching') }}
    where
        {{ dbt.dateadd('month', 1, 'month_start') }} <= {{ dbt.dateadd('day', 1, as_of_date()) }}
        and {{ dbt.dateadd('month', 2, 'month_start') }} > {{ dbt.dateadd('day', 1, as_of_date()) }}
    qualify row_number() over (partition by rep_id order by unreviewed_amount asc, manager_id asc) = 1

),

findings as (

    {{ brief_of_deals('flagged', ref('rpt_rotten_pipeline'), 'fake_sold', 'slipped', 'broken') }}
    union all
    {{ brief_of_leads('leads') }}
    union all
    {{ brief_of_time('prospecting', 'tunnels', 'executive_meetings', 'coaching') }}
    union all
    {{ brief_of_pipeline('coverage', ref('rpt_cliff')) }}

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
