{# Text to UTC timestamp. A time with an offset is converted by it, one without is in `time_zone`, an
   SQL expression.
   `order` of numeric dates holds for the whole column, never per row: `dmy`, `mdy`, or `default`
   (month first with slashes, day first with dots). Years outside 1900 to 2199 are not read: they are
   typing errors, and a calendar of days between them would have millions of rows. #}
{% macro parse_timestamp(text, time_zone="'UTC'", order='default') -%}
    case
        -- first and cheap: what systems write
        when {{ is_written_in_utc(text) }} then {{ utc_text_to_timestamp(text) }}
        when {{ has_utc_offset(text) }} then {{ offset_text_to_utc(text) }}
        else {{ local_to_utc(parse_local_timestamp(text, order), time_zone) }}
    end
{%- endmacro %}

{# Text to the day that is written in it: no zone moves it. #}
{% macro parse_date(text, order='default') -%}
    cast({{ parse_local_timestamp(text, order) }} as date)
{%- endmacro %}

{# Text to a timestamp of the clock on the wall; an offset in the text is ignored. Five digits, 20000 to
   79999, are Excel's number of a day (1954 to 2119), its fraction the time: so a workbook or its CSV
   holds dates whose cells are not formatted as such. #}
{% macro parse_local_timestamp(text, order='default') -%}
    case
        when {{ regex_matches(text, '^(19|20|21)[0-9]{2}[-/]') }} then {{ try_cast_to(text, 'timestamp') }}
        when {{ regex_matches(text, '^[2-7][0-9]{4}([.,][0-9]+)?$') }} then {{ excel_day_to_timestamp(text) }}
        else {{ try_parse_time('replace(' ~ text ~ ", ',', '')", time_formats(order)) }}
    end
{%- endmacro %}

{# Formats in which people and exports write times, by the mark that tells them apart:
   [(regular expression, [formats])], the text without its commas. Two-digit years stand before four-digit ones, which would
   read `26` as the year 26. #}
{% macro time_formats(order) %}
    {%- set slashed = ['%d', '%m'] if order == 'dmy' else ['%m', '%d'] -%}
    {%- set dotted = ['%m', '%d'] if order == 'mdy' else ['%d', '%m'] -%}
    {%- set year = '(19|20|21)?[0-9]{2}([^0-9]|$)' -%}
    {%- set shapes = [
        ('^[0-9]{1,2}/[0-9]{1,2}/' ~ year, [(slashed + ['%y']) | join('/'), (slashed + ['%Y']) | join('/')]),
        ('^[0-9]{1,2}[.][0-9]{1,2}[.]' ~ year, [(dotted + ['%y']) | join('.'), (dotted + ['%Y']) | join('.')]),
        ('^[0-9]{1,2}-[0-9]{1,2}-' ~ year, [(slashed + ['%y']) | join('-'), (slashed + ['%Y']) | join('-')]),
        ('^(19|20|21)[0-9]{2}[.]', ['%Y.%m.%d']),
        ('^(19|20|21)[0-9]{6}T', ['%Y%m%dT%H%M%S']),
        ('^(19|20|21)[0-9]{6}([^0-9]|$)', ['%Y%m%d']),
        (
            '^[0-9]{1,2}[^0-9]+' ~ year,
            ['%d %b %y', '%d-%b-%y', '%d %B %y', '%d %b %Y', '%d-%b-%Y', '%d %B %Y'],
        ),
        (
            '^[A-Za-z][^0-9]*[0-9]{1,2}[^0-9]+(19|20|21)[0-9]{2}([^0-9]|$)',
            ['%b %d %Y', '%B %d %Y', '%a %d %b %Y', '%a %b %d %Y'],
        ),
    ] -%}
    {%- set times = ['', ' %H:%M', ' %H:%M:%S', ' %I:%M %p', ' %I:%M:%S %p', ' %I:%M%p'] -%}
    {%- set formats = [] -%}
    {%- for shape, days in shapes -%}
        {%- set combined = [] -%}
        {%- for day in days -%}
            {%- for time in ([''] if '%H' in day else times) -%}
                {%- do combined.append(day ~ time) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- do formats.append((shape, combined)) -%}
    {%- endfor -%}
    {{ return(formats) }}
{% endmacro %}

{# Text to the first day of a month: 2026-01, or any day of it. #}
{% macro parse_month(text, order='default') -%}
    cast({{ dbt.date_trunc('month', parse_date('case when ' ~ regex_matches(text, '^[0-9]{4}-[0-9]{2}$') ~ ' then ' ~ text ~ " || '-01' else " ~ text ~ ' end', order)) }} as date)
{%- endmacro %}
