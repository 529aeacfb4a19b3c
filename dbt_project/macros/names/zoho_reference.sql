{# A reference to a record in Zoho's export, by the first of some columns that is filled; 0 is nobody. #}
{% macro zoho_reference(columns) -%}
    {%- set columns = [columns] if columns is string else columns -%}
    {%- set native_id = 'coalesce(' ~ columns | join(', ') ~ ')' if columns | length > 1 else columns[0] -%}
    {{ record_id('_source_instance', 'nullif(' ~ native_id ~ ", '0')") }}
{%- endmacro %}

{# The id of a user as the list of users has it: without the `zcrm_` that stands before it everywhere else. #}
{% macro zoho_user(column) -%}
    {{ regex_replace(column, '^zcrm_', '') }}
{%- endmacro %}

{# Rows with what they are related to: `related_id` and `related_kind`. "Related To.id" may name a record of
   any module: ids are unique over all. #}
{% macro zoho_with_related(relation) -%}
    select
        {{ relation }}.*,
        related.id as related_id,
        related.kind as related_kind
    from {{ relation }}
    left join related on {{ relation }}._source_instance || ':' || {{ relation }}."Related To.id" = related.id
{%- endmacro %}

{# Records of all modules that others may be related to, as `id` and `kind`. #}
{% macro zoho_records() -%}
    select lead_id as id, 'lead' as kind from {{ ref('stg_zoho__lead_snapshots') }} where is_latest
    union all
    select contact_id as id, 'contact' as kind from {{ ref('stg_zoho__contacts') }}
    union all
    select account_id as id, 'account' as kind from {{ ref('stg_zoho__accounts') }}
    union all
    select opportunity_id as id, 'opportunity' as kind from {{ ref('stg_zoho__opportunities') }}
{%- endmacro %}

{# Whom an activity is about, of a kind: by a column of its own, else by what it is related to. #}
{% macro zoho_party(kind, columns=()) -%}
    {%- set related -%} case when related_kind = '{{ kind }}' then related_id end {%- endset -%}
    {{ 'coalesce(' ~ zoho_reference(columns) ~ ', ' ~ related ~ ')' if columns else related }}
{%- endmacro %}
