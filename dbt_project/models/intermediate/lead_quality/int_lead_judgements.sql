-- Grain: lead × flag that its own words bear, and one row of each lead without a flag: it has been judged.
-- Kept from build to build: a lead is judged again when its words are others, or the rules are.
{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='lead_id',
    on_schema_change='fail',
    post_hook="delete from {{ this }} where lead_id not in (select lead_id from {{ ref('int_leads_resolved') }})"
) }}
with leads as (
    select
        lead_id,
        judged_from
    from {{ ref('int_leads_to_judge') }}
),

flags as (
    select * from {{ ref('int_lead_email_flags') }}
    union all
    select * from {{ ref('int_lead_name_flags') }}
    union all
    select * from {{ ref('int_lead_gibberish_flags') }}
    union all
    select * from {{ ref('int_lead_mailbox_flags') }}
    union all
    select * from {{ ref('int_lead_record_flags') }}
    union all
    select * from {{ ref('int_lead_numbering_flags') }}
    union all
    select * from {{ ref('int_lead_digit_flags') }}
    union all
    select * from {{ ref('int_lead_mismatch_flags') }}
    union all
    select * from {{ ref('int_lead_organisation_flags') }}
),

final as (
    select
        leads.lead_id,
        leads.judged_from,
        flags.flag,
        flags.since,
        flags.evidence,
        flags.evidence_values
    from leads
    inner join flags on leads.lead_id = flags.lead_id
    union all
    select
        lead_id,
        judged_from,
        cast(null as varchar) as flag,
        cast(null as timestamp) as since,
        cast(null as varchar) as evidence,
        cast(null as varchar) as evidence_values
    from leads
)

select * from final
