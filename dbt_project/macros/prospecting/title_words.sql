{# What event_title_rules asks of a title. #}

{# The title as it is compared: ` comparable text `. 1:1 and 1-1 are one word, `1on1`: without their marks they could not
   be told from a day (`Kickoff 1.1.`, `Plan 1/1`) or a number (`1:10`). #}
{% macro title_words(title) -%}
    ' ' || {{ comparable_text(regex_replace(
        title, '(^|[^0-9.,:/–-])1(?: ?: ?|[–-])1($|[^0-9.,:/–-]|[.,:/–-](?:$|[^0-9]))', '\\1 1on1 \\2'
    )) }} || ' '
{%- endmacro %}

{# What such a title has in it where it has a word of the list. A `*` of the word stands for the rest of a longer one. #}
{% macro title_pattern(word) -%}
    replace(replace(' ' || {{ word }} || ' ', ' *', ''), '* ', '')
{%- endmacro %}
