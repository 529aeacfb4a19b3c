{# What is DuckDB's own about taking JSON and lists apart. Text that is no JSON gives no rows and null. #}

{# One row per element of a JSON array, in a select list. #}
{% macro rows_of_json(text) -%}
    {{ adapter.dispatch('rows_of_json')(text) }}
{%- endmacro %}

{% macro duckdb__rows_of_json(text) -%}
    unnest(try_cast(try_cast({{ text }} as json) as json[]))
{%- endmacro %}

{# The value at a path (`metadata.isClosed`, `[0].value`) of a JSON text, as text. #}
{% macro json_text(json, path) -%}
    {{ adapter.dispatch('json_text')(json, path) }}
{%- endmacro %}

{% macro duckdb__json_text(json, path) -%}
    json_extract_string(try_cast({{ json }} as json), '${{ '' if path.startswith('[') else '.' }}{{ path }}')
{%- endmacro %}

{# One row per part of a list in a text, in a select list. #}
{% macro rows_of_list(text, separator) -%}
    {{ adapter.dispatch('rows_of_list')(text, separator) }}
{%- endmacro %}

{% macro duckdb__rows_of_list(text, separator) -%}
    unnest(string_split({{ text }}, {{ sql_text(separator) }}))
{%- endmacro %}

{# Milliseconds since 1970 as text, or ISO text, to a UTC timestamp. #}
{% macro parse_milliseconds(text) -%}
    case
        when {{ regex_matches(text, '^[0-9]{12,13}$') }} then {{ milliseconds_to_utc(text) }}
        else {{ parse_timestamp(text) }}
    end
{%- endmacro %}

{% macro milliseconds_to_utc(text) -%}
    {{ adapter.dispatch('milliseconds_to_utc')(text) }}
{%- endmacro %}

{% macro duckdb__milliseconds_to_utc(text) -%}
    make_timestamp(try_cast({{ text }} as bigint) * 1000)
{%- endmacro %}

{# One row per key of a JSON object, in a select list. #}
{% macro rows_of_json_keys(text) -%}
    {{ adapter.dispatch('rows_of_json_keys')(text) }}
{%- endmacro %}

{% macro duckdb__rows_of_json_keys(text) -%}
    unnest(json_keys({{ text }}))
{%- endmacro %}

{# Whether a value is what a JSON object has under a key, or one of the list there; true without that key. #}
{% macro json_has(text, key, value) -%}
    {{ adapter.dispatch('json_has')(text, key, value) }}
{%- endmacro %}

{% macro duckdb__json_has(text, key, value) -%}
    case
        when json_extract({{ text }}, '$.{{ key }}') is null then true
        else coalesce(json_contains(json_extract({{ text }}, '$.{{ key }}'), to_json({{ value }})), false)
    end
{%- endmacro %}
