{#- Contacts count by day: a message on the day of closing is not yet a new attempt. -#}

with

deals as (

    select
        *,
        {{ reporting_date('closed_at') }} as closed_on
    from {{ ref('fct_opportunities') }}
    where outcome = 'no_decision' and closed_at > {{ dbt.dateadd('month', -12, as_of()) }}

),

features as (

    select * from {{ ref('int_source_features') }}

),

segment_rates as (

    select
        segment,
        {{ ratio("count(case when outcome = 'won' then 1 end)", 'count(*)') }} as segment_win_rate
    from {{ ref('fct_opportunities') }}
    where
        outcome != 'open'
        and closed_at > {{ dbt.dateadd('month', -12, as_of()) }}
        and {{ is_new_business() }}
    group by segment

),

recontacts as (

    select
        opportunity_id,
        max(recontact_on) as recontact_on
    from (
        select opportunity_id, recontact_on from {{ ref('fct_leads') }}
        where opportunity_id is not null
        union all
        select deals.opportunity_id, leads.recontact_on
        from deals
        inner join {{ ref('fct_leads') }} as leads on deals.lead_id = leads.lead_id
    ) as stated
    group by opportunity_id

),

contacts as {{ not_materialized() }} (

    select opportunity_id, contact_id, account_id, occurred_at
    from {{ ref('fct_activities') }}
    where
        occurred_at <= {{ as_of() }}
        and (is_touch or (direction = 'inbound' and not coalesce(is_automated, false)))
    union all
    select opportunity_id, null as contact_id, account_id, starts_at as occurred_at
    from {{ ref('fct_calendar_events') }}
    where starts_at <= {{ as_of() }} and is_external and attendance in ('held', 'held_by_calendar')

),

-- about the deal, with its people, or with its account about no other deal
contact_moments as (

    select deals.opportunity_id, contacts.occurred_at
    from deals
    inner join contacts on deals.opportunity_id = contacts.opportunity_id
    union all
    select deals.opportunity_id, contacts.occurred_at
    from deals
    inner join {{ ref('fct_opportunity_contacts') }} as people on deals.opportunity_id = people.opportunity_id
    inner join contacts on people.contact_id = contacts.contact_id
    union all
    select deals.opportunity_id, contacts.occurred_at
    from deals
    inner join contacts on deals.account_id = contacts.account_id
    where contacts.opportunity_id is null

),

last_contacts as (

    select
        opportunity_id,
        max(occurred_at) as last_contact_at
    from contact_moments
    group by opportunity_id

),

-- half as urgent after a year
weighed as (

    select
        deals.*,
        last_contacts.last_contact_at,
        recontacts.recontact_on,
        segment_rates.segment_win_rate,
        cast(
            power(0.5, {{ dbt.datediff('deals.closed_on', as_of_date(), 'day') }} / 365.0) as double
        ) as recency_share,
        case
            when {{ reporting_date('last_contacts.last_contact_at') }} > deals.closed_on then true
            when features.has_activities then false
        end as is_recontacted
    from deals
    left join features on deals.source_instance = features.source_instance
    left join last_contacts on deals.opportunity_id = last_contacts.opportunity_id
    left join recontacts on deals.opportunity_id = recontacts.opportunity_id
    left join segment_rates on deals.segment = segment_rates.segment

),

prioritised as (

    select
        *,
        {{ to_money('amount * segment_win_rate * recency_share') }} as priority_amount
    from weighed

)

select
    opportunity_id,
    account_id,
    owner_id,
    segment,
    opportunity_type,
    closed_at,
    loss_reason as reason,
    amount,
    last_contact_at,
    recontact_on,
    segment_win_rate,
    recency_share,
    priority_amount,
    row_number() over (order by priority_amount desc nulls last, closed_at desc, opportunity_id asc)
        as priority_rank,
    is_recontacted,
    {{ as_of() }} as as_of
from prioritised
