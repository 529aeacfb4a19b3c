{# The unit of a published column, by the naming grammar (`_days`, `_share`, `_amount`, …); none for
   ids, texts and flags. #}
{% macro column_unit(name, data_type) %}
    {%- set endings = {
        '_count': 'count', '_days': 'days', '_hours': 'hours', '_minutes': 'minutes', '_percent': 'percent',
        '_rate': 'share, 0 to 1', '_share': 'share, 0 to 1', '_ratio': 'ratio', '_score': 'share, 0 to 1',
        '_amount_native': 'currency of the record', '_amount': 'reporting currency',
    } -%}
    {%- set names = {
        'amount': 'reporting currency', 'amount_native': 'currency of the record', 'annual_revenue': 'reporting currency',
        'amount_at_entry': 'reporting currency', 'probability': 'share, 0 to 1', 'default_probability': 'share, 0 to 1',
        'weight': 'share, 0 to 1', 'touches': 'count', 'attempts': 'count', 'employees': 'count', 'days_in_stage': 'days',
        'days_pushed': 'days', 'working_hours_per_week': 'hours', 'external_attendees': 'count', 'leads': 'count',
        'blocks_reserved': 'count', 'blocks_used': 'count', 'max_staleness_days': 'days',
    } -%}
    {%- if name in names -%}
        {{ return(names[name]) }}
    {%- endif -%}
    {%- for ending, unit in endings.items() if name.endswith(ending) -%}
        {{ return(unit) }}
    {%- endfor -%}
    {%- if data_type == 'timestamp' -%}
        {{ return('UTC') }}
    {%- elif data_type == 'date' -%}
        {{ return('day') }}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}
