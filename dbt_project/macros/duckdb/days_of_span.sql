{# One row per day from `first` to `last` (dates, both inclusive), in a select list: a stream, however
   long the span and however many the rows. #}
{% macro days_of_span(first, last) -%}
    {{ adapter.dispatch('days_of_span')(first, last) }}
{%- endmacro %}

{% macro duckdb__days_of_span(first, last) -%}
    cast(unnest(range(cast({{ first }} as timestamp), cast({{ last }} as timestamp) + interval '1 day', interval '1 day')) as date)
{%- endmacro %}
