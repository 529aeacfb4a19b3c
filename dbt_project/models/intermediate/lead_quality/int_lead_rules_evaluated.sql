-- Grain: source instance × flag. A flag is evaluated where the source has landed everything it needs.
{% set features = [
    'has_lead_email', 'has_lead_name', 'has_lead_phone', 'has_lead_title', 'has_lead_company', 'has_lead_owner',
    'has_lead_creator', 'has_lead_created_at', 'has_lead_modified_at', 'has_lead_recontact_on', 'has_lead_bounces',
    'has_lead_opt_out', 'has_activities', 'has_activity_instants', 'has_opportunities',
] %}

with sources as (
    select * from {{ ref('int_source_features') }}
    where has_leads
),

features as (
    {%- for feature in features %}
    select source_instance, '{{ feature }}' as feature from sources where {{ feature }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

needed as (
    select
        column_or_rule as flag,
        {{ rows_of_words('requires') }} as feature
    from {{ ref('capability_rules') }}
    where table_name = 'fct_lead_flags'
)

select
    sources.source_instance,
    needed.flag,
    count(needed.feature) = count(features.feature) as is_evaluated
from sources
cross join needed
left join features on sources.source_instance = features.source_instance and needed.feature = features.feature
group by sources.source_instance, needed.flag
