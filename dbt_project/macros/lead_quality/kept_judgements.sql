{# Where the leads that earlier builds have judged are (int_lead_judgements, which depends on who asks here, so
   that it cannot be a ref); none where there are none, or all are to be judged anew. #}
{% macro judged_in_the_build_before() -%}
    {%- if not execute or flags.FULL_REFRESH -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return(adapter.get_relation(model.database, model.schema, 'int_lead_judgements')) }}
{%- endmacro %}

{# What decides a judgement beside the lead's words: the code and the packages, as the build's manifest has
   them, the models and lists as dbt reads them just now (for whoever edits a rule and runs dbt by hand; an
   edited macro needs --full-refresh there), and which domains are our own. #}
{% macro lead_rules_version() -%}
    {%- set parts = [build_manifest().get('code', ''), tojson(own_domains())] -%}
    {%- if execute -%}
        {%- for node in graph.get('nodes', {}).values() if node.resource_type in ('model', 'seed') and 'lead_quality' in node.fqn -%}
            {%- do parts.append(node.checksum.checksum) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(local_md5(parts | sort | join(' '))) }}
{%- endmacro %}

{# Since when a value has stood there, where landing cannot say: later than any as_of, which is what
   int_lead_flags then says. So a judgement does not change with as_of. #}
{% macro unknown_since() -%}
    cast('9999-12-31' as timestamp)
{%- endmacro %}

{# Whether a kept table has a column: one that an earlier version of this project made may not, and is then made
   anew. #}
{% macro has_column(relation, name) -%}
    {%- if not execute -%}
        {{ return(false) }}
    {%- endif -%}
    {{ return(name in adapter.get_columns_in_relation(relation) | map(attribute='name') | list) }}
{%- endmacro %}
