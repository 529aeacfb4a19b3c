{# A csv_mapping object: its columns bear the canonical names already, so staging makes the ids unique
   over all instances. References to people stay as they are: they may be names. `relation`:
   landing_latest or landing_versions of the object. #}
{% macro stage_mapped(object, relation, with_versions=false) %}
    {%- set people = ['owner_id', 'created_by_id', 'changed_by_id', 'manager_id'] -%}
    {%- set columns = [] -%}
    {%- set names = source_columns('csv_mapping', object) | map(attribute='name') | list -%}
    {%- for name in names -%}
        {%- if name.endswith('_id') and name not in people -%}
            {%- do columns.append(record_id('_source_instance', name) ~ ' as ' ~ name) -%}
        {%- else -%}
            {%- do columns.append(name) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if with_versions -%}
        {%- do columns.extend(['_is_latest as is_latest', '_is_deleted as is_deleted']) -%}
    {%- endif -%}
    {%- if 'changed_at' not in names -%}
        {%- do columns.append('_changed_at as changed_at') -%}
    {%- endif -%}
select
    {{ columns | join(',\n    ') }},
    _source_system as source_system,
    _source_instance as source_instance,
    _loaded_at as loaded_at
from {{ relation }}
{%- endmacro %}
