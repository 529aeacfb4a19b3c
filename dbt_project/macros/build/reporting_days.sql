{# Days of the reporting zone. #}

{# The day on which a moment (UTC timestamp) falls in the reporting zone. #}
{% macro reporting_date(timestamp) -%}
    cast({{ utc_to_local(timestamp, reporting_time_zone()) }} as date)
{%- endmacro %}

{# The moment (UTC timestamp) at which a day begins in the reporting zone. #}
{% macro reporting_day_start(day) -%}
    {{ local_to_utc('cast(' ~ day ~ ' as timestamp)', reporting_time_zone()) }}
{%- endmacro %}

{# The day of as_of in the reporting zone: today, as the marts speak of it. #}
{% macro as_of_date() -%}
    {{ reporting_date(as_of()) }}
{%- endmacro %}
