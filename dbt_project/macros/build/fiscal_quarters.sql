{# Fiscal quarters of the reporting calendar. A fiscal year bears the number of the calendar year in
   which it ends. #}

{# First day of the fiscal quarter of a day. #}
{% macro fiscal_quarter_start(day) -%}
    cast({{ dbt.dateadd(
        'month',
        fiscal_year_start_month() ~ ' - 1',
        dbt.date_trunc('quarter', fiscal_shifted_month(day))
    ) }} as date)
{%- endmacro %}

{# Last day of the fiscal quarter of a day. #}
{% macro fiscal_quarter_end(day) -%}
    cast({{ dbt.dateadd('day', -1, dbt.dateadd('month', 3, fiscal_quarter_start(day))) }} as date)
{%- endmacro %}

{# `2026-Q1` of a day. #}
{% macro fiscal_quarter(day) -%}
    {%- set shifted = fiscal_shifted_month(day) -%}
    cast(
        extract(year from {{ shifted }}) + case when {{ fiscal_year_start_month() }} > 1 then 1 else 0 end as varchar
    ) || '-Q' || cast(extract(quarter from {{ shifted }}) as varchar)
{%- endmacro %}

{# The month of a day, moved so that the fiscal year begins in January. #}
{% macro fiscal_shifted_month(day) -%}
    {{ dbt.dateadd('month', '1 - ' ~ fiscal_year_start_month(), dbt.date_trunc('month', day)) }}
{%- endmacro %}
