{# The columns of a finding of the rep brief. `drill_keys`: column of the finding's drill table to SQL
   expression of a value, or of a list of values, that its rows have. #}
{% macro brief_finding(finding, rep_id, measure, amount, evidence, drill_keys) -%}
    {{ rep_id }} as rep_id,
    {{ sql_text(finding) }} as finding,
    cast({{ measure }} as double) as measure,
    {{ to_money(amount) }} as amount_at_stake,
    {{ evidence }} as evidence,
    {{ json_of(drill_keys) }} as drill_keys
{%- endmacro %}

{# A share in words: 37 %. #}
{% macro percent_text(share) -%}
    cast(cast(round(100 * ({{ share }})) as bigint) as varchar) || ' %'
{%- endmacro %}

{# A whole number and its noun: 1 deal, 2 deals. #}
{% macro counted_text(count, noun) -%}
    cast({{ count }} as varchar) || ' {{ noun }}' || case when {{ count }} = 1 then '' else 's' end
{%- endmacro %}
