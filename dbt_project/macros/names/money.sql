{# Money as it is published: two decimals. #}
{% macro to_money(expression) -%}
    cast({{ expression }} as decimal(18, 2))
{%- endmacro %}

{# An amount times a rate, wide enough that no revenue of a company overflows. #}
{% macro convert(amount, rate) -%}
    cast({{ amount }} as decimal(38, 4)) * {{ rate }}
{%- endmacro %}
