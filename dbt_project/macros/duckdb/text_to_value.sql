{# What is DuckDB's own about reading text: casts that give null, formats, zones, expressions. #}

{% macro try_cast_to(expression, type) -%}
    {{ adapter.dispatch('try_cast_to')(expression, type) }}
{%- endmacro %}

{% macro duckdb__try_cast_to(expression, type) -%}
    try_cast({{ expression }} as {{ type }})
{%- endmacro %}

{# `shapes`: [(regular expression, [strptime formats])]; null where none fits. #}
{% macro try_parse_time(text, shapes) -%}
    {{ adapter.dispatch('try_parse_time')(text, shapes) }}
{%- endmacro %}

{% macro duckdb__try_parse_time(text, shapes) -%}
    case
        {%- for shape, formats in shapes %}
        when regexp_matches({{ text }}, '{{ shape }}')
            then try_strptime({{ text }}, ['{{ formats | join("', '") }}'])
        {%- endfor %}
    end
{%- endmacro %}

{# Text to timestamp by the first of some formats that fits as a whole, else null. #}
{% macro try_parse_formats(text, formats) -%}
    {{ adapter.dispatch('try_parse_formats')(text, formats) }}
{%- endmacro %}

{% macro duckdb__try_parse_formats(text, formats) -%}
    try_strptime({{ text }}, ['{{ formats | join("', '") }}'])
{%- endmacro %}

{# Excel's number of a day to the second; day 0 is 1899-12-30. #}
{% macro excel_day_to_timestamp(text) -%}
    {{ adapter.dispatch('excel_day_to_timestamp')(text) }}
{%- endmacro %}

{% macro duckdb__excel_day_to_timestamp(text) -%}
    timestamp '1899-12-30 00:00:00' + to_seconds(
        cast(round(cast(replace({{ text }}, ',', '.') as double) * 86400) as bigint)
    )
{%- endmacro %}

{# True where an ISO time ends in Z, +0000, +00:00, UTC or GMT. #}
{% macro is_written_in_utc(text) -%}
    (
        {{ text }} like '%Z' or {{ text }} like '%+0000' or {{ text }} like '%+00:00'
        or {{ text }} like '% UTC' or {{ text }} like '% GMT'
    )
    and {{ text }} >= '1900' and {{ text }} < '22'
{%- endmacro %}

{% macro utc_text_to_timestamp(text) -%}
    {{ adapter.dispatch('utc_text_to_timestamp')(text) }}
{%- endmacro %}

{% macro duckdb__utc_text_to_timestamp(text) -%}
    coalesce(
        try_cast({{ text }} as timestamp),
        -- `09:00:00 +0000`: what stands behind a blank DuckDB takes for the name of a zone; `09:00Z`: behind
        -- minutes it reads no mark at all
        try_cast({{ regex_replace(text, '( *([+]00:?00|Z|UTC|GMT))+$', '') }} as timestamp),
        try_strptime({{ text }}, '%Y%m%dT%H%M%SZ')
    )
{%- endmacro %}

{# True where an ISO time ends in an offset, perhaps with the zone's letters or name behind it:
   09:00 +0100 CET, 09:00:00+01:00[Europe/Berlin]. Cast to timestamp, DuckDB drops an offset silently. Without
   seconds, `09:00-10:00` is rather from nine to ten: only T, a zone's name or the lack of a colon tell it apart,
   and no clock is 15 hours off. #}
{% macro has_utc_offset(text) -%}
    {%- set day, minutes = '^(19|20|21)[0-9]{2}[-/]', ':[0-9]{2} *' -%}
    {%- set hours = '(0[0-9]|1[0-4])' -%}
    {%- set zone = zone_name_pattern() ~ '?' -%}
    (
        {{ regex_matches(text, day ~ '.*:[0-9]{2}:[0-9.]+ *[+-][0-9]{2}(:?[0-9]{2})?' ~ zone ~ '$') }}
        or {{ regex_matches(text, day ~ '.*' ~ minutes ~ '([+]' ~ hours ~ '(:?[0-9]{2})?|-' ~ hours ~ '[0-9]{2})' ~ zone ~ '$') }}
        or {{ regex_matches(text, day ~ '.*' ~ minutes ~ '-' ~ hours ~ '(:?[0-9]{2})?' ~ zone_name_pattern() ~ '$') }}
        or {{ regex_matches(text, day ~ '[^ ]*T[^ ]*' ~ minutes ~ '-' ~ hours ~ '(:?[0-9]{2})?$') }}
    )
{%- endmacro %}

{# How a zone's name stands behind the offset, which says all there is to know. #}
{% macro zone_name_pattern() -%}
    ( [A-Z]{3,5}|\[[A-Za-z/_]+\])
{%- endmacro %}

{% macro offset_text_to_utc(text) -%}
    {{ adapter.dispatch('offset_text_to_utc')(text) }}
{%- endmacro %}

{% macro duckdb__offset_text_to_utc(text) -%}
    coalesce(
        try_cast({{ text }} as timestamptz),
        -- as it is cast: with seconds, without a blank before the offset, nothing behind it
        try_cast({{ regex_replace(
            regex_replace(regex_replace(text, zone_name_pattern() ~ '$', ''), ' +([+-])', '\\1'),
            '([T ][0-9]{1,2}:[0-9]{2})([+-])', '\\1:00\\2'
        ) }} as timestamptz)
    ) at time zone 'UTC'
{%- endmacro %}

{# Clock on the wall of a zone to UTC; `time_zone` is an SQL expression, one zone per row is possible.
   A time that the spring change skips moves on by the change, one that the autumn change repeats is
   taken as the later; both are field problems. #}
{% macro local_to_utc(timestamp, time_zone) -%}
    {%- if time_zone | trim == "'UTC'" -%}
    {{ timestamp }}
    {%- else -%}
    {{ adapter.dispatch('local_to_utc')(timestamp, time_zone) }}
    {%- endif -%}
{%- endmacro %}

{% macro duckdb__local_to_utc(timestamp, time_zone) -%}
    timezone({{ time_zone }}, {{ timestamp }}) at time zone 'UTC'
{%- endmacro %}

{# UTC to the clock on the wall; `time_zone` is an SQL expression. #}
{% macro utc_to_local(timestamp, time_zone) -%}
    {%- if time_zone | trim == "'UTC'" -%}
    {{ timestamp }}
    {%- else -%}
    {{ adapter.dispatch('utc_to_local')(timestamp, time_zone) }}
    {%- endif -%}
{%- endmacro %}

{% macro duckdb__utc_to_local(timestamp, time_zone) -%}
    timezone({{ time_zone }}, ({{ timestamp }}) at time zone 'UTC')
{%- endmacro %}

{# True where a clock change skips or repeats this local time. #}
{% macro is_doubtful_local_time(timestamp, time_zone) -%}
    {%- set utc = local_to_utc(timestamp, time_zone) -%}
    (
        {{ utc_to_local(utc, time_zone) }} <> {{ timestamp }}
        or {{ utc_to_local(utc ~ " - interval '1 hour'", time_zone) }} = {{ timestamp }}
        or {{ utc_to_local(utc ~ " + interval '1 hour'", time_zone) }} = {{ timestamp }}
    )
{%- endmacro %}

{% macro regex_matches(text, pattern) -%}
    regexp_matches({{ text }}, {{ sql_text(pattern) }})
{%- endmacro %}

{% macro regex_extract(text, pattern, group=1) -%}
    regexp_extract({{ text }}, {{ sql_text(pattern) }}, {{ group }})
{%- endmacro %}

{% macro regex_replace(text, pattern, replacement) -%}
    regexp_replace({{ text }}, {{ sql_text(pattern) }}, {{ sql_text(replacement) }}, 'g')
{%- endmacro %}
