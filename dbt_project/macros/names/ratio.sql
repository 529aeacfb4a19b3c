{# A ratio, rate or share: null where the denominator is null or not positive. #}
{% macro ratio(numerator, denominator) -%}
    cast(case when ({{ denominator }}) > 0 then ({{ numerator }}) * 1.0 / ({{ denominator }}) end as double)
{%- endmacro %}

{# Amounts of the records that meet a condition, as an aggregate: 0 where there are no such records, null
   where there are but none of their amounts is known. #}
{% macro amount_where(condition, amount='amount') -%}
    cast(
        case
            when count(case when {{ condition }} then 1 end) = 0 then 0
            else sum(case when {{ condition }} then {{ amount }} end)
        end as decimal(18, 2)
    )
{%- endmacro %}

{# Records that meet a condition, as an aggregate. #}
{% macro count_where(condition) -%}
    count(case when {{ condition }} then 1 end)
{%- endmacro %}
