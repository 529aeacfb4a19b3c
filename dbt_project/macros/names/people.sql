{# A person's whole name: as given, else put together; null where there is none. #}
{% macro full_name(relation) -%}
    coalesce(
        {{ relation }}.full_name,
        nullif(trim(coalesce({{ relation }}.first_name, '') || ' ' || coalesce({{ relation }}.last_name, '')), '')
    )
{%- endmacro %}

{# A user's whole name: as given, else put together. #}
{% macro user_name(relation) -%}
    coalesce(
        {{ relation }}.user_name,
        nullif(trim(coalesce({{ relation }}.first_name, '') || ' ' || coalesce({{ relation }}.last_name, '')), '')
    )
{%- endmacro %}

{# How a text that refers to a person is compared, on both sides: in lower case, one blank for all white space,
   the address alone of `Ann Archer <ann@acme.io>` and `mailto:ann@acme.io`, `Archer, Ann` as `ann archer`. #}
{% macro person_text(text) -%}
    {%- set plain = 'lower(trim('
        ~ regex_replace(composed_letters(text), '[\\s\\x{00A0}\\x{2007}\\x{202F}]+', ' ') ~ '))' -%}
    case
        when {{ regex_matches(plain, '<(mailto:)?[^<>@ ]+@[^<>@ ]+>') }}
            then {{ regex_extract(plain, '<(?:mailto:)?([^<>@ ]+@[^<>@ ]+)>') }}
        when {{ plain }} like 'mailto:%' then substr({{ plain }}, 8)
        when {{ regex_matches(plain, '^[^,@]+, ?[^,@]+$') }}
            then {{ regex_replace(plain, '^([^,]+), ?([^,]+)$', '\\2 \\1') }}
        else {{ plain }}
    end
{%- endmacro %}

{# Columns of canonical objects that refer to a rep, by id, address or name. #}
{% macro people_columns() %}
    {{ return(['owner_id', 'calendar_owner', 'manager_id', 'created_by_id', 'changed_by_id']) }}
{% endmacro %}

{# A reference to a person; null where it is a word for nobody, as exports and spreadsheets write it into an empty
   owner. Ids are longer than these words, so that few texts are looked at. #}
{% macro somebody(text) -%}
    case
        when length({{ text }}) > 22 or lower(trim({{ text }}, ' ()[]<>#-–—')) not in (
            '', 'unassigned', 'not assigned', 'no owner', 'unowned', 'nobody', 'no one', 'none', 'n/a', 'null',
            'nicht zugewiesen', 'nicht zugeordnet', 'kein', 'keiner', 'niemand', 'ohne',
            'non assigné', 'non attribué', 'aucun', 'sin asignar', 'sin propietario', 'ninguno',
            'non assegnato', 'nessuno', 'não atribuído', 'nenhum', 'niet toegewezen'
        ) then {{ text }}
    end
{%- endmacro %}
