{# A text as it is compared with the lists of the lead rules: lower case, no accents, letters and
   digits only, one space between words; null where nothing is left. #}
{% macro comparable_text(text) -%}
    nullif(trim({{ regex_replace(without_accents('lower(' ~ text ~ ')'), '[^\\p{L}\\p{N}]+', ' ') }}), '')
{%- endmacro %}

{# A name with every "n/a" as the word it stands for, then comparable. #}
{% macro comparable_name(text) -%}
    {{ comparable_text(regex_replace('lower(' ~ text ~ ')', '(^|[^\\p{L}])(n[/.]a\\.?[^\\p{L}]*)+($|[^\\p{L}])', ' unknown ')) }}
{%- endmacro %}

{# Whether a text is one key pressed up to three times: a, xx. #}
{% macro is_one_key(text) -%}
    length({{ text }}) <= 3 and replace({{ text }}, left({{ text }}, 1), '') = ''
{%- endmacro %}

{# Whether digits are a telephone number that somebody has: long enough, and not one digit all through. #}
{% macro is_somebodys_number(digits) -%}
    length({{ digits }}) >= 7 and length(replace({{ digits }}, right({{ digits }}, 1), '')) > 0
{%- endmacro %}
