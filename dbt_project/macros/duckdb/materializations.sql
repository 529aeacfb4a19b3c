{#
  Tables and views are made and take the place of the former ones in one transaction: whoever reads sees the former
  until the commit, and a model that fails leaves it there. dbt-duckdb also moves the former away under another name
  and drops it afterwards, which takes up to five statements and one commit more per model and, as each renaming and
  each dropping through the adapter gathers all of dbt's macros anew, a sixth of the threads' time
  (docs/performance.md).
  Not here, as nothing in this project has them: indexes, foreign keys, grants, comments in the database, DuckLake.
#}

{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set target = this.incorporate(type='table') -%}
    {#- under another name first: a model may read what the build before made of it (int_field_problems), and what
        a Python model returns is written by a connection of its own, which does not see this transaction -#}
    {%- set written = make_intermediate_relation(target) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {% if load_cached_relation(written) is not none %}{% do run_query('drop table if exists ' ~ written) %}{% endif %}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main', language=model['language']) -%}
        {{ create_table_as(False, written, compiled_code, model['language']) }}
    {%- endcall %}
    {% do drop_former(load_cached_relation(this), 'table') %}
    {% call statement('name') -%}
        alter table {{ written }} rename to {{ adapter.quote(target.identifier) }}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{% materialization view, adapter='duckdb' %}
    {%- set target = this.incorporate(type='view') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% do drop_former(load_cached_relation(this), 'view') %}
    {% call statement('main') -%}
        {{ get_create_view_as_sql(target, sql) }}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{# Drop what bears the model's name, inside the transaction; dbt is told where it was of another type. #}
{% macro drop_former(relation, type) %}
    {% if relation is not none and relation.type == type %}
        {% call statement('drop_former') -%}
            drop {{ type }} if exists {{ relation }}
        {%- endcall %}
    {% elif relation is not none %}
        {% do adapter.drop_relation(relation) %}
    {% endif %}
{% endmacro %}


{# Where an incremental model's new rows wait. What a Python model returns is written by another connection, so
   that it cannot be a temporary table; dbt-duckdb takes it for one and leaves it in `main`, one more with every
   build. Under this name the materialization drops it at its end, and at its start after a build that was killed. #}
{% macro duckdb__dispatch_temporary_relation(target_relation, batch_id='') %}
    {% if model['language'] == 'python' %}
        {{ return({'relation': make_intermediate_relation(target_relation), 'temporary': false}) }}
    {% endif %}
    {{ return({'relation': make_temp_relation(target_relation), 'temporary': true}) }}
{% endmacro %}
