-- Grain: lead. The moment by which it had to be touched first: the limit of its lead source in business
-- days after its creation, at the same time of the reporting zone's day. A lead that came on a day off
-- counts from the next morning, so its limit ends with a day.
with leads as (
    select
        lead_id,
        coalesce(lower(lead_source), '') as lead_source,
        {{ utc_to_local('created_at', reporting_time_zone()) }} as created_local
    from {{ ref('int_leads_resolved') }}
    where created_at <= {{ as_of() }}
),

days as (
    select * from {{ ref('int_business_days') }}
),

limits as (
    select
        business_days,
        lower(lead_source) as lead_source
    from {{ ref('lead_first_touch_limits') }}
),

with_limit as (
    select
        leads.lead_id,
        leads.created_local,
        created_days.is_business_day,
        coalesce(own.business_days, general.business_days) as limit_days,
        created_days.business_day_number
        + coalesce(own.business_days, general.business_days) as deadline_number
    from leads
    inner join days as created_days on cast(leads.created_local as date) = created_days.date_day
    inner join limits as general on general.lead_source = '*'
    left join limits as own on leads.lead_source = own.lead_source
),

final as (
    select
        with_limit.lead_id,
        with_limit.limit_days,
        case
            when with_limit.is_business_day
                then cast(days.date_day as timestamp)
                    + (with_limit.created_local - date_trunc('day', with_limit.created_local))
            else cast({{ dbt.dateadd('day', 1, 'days.date_day') }} as timestamp)
        end as deadline_local
    from with_limit
    inner join days on with_limit.deadline_number = days.business_day_number and days.is_business_day
)

select
    lead_id,
    limit_days,
    {{ local_to_utc('deadline_local', reporting_time_zone()) }} as deadline_at
from final
