{#- Made from the contracts of the published marts, so the documentation cannot fall behind them. -#}
{%- set rows = [] -%}
{%- if execute -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.fqn[1] == 'marts' -%}
        {%- for column in node.columns.values() -%}
            {%- do rows.append({
                'table': node.name,
                'column': column.name,
                'type': column.data_type,
                'unit': column_unit(column.name, column.data_type),
                'description': column.description,
            }) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endif -%}

select
    described.table_name as "table",
    described.column_name as "column",
    described.type,
    described.unit,
    described.description
from (
    values
    {%- for row in rows %}
    (
        {{ sql_text(row.table) }}, {{ sql_text(row.column) }}, {{ sql_text(row.type) }},
        {{ sql_text(row.unit) }}, {{ sql_text(row.description) }}
    ){{ ',' if not loop.last }}
    {%- else %}
        ('', '', '', '', '')
    {%- endfor %}
) as described (table_name, column_name, type, unit, description)
where described.table_name != ''
