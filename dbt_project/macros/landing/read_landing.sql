{# One instance's rows of an object as text: the columns of the sources YAML (null where the files
   lack one), trimmed, blank is null, and landing's own columns. The mapping of a csv_mapping
   instance is applied here, so that its rows read like any other system's. #}
{% macro read_landing(system, object, feed) %}
    {%- set own = ['_record_key', '_record_hash', '_change', '_source_file', '_source_row', '_loaded_at'] -%}
    {%- set columns = source_columns(system, object) | map(attribute='name') | list -%}
    {%- set expressions = {} -%}
    {%- set read = [] -%}
    {%- for column in columns -%}
        {%- if system == 'csv_mapping' -%}
            {%- set from_column = feed.mapping.get('columns', {}).get(column) -%}
            {%- do expressions.update({column: mapped_value(column, feed.mapping)}) -%}
            {%- if from_column is not none and from_column not in read -%}
                {%- do read.append(from_column) -%}
            {%- endif -%}
        {%- else -%}
            {%- do expressions.update({column: clean_text(adapter.quote(column))}) -%}
            {%- do read.append(column) -%}
        {%- endif -%}
    {%- endfor -%}
    (
        select
            {%- for column in columns %}
            {{ expressions[column] }} as {{ adapter.quote(column) }},
            {%- endfor %}
            {{ own | join(', ') }}
        from {{ read_parquet_files(feed.files, read) }} as landed
    )
{% endmacro %}

{# A canonical column from its source column, value map and constant, in that order. A constant also
   fills what the source left blank. #}
{% macro mapped_value(column, mapping) %}
    {%- set from_column = mapping.get('columns', {}).get(column) -%}
    {%- set values = mapping.get('values', {}).get(column, {}) -%}
    {%- set constant = mapping.get('constants', {}).get(column) -%}
    {%- set text = clean_text(adapter.quote(from_column)) if from_column is not none else 'cast(null as varchar)' -%}
    {%- if values -%}
        {%- set cases = [] -%}
        {%- for key, value in values.items() -%}
            {%- do cases.append('when ' ~ sql_text(key | string) ~ ' then ' ~ sql_text(value)) -%}
        {%- endfor -%}
        {%- set text = 'case ' ~ text ~ ' ' ~ cases | join(' ') ~ ' else ' ~ text ~ ' end' -%}
    {%- endif -%}
    {%- if constant is not none -%}
        {%- set text = 'coalesce(' ~ text ~ ', ' ~ sql_text(constant) ~ ')' -%}
    {%- endif -%}
    {{ return(text) }}
{% endmacro %}

{# Without white space at its ends (also tabs, line ends, no-break spaces); null where nothing is left. #}
{% macro clean_text(expression) %}
    {{ return('nullif(trim(' ~ expression ~ ", ' \t\r\n\u00a0'), '')") }}
{% endmacro %}
