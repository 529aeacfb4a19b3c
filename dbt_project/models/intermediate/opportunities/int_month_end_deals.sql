{#- Each deal as it stood at the end of each finished month: open, or closed in the twelve months before. -#}

with

month_ends as (

    select
        month_start,
        date_day as month_end,
        {{ dbt.dateadd('month', -11, 'month_start') }} as year_start
    from {{ ref('int_calendar_days') }}
    where
        date_day = {{ dbt.dateadd('day', -1, dbt.dateadd('month', 1, 'month_start')) }}
        and date_day <= {{ as_of_date() }}

),

versions as (

    select
        *,
        min(valid_from_date) over (partition by opportunity_id) as created_on,
        {{ dbt.datediff(reporting_date('created_at'), 'outcome_since', 'day') }} as cycle_days
    from {{ ref('int_opportunity_versions') }}

),

types as (

    select
        opportunity_id,
        opportunity_type
    from {{ ref('int_opportunity_traits') }}

),

features as (

    select
        source_instance,
        has_no_decisions
    from {{ ref('int_source_features') }}

)

select
    month_ends.month_start,
    month_ends.month_end,
    versions.opportunity_id,
    versions.owner_id as rep_id,
    versions.outcome,
    versions.amount,
    versions.probability,
    versions.is_eligible,
    versions.close_date,
    versions.created_on,
    versions.outcome_since,
    -- brought into the CRM when it was closed already: how long it took is not known
    case
        when versions.outcome != 'open' and versions.cycle_days >= 0 then versions.cycle_days
    end as cycle_days,
    versions.outcome != 'open' as is_closed,
    versions.created_on >= month_ends.month_start as is_created_in_month,
    versions.outcome != 'open' and versions.outcome_since >= month_ends.month_start as is_closed_in_month,
    {{ is_new_business('types.opportunity_type') }} as is_new_business,
    coalesce(features.has_no_decisions, false) as is_judged
from month_ends
inner join versions
    on
    month_ends.month_end >= versions.valid_from_date
    and coalesce(month_ends.month_end < versions.valid_to_date, true)
    and (versions.outcome = 'open' or month_ends.year_start <= versions.outcome_since)
inner join types on versions.opportunity_id = types.opportunity_id
left join features on versions.source_instance = features.source_instance
