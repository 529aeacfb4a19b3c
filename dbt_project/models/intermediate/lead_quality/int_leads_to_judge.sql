-- Grain: lead whose own words have to be judged in this build: no build before has judged them, or by other
-- rules. All that the judgement rests on is a column here, so that nothing else can decide it: no other lead,
-- and not as_of.
{% set said = [
    'full_name', 'first_name', 'last_name', 'title', 'company', 'email', 'phone', 'mobile_phone', 'street',
    'postal_code', 'city', 'country', 'website', 'is_sample', 'created_at',
] -%}
{% set dated = [
    'email_since', 'phone_since', 'mobile_phone_since', 'name_since', 'title_since', 'company_since',
] -%}
{% set judged_before = judged_in_the_build_before() -%}
with leads as (
    select * from {{ ref('int_leads_resolved') }}
),

ages as (
    select * from {{ ref('int_lead_value_ages') }}
),

records as (
    select
        leads.lead_id,
        {%- for column in said %}
            leads.{{ column }},
        {%- endfor %}
        {%- for column in dated[:-1] %}
            coalesce(ages.{{ column }}, {{ unknown_since() }}) as {{ column }},
        {%- endfor %}
        coalesce(ages.{{ dated[-1] }}, {{ unknown_since() }}) as {{ dated[-1] }}
    from leads
    left join ages on leads.lead_id = ages.lead_id
),

hashed as (
    select
        *,
        {{ hash_of_texts([sql_text(lead_rules_version())] + said + dated) }} as judged_from
    from records
)

select hashed.* from hashed
{% if judged_before -%}
    left join {{ judged_before }} as judged
        on
        hashed.lead_id = judged.lead_id
        and hashed.judged_from = judged.judged_from
        and judged.flag is null
    where judged.lead_id is null
{%- endif %}
