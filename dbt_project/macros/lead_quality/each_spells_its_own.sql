{# Whether the mailboxes of two sides (l, r) each spell the own name of the kind, and not the other's. #}
{% macro each_spells_its_own(name) -%}
    (
        length({{ name }}_l) >= 3 and length({{ name }}_r) >= 3
        {%- for own, other in [('l', 'r'), ('r', 'l')] %}
            and strpos(local_part_{{ own }}, replace({{ name }}_{{ own }}, ' ', '')) > 0
            and strpos(local_part_{{ own }}, replace({{ name }}_{{ other }}, ' ', '')) = 0
        {%- endfor %}
    )
{%- endmacro %}
