{# Fields of a deal that have a history, name to SQL type. #}
{% macro versioned_fields() %}
    {{ return({
        'stage': 'varchar',
        'amount': 'decimal(18, 4)',
        'close_date': 'date',
        'probability': 'decimal(9, 6)',
        'forecast_category': 'varchar',
        'owner_id': 'varchar',
    }) }}
{% endmacro %}
