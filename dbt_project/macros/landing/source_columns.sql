{# The columns of a landed object as its sources YAML lists them: [{name, data_type, percent_of,
   scale}]. Empty at parse time, when the graph is not there yet. #}
{% macro source_columns(system, object) %}
    {%- set columns = [] -%}
    {%- if execute -%}
        {%- set node = graph.sources['source.' ~ project_name ~ '.' ~ system ~ '.' ~ object] -%}
        {%- for column in node.columns.values() -%}
            {%- do columns.append({
                'name': column.name,
                'data_type': column.data_type or 'text',
                'percent_of': column.meta.get('percent_of'),
                'scale': column.meta.get('scale', 4),
            }) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(columns) }}
{% endmacro %}

{# A record's modification time as SQL, from the columns that the YAML names (`modified`, and
   `modified_else` where that is not exported); none where the object has none. #}
{% macro source_modified_at(system, object) %}
    {%- if not execute -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set meta = graph.sources['source.' ~ project_name ~ '.' ~ system ~ '.' ~ object].config.get('meta', {}) -%}
    {%- set names = [] -%}
    {%- for name in [meta.get('modified'), meta.get('modified_else')] if name -%}
        {%- do names.append(adapter.quote(name)) -%}
    {%- endfor -%}
    {{ return(names | join(', ') if names else none) }}
{% endmacro %}

{# SQL type of a column of the sources YAML. #}
{% macro sql_type(column) %}
    {{ return({
        'text': 'varchar',
        'integer': 'bigint',
        'decimal': 'decimal(18, ' ~ column.scale ~ ')',
        'percent': 'decimal(9, 6)',
        'boolean': 'boolean',
        'date': 'date',
        'timestamp': 'timestamp',
    }[column.data_type]) }}
{% endmacro %}
