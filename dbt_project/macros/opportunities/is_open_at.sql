{# True where a deal had been created and not been closed at a moment. #}
{% macro is_open_at(deal, moment) -%}
    coalesce({{ deal }}.created_at <= {{ moment }}, false)
    and coalesce({{ deal }}.closed_at > {{ moment }}, true)
{%- endmacro %}
