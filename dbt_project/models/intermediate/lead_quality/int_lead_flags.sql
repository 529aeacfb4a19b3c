-- Grain: lead × flag that holds at as_of, with its weight. Flags whose inputs the source never landed
-- are left out, whatever a record seems to say; those that the sources file exempts weigh nothing.
with flags as (
    select
        lead_id,
        flag,
        since,
        evidence,
        evidence_values
    from {{ ref('int_lead_judgements') }}
    -- int_lead_phone_flags has chosen among those of a telephone number
    where flag is not null and flag != 'phone_placeholder'
    union all
    select * from {{ ref('int_lead_delivery_flags') }}
    union all
    select * from {{ ref('int_lead_series_flags') }}
    union all
    select * from {{ ref('int_lead_phone_flags') }}
    union all
    select * from {{ ref('int_lead_date_flags') }}
    union all
    select * from {{ ref('int_lead_process_flags') }}
    union all
    select * from {{ ref('int_lead_touch_flags') }}
    union all
    select * from {{ ref('int_lead_state_flags') }}
),

leads as (
    select
        lead_id,
        source_system,
        source_instance
    from {{ ref('int_leads_resolved') }}
),

weights as (
    select * from {{ ref('lead_flag_weights') }}
),

exemptions as (
    select * from {{ ref('int_lead_exemptions') }}
),

evaluated as (
    select
        source_instance,
        column_or_rule as flag
    from {{ ref('int_rules_evaluated') }}
    where table_name = 'fct_lead_flags' and is_evaluated
)

select
    flags.lead_id,
    flags.flag,
    leads.source_system,
    leads.source_instance,
    weights.family,
    weights.evidence_group,
    case when exemptions.lead_id is null then weights.weight else cast(0 as decimal(4, 2)) end as weight,
    weights.is_proof and exemptions.lead_id is null as is_proof,
    exemptions.reason as exempted_reason,
    exemptions.until as exempted_until,
    -- a condition cannot have begun after the moment spoken of, nor one that landing cannot date
    least(flags.since, {{ as_of() }}) as since,
    flags.evidence,
    flags.evidence_values
from flags
inner join leads on flags.lead_id = leads.lead_id
inner join weights on flags.flag = weights.flag
inner join evaluated on leads.source_instance = evaluated.source_instance and flags.flag = evaluated.flag
left join exemptions on flags.lead_id = exemptions.lead_id and flags.flag = exemptions.flag
