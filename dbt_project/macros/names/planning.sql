{# The end of a planning row, exclusive: the day after its `valid_to`, or the next row's start. #}
{% macro valid_until(partition_by, valid_to='cast(null as date)') -%}
    least(
        coalesce(cast({{ dbt.dateadd('day', 1, valid_to) }} as date), date '9999-12-31'),
        lead(coalesce(valid_from, date '1900-01-01'), 1, date '9999-12-31')
            over (partition by {{ partition_by }} order by coalesce(valid_from, date '1900-01-01'))
    )
{%- endmacro %}
