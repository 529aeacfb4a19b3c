{# The two clocks and the reporting settings as SQL literals. No model calls the machine's clock.
   Without a manifest both clocks stand at 2000-01-01 00:00 UTC, a moment no data is about. #}

{# Business time: the moment the marts speak of (UTC timestamp). #}
{% macro as_of() -%}
    cast('{{ build_manifest().get('as_of', '2000-01-01 00:00:00') }}' as timestamp)
{%- endmacro %}

{# The moment of knowledge: loads after it were not read (UTC timestamp). #}
{% macro known_at() -%}
    cast('{{ build_manifest().get('known_at', '2000-01-01 00:00:00') }}' as timestamp)
{%- endmacro %}

{# Zone in which days, weeks, months and quarters begin (text literal). #}
{% macro reporting_time_zone() -%}
    '{{ build_manifest().get('reporting', {}).get('time_zone', 'UTC') }}'
{%- endmacro %}

{# ISO 4217 code that all money is converted to (text literal). #}
{% macro reporting_currency() -%}
    '{{ build_manifest().get('reporting', {}).get('currency', 'EUR') }}'
{%- endmacro %}

{# First month of the fiscal year, 1 to 12 (integer literal). #}
{% macro fiscal_year_start_month() -%}
    {{ build_manifest().get('reporting', {}).get('fiscal_year_start_month', 1) }}
{%- endmacro %}

{# employees, revenue, industry or none (text literal). #}
{% macro segment_by() -%}
    '{{ build_manifest().get('reporting', {}).get('segment_by', 'none') or 'none' }}'
{%- endmacro %}

{# Upper bounds of the segment bands, ascending, as a Jinja list of numbers. #}
{% macro segment_bands() %}
    {{ return(build_manifest().get('reporting', {}).get('segment_bands', []) or []) }}
{% endmacro %}

{# Own mail domains, lower case, as a Jinja list. #}
{% macro own_domains() %}
    {{ return(build_manifest().get('reporting', {}).get('own_domains', []) | map('lower') | list) }}
{% endmacro %}

{# Smallest n for which a quantile is shown (integer literal). #}
{% macro min_n() -%}
    {{ build_manifest().get('reporting', {}).get('min_n', 5) }}
{%- endmacro %}
