{# Fields of a deal that have a history, name to SQL type. #}
{% macro versioned_fields() %}
    {{ return({
        'stage': 'varchar',
        'amount': 'decimal(18, 4)',
        'close_date': 'date',
        'probability': 'decimal(9, 6)',
        'forecast_category': 'varchar',
        'owner_id': 'varchar',
        'status': 'varchar',
    }) }}
{% endmacro %}

{# The versioned field that a CRM's name of a field means, null for any other field. #}
{% macro versioned_field(name) -%}
    case replace(replace(lower({{ name }}), '_', ''), ' ', '')
        when 'stage' then 'stage'
        when 'stagename' then 'stage'
        when 'dealstage' then 'stage'
        when 'amount' then 'amount'
        when 'closedate' then 'close_date'
        when 'closingdate' then 'close_date'
        when 'probability' then 'probability'
        when 'forecastcategory' then 'forecast_category'
        when 'forecastcategoryname' then 'forecast_category'
        when 'owner' then 'owner_id'
        when 'ownerid' then 'owner_id'
        when 'hubspotownerid' then 'owner_id'
        when 'status' then 'status'
    end
{%- endmacro %}
