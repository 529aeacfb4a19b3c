{# One canonical object over all enabled systems: the columns and types of the csv_mapping object
   (plus where each record came from), then the rows of every enabled `stg_<system>__…` model.
   A staging model may lack columns; an empty project gives a typed empty relation.
   `extra`: further columns that these staging models carry, name to SQL type. #}
{% macro union_systems(object, models, extra={}) %}
    {%- set selects = [] -%}
    {%- for model in models if is_enabled(model.split('__')[0] | replace('stg_', '', 1)) -%}
        {%- do selects.append('select * from ' ~ ref(model)) -%}
    {%- endfor -%}
    {%- set columns = canonical_columns(object, extra) -%}
    {%- set nulls = [] -%}
    {%- set casts = [] -%}
    {%- for column, type in columns.items() -%}
        {%- do nulls.append('cast(null as ' ~ type ~ ') as ' ~ column) -%}
        {%- set value = somebody(column) if column in people_columns() else column -%}
        {%- do casts.append('cast(' ~ value ~ ' as ' ~ type ~ ') as ' ~ column) -%}
    {%- endfor -%}
    select
        {{ casts | join(',\n        ') }}
    from (
        {{ union_by_name(['select ' ~ nulls | join(', ') ~ ' where 1 = 0'] + selects) }}
    ) as every_system
{% endmacro %}

{# A system is on unless the var `systems` leaves it out (as in dbt_project.yml). #}
{% macro is_enabled(system) %}
    {{ return(system in var('systems', [system])) }}
{% endmacro %}

{# Columns of a canonical object, name to SQL type, with those that say where a record came from. #}
{% macro canonical_columns(object, extra={}) %}
    {%- set columns = {'source_system': 'varchar', 'source_instance': 'varchar'} -%}
    {%- for column in source_columns('csv_mapping', object) -%}
        {%- do columns.update({column.name: sql_type(column)}) -%}
    {%- endfor -%}
    {%- do columns.update(extra) -%}
    {%- do columns.update({'changed_at': 'timestamp', 'loaded_at': 'timestamp'}) -%}
    {{ return(columns) }}
{% endmacro %}
