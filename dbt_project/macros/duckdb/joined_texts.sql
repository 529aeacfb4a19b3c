{# Texts of a group as one, parted by commas, in the order of a number, then a larger number first, then the text.
   An ordered string_agg sorts every group by itself: 5 of the 8 seconds that the verdicts of a million leads took. #}
{% macro joined_texts(text, place, weight) -%}
    {{ adapter.dispatch('joined_texts')(text, place, weight) }}
{%- endmacro %}

{% macro default__joined_texts(text, place, weight) -%}
    {{ dbt.listagg(text, "', '", 'order by ' ~ place ~ ', ' ~ weight ~ ' desc, ' ~ text) }}
{%- endmacro %}

{% macro duckdb__joined_texts(text, place, weight) -%}
    array_to_string(list_transform(
        list_sort(list(struct_pack(place := {{ place }}, weight := -{{ weight }}, said := {{ text }}))),
        lambda one: one.said
    ), ', ')
{%- endmacro %}
