{# What is DuckDB's own about reading files. #}

{# Content of a text file, none where it does not exist. #}
{% macro read_text_file(path) %}
    {{ return(adapter.dispatch('read_text_file')(path)) }}
{% endmacro %}

{% macro duckdb__read_text_file(path) %}
    {%- set found = run_query('select count(*) from glob(' ~ sql_text(path) ~ ')') -%}
    {%- if found.rows[0][0] == 0 -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return(run_query('select content from read_text(' ~ sql_text(path) ~ ')').rows[0][0]) }}
{% endmacro %}

{# Parquet files as one relation in which the named columns exist, as text, whether or not any file
   has them. `load_ids`: only the rows of these loads; `with_file`: the
   path of each row's file as _landing_file. #}
{% macro read_parquet_files(files, columns, load_ids=none, with_file=false) %}
    {{ return(adapter.dispatch('read_parquet_files')(files, columns, load_ids, with_file)) }}
{% endmacro %}

{% macro duckdb__read_parquet_files(files, columns, load_ids, with_file) %}
    {%- set nulls = [] -%}
    {%- for column in columns -%}
        {%- do nulls.append('cast(null as varchar) as ' ~ adapter.quote(column)) -%}
    {%- endfor -%}
    {%- set paths = [] -%}
    {%- for file in files -%}
        {%- do paths.append(sql_text(file)) -%}
    {%- endfor -%}
    {%- set loads = [] -%}
    {%- for load_id in load_ids or [] -%}
        {%- do loads.append(sql_text(load_id)) -%}
    {%- endfor -%}
    {{ return(
        '(select ' ~ nulls | join(', ') ~ ' where 1 = 0\nunion all by name\n'
        ~ 'select * from read_parquet([' ~ paths | join(', ') ~ '], union_by_name = true' ~ (", filename = '_landing_file'" if with_file else '') ~ ')'
        ~ (' where _dlt_load_id in (' ~ loads | join(', ') ~ ')' if load_ids is not none else '') ~ ')'
    ) }}
{% endmacro %}

{# Union of relations by column name; a column that one lacks is null there. #}
{% macro union_by_name(selects) %}
    {{ return(adapter.dispatch('union_by_name')(selects)) }}
{% endmacro %}

{% macro duckdb__union_by_name(selects) %}
    {{ return(selects | join('\nunion all by name\n')) }}
{% endmacro %}
