{# A comparable text with the letters that are no accents written as Latin pairs: the alphabet of
   `name_character_weights`. Other scripts stay as they are, and are not judged. #}
{% macro latin_letters(text) -%}
    translate(
        replace(replace(replace(replace({{ text }}, 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
        'øłđðı', 'olddi'
    )
{%- endmacro %}

{# A name in Latin letters as one spelling stands for: Böhm, Boehm and Bohm, Åse and Aase, Søren and Soeren alike. #}
{% macro one_spelling(text) -%}
    replace(replace(replace(replace({{ text }}, 'ae', 'a'), 'oe', 'o'), 'ue', 'u'), 'aa', 'a')
{%- endmacro %}
