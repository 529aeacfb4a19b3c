{# The columns of a landed object as its sources YAML lists them: [{name, data_type, percent_of,
   scale}]. Empty at parse time, when the graph is not there yet. #}
{% macro source_columns(system, object) %}
    {{ return(columns_of_node(source_node(system, object))) }}
{% endmacro %}

{% macro columns_of_node(node) %}
    {%- set columns = [] -%}
    {%- for column in node.columns -%}
        {%- set meta = column.get('config', {}).get('meta', {}) -%}
        {%- do columns.append({
            'name': column.name,
            'data_type': column.data_type or 'text',
            'percent_of': meta.get('percent_of'),
            'scale': meta.get('scale', 4),
        }) -%}
    {%- endfor -%}
    {{ return(columns) }}
{% endmacro %}

{# A record's modification time as SQL, from the columns that the YAML names (`modified`, and
   `modified_else` where that is not exported); none where the object has none. #}
{% macro modified_at_of_node(node) %}
    {%- set names = [] -%}
    {%- for name in [node.meta.get('modified'), node.meta.get('modified_else')] if name -%}
        {%- do names.append(adapter.quote(name)) -%}
    {%- endfor -%}
    {{ return(names | join(', ') if names else none) }}
{% endmacro %}

{# {columns, meta} of an object. Unit tests have no graph: there the YAML itself is read. #}
{% macro source_node(system, object) %}
    {%- if not execute -%}
        {{ return({'columns': [], 'meta': {}}) }}
    {%- endif -%}
    {%- if graph.sources -%}
        {%- set node = graph.sources['source.' ~ project_name ~ '.' ~ system ~ '.' ~ object] -%}
        {{ return({'columns': node.columns.values() | list, 'meta': node.config.get('meta', {})}) }}
    {%- endif -%}
    {%- set path = [
        invocation_args_dict['project_dir'], 'models', 'staging', system, '_' ~ system ~ '__sources.yml'
    ] | join('/') -%}
    {%- set table = fromyaml(read_text_file(path)).sources[0].tables | selectattr('name', 'equalto', object) | first -%}
    {{ return({'columns': table.columns, 'meta': table.config.meta}) }}
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
        'month': 'date',
        'timestamp': 'timestamp',
    }[column.data_type]) }}
{% endmacro %}
