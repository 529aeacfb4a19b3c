{# The day that is promised, by a rule of promise_due_words, from the day of the promise. #}
{% macro promised_day(promised_on, due_rule, number) -%}
    cast(
        {{ promised_on }} + case {{ due_rule }}
            when 'weekday' then (({{ number }} - cast(extract(isodow from {{ promised_on }}) as integer) + 6) % 7) + 1
            when 'weekday_or_today' then ({{ number }} - cast(extract(isodow from {{ promised_on }}) as integer) + 7) % 7
            else {{ number }}
        end as date
    )
{%- endmacro %}

{# The day that is written out in comparable text (`by 2026 03 05`, `bis 05 03 2026`), null where none is. #}
{% macro written_day(words) -%}
    coalesce(
        {{ try_cast_to(
            "nullif(" ~ regex_replace(
                regex_extract(words, '(?:by|on|until|bis|am|zum) (20[0-9]{2} [01][0-9] [0-3][0-9]) '), ' ', '-'
            ) ~ ", '')", 'date'
        ) }},
        {{ try_cast_to(
            "nullif(" ~ regex_replace(
                regex_extract(words, '(?:bis|am|zum) ([0-3]?[0-9] [01]?[0-9] 20[0-9]{2}) '),
                '^([0-9]+) ([0-9]+) ([0-9]+)$', '\\3-\\2-\\1'
            ) ~ ", '')", 'date'
        ) }}
    )
{%- endmacro %}
