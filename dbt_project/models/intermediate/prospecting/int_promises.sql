-- Grain: promise: a task of the CRM with a due date on a deal or lead, or what the notes of a meeting
-- promise. `due_before` is the first moment at which it is late: of a day the end of it on the rep's clock.
with sources as (
    select
        source_instance,
        coalesce(time_zone, 'UTC') as time_zone
    from {{ ref('int_build_sources') }}
),

touches as (
    select * from {{ ref('int_touches') }}
    where
        due_at is not null
        and coalesce(opportunity_id, lead_id) is not null
        and rep_id is not null
        and kind <> 'meeting'
        and not coalesce(is_automated, false)
        -- a call that was logged on the day for which it is "due" was planned by nobody
        and (kind = 'task' or created_at < due_at)
),

rules as (
    select {{ title_pattern('word') }} as pattern
    from {{ ref('event_title_rules') }}
    where category in ('coaching', 'internal')
),

-- work with one's own people is nobody's promise to a buyer
internal_titles as (
    select distinct titles.subject
    from (
        select
            subject,
            {{ title_words('subject') }} as words
        from touches
        group by subject
    ) as titles
    inner join rules on strpos(titles.words, rules.pattern) > 0
),

tasks as (
    select
        touches.*,
        cast({{ utc_to_local('touches.due_at', 'sources.time_zone') }} as time) = time '00:00'
            as is_due_day_only,
        cast({{ utc_to_local('touches.due_at', 'sources.time_zone') }} as date) as due_on,
        -- of what is only logged the moment is that of the promise itself
        coalesce(
            touches.completed_at,
            case when touches.occurred_at_precision <> 'logged' then touches.occurred_at end,
            records.modified_at
        ) as done_at
    from touches
    inner join sources on touches.source_instance = sources.source_instance
    left join {{ ref('int_activities_unioned') }} as records on touches.activity_id = records.activity_id
    left join internal_titles on touches.subject = internal_titles.subject
    where internal_titles.subject is null
),

together as (
    select
        activity_id as commitment_id,
        'crm_task' as commitment_source,
        rep_id,
        opportunity_id,
        lead_id,
        account_id,
        {{ comparable_text('subject') }} as task_words,
        created_at as promised_at,
        due_at,
        due_on,
        is_due_day_only,
        (status is not null and {{ took_place() }}) or completed_at is not null as is_done,
        done_at
    from tasks
    union all
    select
        record_id || '/promise/' || cast(due_on as varchar) as commitment_id,
        'meeting_notes' as commitment_source,
        rep_id,
        opportunity_id,
        lead_id,
        account_id,
        cast(null as varchar) as task_words,
        promised_at,
        cast(null as timestamp) as due_at,
        due_on,
        true as is_due_day_only,
        cast(null as boolean) as is_done,
        cast(null as timestamp) as done_at
    from {{ ref('int_noted_promises') }}
)

select
    together.commitment_id,
    together.commitment_source,
    together.rep_id,
    together.opportunity_id,
    together.lead_id,
    together.account_id,
    together.task_words,
    together.promised_at,
    together.is_due_day_only,
    together.is_done,
    together.done_at,
    coalesce(together.due_at, {{ local_to_utc('cast(together.due_on as timestamp)', 'zones.time_zone') }})
        as due_at,
    case
        when together.is_due_day_only
            then {{ local_to_utc(
                'cast(' ~ dbt.dateadd('day', 1, 'together.due_on') ~ ' as timestamp)', 'zones.time_zone'
            ) }}
        else {{ dbt.dateadd('microsecond', 1, 'together.due_at') }}
    end as due_before
from together
inner join {{ ref('int_rep_zones') }} as zones on together.rep_id = zones.rep_id
