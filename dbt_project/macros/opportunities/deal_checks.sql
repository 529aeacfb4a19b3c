{# A limit of the deal flags, from its seed, as an SQL scalar. #}
{% macro deal_limit(flag, parameter) -%}
    (
        select max(value)
        from {{ ref('deal_flag_thresholds') }}
        where flag = {{ sql_text(flag) }} and parameter = {{ sql_text(parameter) }}
    )
{%- endmacro %}

{# The columns in which every model of deal checks ends: one row per deal that could be judged by the
   rule, flagged or not. `evidence`: a sentence with the figures; `evidence_values`: key to expression. #}
{% macro deal_check(flag, is_flagged, since, evidence, evidence_values) -%}
    opportunity_id,
    {{ sql_text(flag) }} as flag,
    {{ is_flagged }} as is_flagged,
    case when {{ is_flagged }} then {{ since }} end as since,
    case when {{ is_flagged }} then {{ evidence }} end as evidence,
    case when {{ is_flagged }} then {{ json_of(evidence_values) }} end as evidence_values
{%- endmacro %}

{# An amount in words: 1,234.50 EUR without the grouping, which every reader sets differently. #}
{% macro money_text(amount) -%}
    cast({{ to_money(amount) }} as varchar) || ' ' || {{ reporting_currency() }}
{%- endmacro %}

{# A number of days in words, without decimals. #}
{% macro days_text(days) -%}
    cast(cast(round({{ days }}) as bigint) as varchar) || case when round({{ days }}) = 1 then ' day' else ' days' end
{%- endmacro %}
