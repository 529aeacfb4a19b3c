-- Grain: text in which a plan names working days and which is understood as a whole: the days as
-- `mon tue …`. Names stand alone or at the ends of a range (`Mon-Fri`, `Mo. bis Do.`), which may
-- run over the end of the week. Every word is a day of one language, else half a week would be
-- taken for the plan; where two languages read the text differently (`ma`: French for Tuesday,
-- Dutch for Monday) it is not understood. A number alone is rather how many days (`5`) than which.
{%- set from_words = '^(from|von|vom|van|du|de|dal|dalla) +' %}
{%- set between_days =
    '[. ]+(bis|to|through|thru|until|till|au|a|al|hasta|ate|tot|t/m|tm)[. ]+|[. ]*[-–—][. ]*'
%}
{%- set and_words = '[ ,]+(and|und|et|y|e|en)[ ]+' %}
with texts as (
    select distinct work_days from {{ ref('stg_planning__working_hours') }}
    where work_days is not null
),

plain as (
    select
        work_days,
        -- segunda-feira: what the days of work have behind their number
        {{ regex_replace(
            regex_replace(without_accents('lower(work_days)'), '[- ]feiras?', ''), from_words, ''
        ) }} as words
    from texts
),

ranged as (
    select
        work_days,
        {{ regex_replace(regex_replace('words', between_days, '-'), and_words, ' ') }} as words
    from plain
),

parts as (
    select
        work_days,
        {{ rows_of_words('trim(' ~ regex_replace('words', '[^a-z0-9-]+', ' ') ~ ')') }} as word
    from ranged
),

ends as (
    select
        work_days,
        {{ dbt.split_part('word', "'-'", 1) }} as first_word,
        case
            when {{ regex_matches('word', '^[^-]+$') }} then word
            when {{ regex_matches('word', '^[^-]+-[^-]+$') }} then {{ dbt.split_part('word', "'-'", 2) }}
        end as last_word,
        count(*) over (partition by work_days) as part_count
    from parts
),

spans as (
    select
        ends.work_days,
        ends.part_count,
        firsts.language,
        firsts.day_number as first_day,
        lasts.day_number as last_day
    from ends
    inner join {{ ref('weekday_words') }} as firsts on ends.first_word = firsts.word
    inner join {{ ref('weekday_words') }} as lasts
        on ends.last_word = lasts.word and firsts.language = lasts.language
    where firsts.language <> 'number' or ends.part_count > 1 or firsts.day_number <> lasts.day_number
),

understood as (
    select
        work_days,
        language
    from spans
    group by work_days, language
    having count(*) = max(part_count)
),

weekdays as (
    select {{ rows_of_numbers(7) }} + 1 as day_number
),

days as (
    select distinct
        spans.work_days,
        spans.language,
        weekdays.day_number
    from spans
    inner join understood on spans.work_days = understood.work_days and spans.language = understood.language
    inner join weekdays
        on
        (spans.first_day <= weekdays.day_number and spans.last_day >= weekdays.day_number)
        or (
            spans.first_day > spans.last_day
            and (spans.first_day <= weekdays.day_number or spans.last_day >= weekdays.day_number)
        )
),

readings as (
    select
        work_days,
        language,
        trim(
            {%- for weekday in weekday_names() %}
                max(case when day_number = {{ loop.index }} then '{{ weekday }} ' else '' end)
                {{- ' ||' if not loop.last }}
            {%- endfor %}
        ) as day_names
    from days
    group by work_days, language
)

select
    work_days,
    min(day_names) as day_names
from readings
group by work_days
having count(distinct day_names) = 1
