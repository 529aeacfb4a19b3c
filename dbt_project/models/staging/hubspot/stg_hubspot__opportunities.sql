-- A deal was closed when it came into the stage in which it stands, where its history tells.
with opportunities as (
    select * from {{ ref('stg_hubspot__opportunity_snapshots') }}
    where is_latest and not is_deleted
),

entered as (
    select
        opportunity_id,
        max(changed_at) as entered_at,
        count(*) as changes
    from {{ ref('stg_hubspot__opportunity_field_changes') }}
    where field = 'dealstage'
    group by 1
)

select
    opportunities.*,
    -- created in the stage, as by an import: when it was closed its close date tells
    case when opportunities.is_closed and entered.changes > 1 then entered.entered_at end as closed_at
from opportunities
left join entered on opportunities.opportunity_id = entered.opportunity_id
