-- Grain: lead touched after its creation, where the time of day of both is known: how long it waited, and how
-- much of that was working time of its owner (of who touched it first, where nobody owns it). A touch before
-- the record was made says nothing about a wait.
with spans as (
    select * from {{ ref('int_rep_working_spans') }}
),

evaluated as (
    select source_instance
    from {{ ref('int_rules_evaluated') }}
    where
        table_name = 'rpt_lead_followup'
        and column_or_rule = 'minutes_to_first_touch'
        and is_evaluated
),

waits as (
    select
        leads.lead_id,
        leads.created_at,
        efforts.first_touch_at,
        coalesce(leads.owner_id, efforts.first_touch_rep_id) as rep_id
    from {{ ref('int_leads_resolved') }} as leads
    inner join {{ ref('int_person_efforts') }} as efforts
        on leads.lead_id = efforts.person_id and efforts.person_type = 'lead'
    inner join evaluated on leads.source_instance = evaluated.source_instance
    where
        efforts.first_touch_precision = 'instant'
        and efforts.first_touch_at >= leads.created_at
),

begun as (
    select
        waits.*,
        {{ working_seconds_at('waits.created_at', 'spans') }} as worked_seconds
    from waits
    asof left join spans on waits.rep_id = spans.rep_id and waits.created_at >= spans.starts_at
)

select
    begun.lead_id,
    {{ dbt.datediff('begun.created_at', 'begun.first_touch_at', 'second') }} / 60.0 as minutes,
    ({{ working_seconds_at('begun.first_touch_at', 'spans') }} - begun.worked_seconds) / 60.0
        as business_minutes
from begun
asof left join spans on begun.rep_id = spans.rep_id and begun.first_touch_at >= spans.starts_at
