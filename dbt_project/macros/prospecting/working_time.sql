{# A rep's working time up to a moment. `span` is the alias of the row of int_rep_working_spans that began last:
       asof left join {{ ref('int_rep_working_spans') }} as span
           on records.rep_id = span.rep_id and records.moment >= span.starts_at
   The working time between two moments is the difference of two of these: no join on ranges, and as cheap for
   a minute as for a year. #}

{# Seconds of working time from the first span to the moment; null where the rep or the moment is not known:
   `asof` may find a span for no moment, and `least` passes over null. #}
{% macro working_seconds_at(moment, span) -%}
    case
        when {{ moment }} is not null
            then
                {{ span }}.seconds_before
                + least({{ dbt.datediff(span ~ '.starts_at', moment, 'second') }}, {{ span }}.seconds)
    end
{%- endmacro %}

{# Minutes of working time between two moments, each with its span; negative where the end is the earlier. #}
{% macro working_minutes_between(start_at, start_span, end_at, end_span) -%}
    (
        {{ working_seconds_at(end_at, end_span) }}
        - ({{ working_seconds_at(start_at, start_span) }})
    ) / 60.0
{%- endmacro %}

{# Days of the week as planning names them, Monday first. #}
{% macro weekday_names() %}
    {{ return(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']) }}
{% endmacro %}

{# Whether something took at most so many business hours: null where that is unknown (`has_touches`, or
   `is_doubtful`: something earlier may have been it) or the hours are not over yet (`<minutes>_so_far`). #}
{% macro is_within_hours(minutes, hours) -%}
    case
        when not has_touches then null
        when {{ minutes }} <= {{ hours * 60 }} then true
        when is_doubtful then null
        when {{ minutes }}_so_far > {{ hours * 60 }} then false
    end
{%- endmacro %}
