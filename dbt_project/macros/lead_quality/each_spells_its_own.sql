{# Whether the mailboxes of two sides (l, r) each spell the own name of the kind, and not the other's. Where one name
   begins like the other (Minjun, Minjung) the words of the mailboxes tell. #}
{% macro each_spells_its_own(name) -%}
    (
        {{ name }}_l <> {{ name }}_r and length({{ name }}_l) >= 3 and length({{ name }}_r) >= 3
        and (
            {%- for own, other in [('l', 'r'), ('r', 'l')] %}
                {{ 'and ' if not loop.first }}(
                    (
                        strpos(local_part_{{ own }}, replace({{ name }}_{{ own }}, ' ', '')) > 0
                        and strpos(local_part_{{ own }}, replace({{ name }}_{{ other }}, ' ', '')) = 0
                    )
                    or (
                        strpos({{ name }}_{{ own }}, {{ name }}_{{ other }}) = 1
                        and strpos(
                            '.' || translate(local_part_{{ own }}, '_-', '..') || '.', '.' || {{ name }}_{{ own }} || '.'
                        ) > 0
                    )
                )
            {%- endfor %}
        )
    )
{%- endmacro %}
