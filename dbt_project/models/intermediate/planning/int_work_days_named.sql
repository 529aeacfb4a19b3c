-- Grain: text in which a plan names working days, as far as it can be read: the days as `mon tue …`. Names
-- stand alone or at the ends of a range (`Mon-Fri`, `Mo bis Do`), which may run over the end of the week.
{%- set between_days = '( +(bis|to|through|thru|au|à) +|[. ]*[-–—][. ]*)' %}
with texts as (
    select distinct work_days from {{ ref('stg_planning__working_hours') }}
    where work_days is not null
),

ranged as (
    select
        work_days,
        {{ regex_replace('lower(work_days)', between_days, '-') }} as words
    from texts
),

parts as (
    select
        work_days,
        {{ rows_of_words(regex_replace('words', '[^a-z0-9-]+', ' ')) }} as word
    from ranged
),

spans as (
    select
        parts.work_days,
        firsts.day_number as first_day,
        coalesce(lasts.day_number, firsts.day_number) as last_day
    from parts
    inner join {{ ref('weekday_words') }} as firsts on split_part(parts.word, '-', 1) = firsts.word
    left join {{ ref('weekday_words') }} as lasts on split_part(parts.word, '-', 2) = lasts.word
),

weekdays as (
    select {{ rows_of_numbers(7) }} + 1 as day_number
),

days as (
    select distinct
        spans.work_days,
        weekdays.day_number
    from spans
    inner join weekdays
        on
        (spans.first_day <= weekdays.day_number and spans.last_day >= weekdays.day_number)
        or (
            spans.first_day > spans.last_day
            and (spans.first_day <= weekdays.day_number or spans.last_day >= weekdays.day_number)
        )
)

select
    work_days,
    trim(
        {%- for weekday in weekday_names() %}
            max(case when day_number = {{ loop.index }} then '{{ weekday }} ' else '' end)
            {{- ' ||' if not loop.last }}
        {%- endfor %}
    ) as day_names
from days
group by work_days
