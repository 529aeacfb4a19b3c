{# Changes of fields without the second row of a change of owner: it stands twice, by name and by id, and names
   change and are shared. `parent`: the column with the record's id. #}
{% macro salesforce_changes(relation, parent) -%}
    {%- set is_id = regex_matches('coalesce("NewValue", "OldValue")', '^(005|00G)[A-Za-z0-9]{12}([A-Za-z0-9]{3})?$') -%}
    select
        *,
        "Field" = 'Owner' and not {{ is_id }} as _is_named_owner,
        max(case when "Field" = 'Owner' and {{ is_id }} then 1 else 0 end) over (
            partition by _source_instance, {{ adapter.quote(parent) }}, "CreatedDate"
        ) = 1 as _has_owner_id
    from {{ relation }}
    qualify not (coalesce(_is_named_owner, false) and _has_owner_id)
{%- endmacro %}
