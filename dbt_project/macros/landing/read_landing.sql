{# One instance's rows of an object as text: the given columns of the sources YAML (null where the files
   lack one), trimmed, blank is null, and landing's own columns. The mapping of a csv_mapping
   instance is applied here, so that its rows read like any other system's. `with_file`: also
   _landing_file, the path of the file. #}
{% macro read_landing(system, columns, feed, with_file=false) %}
    {%- set own = ['_record_key', '_record_hash', '_change', '_source_file', '_source_row', '_loaded_at'] -%}
    {%- set columns = columns | map(attribute='name') | list -%}
    {%- set expressions = {} -%}
    {%- set read = [] -%}
    {%- for column in columns -%}
        {%- if system == 'csv_mapping' -%}
            {%- do expressions.update({column: mapped_value(column, feed.mapping)}) -%}
            {%- for from_column in mapped_columns(column, feed.mapping) if from_column not in read -%}
                {%- do read.append(from_column) -%}
            {%- endfor -%}
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
            {{ own | join(', ') }}{{ ', _landing_file' if with_file }}
        from {{ landed_rows(feed, read, with_file) }} as landed
    )
{% endmacro %}

{# The rows as they landed, in which the named columns exist. #}
{% macro landed_rows(feed, columns, with_file=false) %}
    {%- if feed.fixture is none -%}
        {{ return(read_parquet_files(feed.files, columns, feed.load_ids, with_file)) }}
    {%- endif -%}
    {%- set own = {'_record_key': 'varchar', '_record_hash': 'varchar', '_change': 'varchar', '_source_file': 'varchar',
        '_source_row': 'bigint', '_loaded_at': 'timestamp'} -%}
    {%- set nulls = [] -%}
    {%- for column in columns -%}
        {%- do nulls.append('cast(null as varchar) as ' ~ adapter.quote(column)) -%}
    {%- endfor -%}
    {%- for column, type in own.items() -%}
        {%- do nulls.append('cast(null as ' ~ type ~ ') as ' ~ column) -%}
    {%- endfor -%}
    {%- set rows = 'select * from ' ~ feed.fixture ~ ' where _source_instance = ' ~ sql_text(feed.source_instance) -%}
    {{ return('(' ~ union_by_name(['select ' ~ nulls | join(', ') ~ ' where 1 = 0', rows]) ~ ')') }}
{% endmacro %}

{# The source columns that fill a canonical one, the first that holds something; empty where it is not mapped. #}
{% macro mapped_columns(column, mapping) %}
    {%- set columns = mapping.get('columns', {}).get(column, []) -%}
    {{ return([columns] if columns is string else columns) }}
{% endmacro %}

{# A canonical column from its source columns, value map and constant, in that order. Values are mapped as they
   are spelled, else whatever their case. A constant also fills what the source left blank. #}
{% macro mapped_value(column, mapping) %}
    {%- set texts = [] -%}
    {%- for from_column in mapped_columns(column, mapping) -%}
        {%- do texts.append(clean_text(adapter.quote(from_column))) -%}
    {%- endfor -%}
    {%- set values = mapping.get('values', {}).get(column, {}) -%}
    {%- set constant = mapping.get('constants', {}).get(column) -%}
    {%- set text = 'cast(null as varchar)' if not texts else texts[0] if texts | length == 1
        else 'coalesce(' ~ texts | join(', ') ~ ')' -%}
    {%- if values -%}
        {%- set exact, folded = [], [] -%}
        {%- for key, value in values.items() -%}
            {%- do exact.append('when ' ~ sql_text(key | string) ~ ' then ' ~ sql_text(value)) -%}
            {%- do folded.append('when ' ~ sql_text(key | string | lower) ~ ' then ' ~ sql_text(value)) -%}
        {%- endfor -%}
        {%- set text = 'coalesce(case ' ~ text ~ ' ' ~ exact | join(' ') ~ ' end, case lower(' ~ text ~ ') '
            ~ folded | join(' ') ~ ' end, ' ~ text ~ ')' -%}
    {%- endif -%}
    {%- if constant is not none -%}
        {%- set text = 'coalesce(' ~ text ~ ', ' ~ sql_text(constant) ~ ')' -%}
    {%- endif -%}
    {{ return(text) }}
{% endmacro %}

{# Without white space at its ends (also tabs, line ends, no-break spaces); null where nothing is left. Hardly any
   value has some: to look first takes half the time of trimming each. #}
{% macro clean_text(expression) %}
    {%- set blanks = ' \t\r\n\u00a0' -%}
    {%- set has_blanks = regex_matches(expression, '^[' ~ blanks ~ ']|[' ~ blanks ~ ']$') -%}
    {{ return(
        'nullif(case when ' ~ has_blanks ~ ' then trim(' ~ expression ~ ", '" ~ blanks ~ "') else " ~ expression
        ~ " end, '')"
    ) }}
{% endmacro %}
