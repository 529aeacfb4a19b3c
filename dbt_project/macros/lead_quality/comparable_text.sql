{# A text as it is compared with the lists of the lead rules: lower case, no accents, letters and
   digits only, one space between words; null where nothing is left. In the scripts of India and its neighbours
   to the east, Thailand to Cambodia, marks are vowels and no accents (राम and रमा are two names): they stay. #}
{% macro comparable_text(text) -%}
    {%- set with_vowel_marks = '[\\x{0900}-\\x{0EFF}\\x{1000}-\\x{109F}\\x{1780}-\\x{17FF}]' -%}
    nullif(trim({{ regex_replace(
        'case when ' ~ regex_matches(text, with_vowel_marks) ~ ' then lower(' ~ text ~ ') else '
        ~ without_accents('lower(' ~ text ~ ')') ~ ' end',
        '[^\\p{L}\\p{M}\\p{N}]+', ' '
    ) }}), '')
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

{# What two ways of writing a number share, from its digits: the last nine of them, without the calling code of a
   country where numbers are shorter (+47 35 52 11 80 is 35 52 11 80) and without the zero dialled before them. #}
{% macro telephone_line(digits, is_international) -%}
    {%- set calling_codes = '^(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[2-9][0-9]{2})' -%}
    case
        when {{ is_international }} and length(ltrim({{ digits }}, '0')) <= 11
            then right(ltrim({{ regex_replace("ltrim(" ~ digits ~ ", '0')", calling_codes, '') }}, '0'), 9)
        when length({{ digits }}) <= 9 then ltrim({{ digits }}, '0')
        else right({{ digits }}, 9)
    end
{%- endmacro %}

{# Whether a telephone number, as typed, begins with the calling code of its country. #}
{% macro is_international_number(number) -%}
    (ltrim({{ number }}, ' (') like '+%' or ltrim({{ number }}, ' (') like '00%')
{%- endmacro %}
