{# A list of the build manifest as a relation, `(select …)`, typed also where the list is empty:
   `select * from {{ build_values('stages') }}`. #}
{% macro build_values(name) %}
    {%- set columns = build_value_columns()[name] -%}
    {%- set rows = build_manifest().get(name, []) if execute else [] -%}
    {{ return(values_relation(columns, rows)) }}
{% endmacro %}

{# Columns and types of the manifest's lists. #}
{% macro build_value_columns() %}
    {{ return({
        'sources': {
            'name': 'varchar', 'system': 'varchar', 'time_zone': 'varchar', 'currency': 'varchar',
            'required': 'boolean', 'max_staleness_days': 'decimal(12, 2)', 'is_stale': 'boolean',
            'last_ingest_at': 'timestamp', 'fake_share_allowance': 'decimal(9, 6)', 'allowance_reason': 'varchar',
        },
        'stages': {
            'source_instance': 'varchar', 'pipeline_id': 'varchar', 'stage': 'varchar',
            'stage_order': 'integer', 'outcome': 'varchar', 'default_probability': 'decimal(9, 6)',
        },
        'lead_statuses': {'source_instance': 'varchar', 'status': 'varchar', 'status_group': 'varchar'},
        'loss_reasons': {'source_instance': 'varchar', 'loss_reason': 'varchar', 'outcome': 'varchar'},
        'lead_exemptions': {
            'source_instance': 'varchar', 'lead_id': 'varchar', 'domain': 'varchar', 'rule': 'varchar',
            'reason': 'varchar', 'until': 'date',
        },
        'loads': {
            'source_instance': 'varchar', 'system': 'varchar', 'object': 'varchar', 'read_count': 'bigint',
            'unchanged_count': 'bigint', 'extracted_count': 'bigint', 'landed_count': 'bigint',
            'rejected_count': 'bigint', 'deleted_count': 'bigint', 'loaded_at': 'timestamp',
        },
        'publications': {
            'build_id': 'varchar', 'known_at': 'timestamp', 'published_at': 'timestamp', 'fake_shares': 'varchar',
        },
    }) }}
{% endmacro %}

{# Dictionaries as a relation with the given columns; nested values become JSON text. #}
{% macro values_relation(columns, rows) %}
    {%- set selects = [] -%}
    {%- for row in rows -%}
        {%- set values = [] -%}
        {%- for column, type in columns.items() -%}
            {%- do values.append('cast(' ~ sql_text(row.get(column)) ~ ' as ' ~ type ~ ') as ' ~ column) -%}
        {%- endfor -%}
        {%- do selects.append('select ' ~ values | join(', ')) -%}
    {%- endfor -%}
    {%- if not rows -%}
        {%- set values = [] -%}
        {%- for column, type in columns.items() -%}
            {%- do values.append('cast(null as ' ~ type ~ ') as ' ~ column) -%}
        {%- endfor -%}
        {%- do selects.append('select ' ~ values | join(', ') ~ ' where 1 = 0') -%}
    {%- endif -%}
    {{ return('(' ~ selects | join('\nunion all\n') ~ ')') }}
{% endmacro %}

{# A value as an SQL text literal, null for none. #}
{% macro sql_text(value) %}
    {%- if value is none -%}
        {{ return('null') }}
    {%- elif value is mapping or (value is iterable and value is not string) -%}
        {%- set value = tojson(value) -%}
    {%- endif -%}
    {{ return("'" ~ (value | string | replace("'", "''")) ~ "'") }}
{% endmacro %}
