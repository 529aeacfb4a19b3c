-- A rule that requires an input nobody knows would never be evaluated, and say so in wrong words.
{%- set known = [
    'has_any_answers', 'has_any_deals', 'has_any_discount', 'has_any_meetings',
    'has_any_lead_status_times', 'has_any_opportunity_history', 'has_deal_activities', 'has_deal_efforts',
    'has_lead_activities', 'has_lead_created_instants',
] -%}
{%- set features = ref('int_source_features') -%}
{%- if execute -%}
    {%- for column in adapter.get_columns_in_relation(features) -%}
        {%- do known.append(column.name) -%}
    {%- endfor -%}
{%- endif %}

with

required as (

    select
        table_name,
        column_or_rule,
        {{ rows_of_words('requires') }} as feature
    from {{ ref('capability_rules') }}

)

select *
from required
where feature not in ('{{ known | join("', '") }}')
