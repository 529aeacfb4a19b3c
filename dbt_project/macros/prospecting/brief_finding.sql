{# A finding of the rep brief, one row per rep. `rep_id`: the column of `relation`, and of the finding's drill
   table, that holds the rep. `measure`, `amount`, `evidence`: aggregates of the rep's rows. `drill_keys`: which
   of the rep's rows of the drill table, as column to SQL expression of a value or of a list of values. #}
{% macro brief_finding(finding, relation, measure, amount, evidence, drill_keys={}, rep_id='rep_id', where='true') -%}
    {%- set keys = {rep_id: rep_id} -%}
    {%- do keys.update(drill_keys) -%}
    select
        {{ rep_id }} as rep_id,
        {{ sql_text(finding) }} as finding,
        cast({{ measure }} as double) as measure,
        -- of credit notes no money is at stake
        {{ to_money('case when ' ~ amount ~ ' < 0 then 0 else ' ~ amount ~ ' end') }} as amount_at_stake,
        {{ evidence }} as evidence,
        {{ json_of(keys) }} as drill_keys
    from {{ relation }}
    where {{ where }} and {{ rep_id }} is not null
    group by {{ rep_id }}
{%- endmacro %}

{# A share in words: 37 %. #}
{% macro percent_text(share) -%}
    cast(cast(round(100 * ({{ share }})) as bigint) as varchar) || ' %'
{%- endmacro %}

{# A whole number and its noun: 1 deal, 2 deals. #}
{% macro counted_text(count, noun) -%}
    cast({{ count }} as varchar) || ' {{ noun }}' || case when {{ count }} = 1 then '' else 's' end
{%- endmacro %}

{# What is said of a part of those just counted, nothing of none: ", 2 of them never touched". #}
{% macro of_them_text(part, whole, words) -%}
    case
        when {{ part }} = 0 then ''
        when {{ whole }} = 1 then ', {{ words }}'
        when {{ part }} = {{ whole }} then ', all of them {{ words }}'
        else ', ' || cast({{ part }} as varchar) || ' of them {{ words }}'
    end
{%- endmacro %}
