{# A quantile as it is published, as an aggregate: null where fewer values than min_n stand behind it, and
   fewer than 10 for a share of 0.9 and more. Publish `count(expression)` beside it. #}
{% macro shown_quantile(expression, share) -%}
    {%- set least = min_n() | trim | int -%}
    {%- set needed = [least, 10] | max if share >= 0.9 else least -%}
    case when count({{ expression }}) >= {{ needed }} then {{ quantile(expression, share) }} end
{%- endmacro %}
