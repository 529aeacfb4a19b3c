-- A deal was closed when it came into the stage in which it stands, where its history tells.
with opportunities as (
    select * from {{ ref('stg_hubspot__opportunity_snapshots') }}
    where is_latest and not is_deleted
),

entered as (
    select
        opportunity_id,
        max(changed_at) as entered_at
    from {{ ref('stg_hubspot__opportunity_field_changes') }}
    where field = 'dealstage'
    group by 1
)

select
    opportunities.*,
    case when opportunities.is_closed then entered.entered_at end as closed_at
from opportunities
left join entered on opportunities.opportunity_id = entered.opportunity_id
