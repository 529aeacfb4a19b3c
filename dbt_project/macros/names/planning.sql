{# The end of a planning row, exclusive: the day after its `valid_to`, or the next row's start. #}
{% macro valid_until(partition_by, valid_to='cast(null as date)') -%}
    least(
        coalesce(cast({{ dbt.dateadd('day', 1, valid_to) }} as date), date '9999-12-31'),
        lead(coalesce(valid_from, date '1900-01-01'), 1, date '9999-12-31')
            over (partition by {{ partition_by }} order by coalesce(valid_from, date '1900-01-01'))
    )
{%- endmacro %}

{# The period of a quota as 2026, 2026-Q1 or 2026-01, from what people and spreadsheets write: Q1 2026,
   2026/Q1, FY2026, 01/2026, Jan 2026, Jan-26, the first day of a month. Null where that cannot be told; another
   day may stand for a month or for the quarter that it ends. #}
{% macro quota_period(text) -%}
    {%- set plain = 'upper(' ~ text ~ ')' -%}
    {%- set year = regex_extract(plain, '((19|20|21)[0-9]{2})') -%}
    case
        when {{ regex_matches(plain, '^((FY|CY) ?)?(19|20|21)[0-9]{2}$') }} then {{ year }}
        when
            {{ regex_matches(plain, '^((FY|CY) ?)?(19|20|21)[0-9]{2}[ /_.-]*Q[1-4]$') }}
            or {{ regex_matches(plain, '^Q[1-4][ /_.-]*(FY ?)?(19|20|21)[0-9]{2}$') }}
            then {{ year }} || '-Q' || {{ regex_extract(plain, 'Q([1-4])') }}
        -- a spreadsheet makes a date of 2026-01
        when {{ regex_matches(plain, '^(19|20|21)[0-9]{2}-[0-9]{2}-01( |$)') }} then substr({{ text }}, 1, 7)
        else substr(cast({{ try_parse_time(text, month_formats()) }} as varchar), 1, 7)
    end
{%- endmacro %}
