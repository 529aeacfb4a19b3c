{# Landed text to a typed value, by the column's `data_type` in the sources YAML. A text that cannot
   be read gives null; int_field_problems counts those with the same macros.
   `column`: {name, data_type, percent_of, scale}. `text`: SQL expression, trimmed, blank is null.
   `feed`: {time_zone, date_orders, decimal_commas, percent_divisors} of the source instance. #}
{% macro parse_value(column, text, feed) %}
    {%- set order = feed.date_orders.get(column.name, 'default') -%}
    {%- set has_comma = column.name in feed.decimal_commas -%}
    {%- if column.data_type == 'timestamp' -%}
        {{ return(parse_timestamp(text, sql_text(feed.time_zone), order)) }}
    {%- elif column.data_type == 'date' -%}
        {{ return(parse_date(text, order, sql_text(feed.time_zone))) }}
    {%- elif column.data_type == 'month' -%}
        {{ return(parse_month(text, order, sql_text(feed.time_zone))) }}
    {%- elif column.data_type == 'decimal' -%}
        {{ return(parse_decimal(text, has_comma, column.scale)) }}
    {%- elif column.data_type == 'percent' -%}
        {{ return(parse_percent(text, has_comma, feed.percent_divisors[column.name])) }}
    {%- elif column.data_type == 'integer' -%}
        {{ return(parse_integer(text, has_comma)) }}
    {%- elif column.data_type == 'boolean' -%}
        {{ return(parse_boolean(text)) }}
    {%- endif -%}
    {{ return(text) }}
{% endmacro %}
