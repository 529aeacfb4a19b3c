-- Grain: lead with more than the allowed business days without a touch while it was in play (open, being
-- worked, or given up without being closed; not parked): between touches, or from the last one until as_of.
-- The wait for the first touch is a measure of its own. Time parked within a gap does not count.
with leads as (
    select * from {{ ref('int_leads_resolved') }}
),

touches as (
    select * from {{ ref('int_person_touches_spaced') }}
    where lead_id is not null and is_touch
),

limits as (
    select * from {{ followup_limits() }}
),

days as (
    select * from {{ ref('int_calendar_days') }}
),

gaps as (
    select
        lead_id,
        previous_touched_on as began_on,
        touched_on as ended_on,
        business_day_number - previous_business_day_number as business_days
    from touches
    where previous_touched_on is not null
    union all
    select
        efforts.person_id as lead_id,
        efforts.last_touch_on as began_on,
        today.date_day as ended_on,
        today.business_day_number - efforts.last_touch_day_number as business_days
    from {{ ref('int_person_efforts') }} as efforts
    inner join days as today on today.date_day = {{ as_of_date() }}
    where efforts.touches > 0 and efforts.person_type = 'lead'
),

-- only these can decide, and they are few
long_gaps as (
    select
        gaps.lead_id,
        gaps.began_on,
        gaps.ended_on
    from gaps
    cross join limits
    where gaps.business_days > limits.neglected_business_days
),

waiting as (
    select distinct lead_id from long_gaps
),

statuses as (
    select * from {{ ref('standard_lead_statuses') }}
),

declared as (
    select * from {{ ref('int_build_lead_statuses') }}
),

changes as (
    select
        changes.lead_id,
        changes.changed_at,
        changes.old_value,
        changes.new_value,
        row_number() over lead_changes as position,
        lead(changes.changed_at) over lead_changes as next_changed_at
    from {{ ref('int_lead_field_changes_unioned') }} as changes
    inner join waiting on changes.lead_id = waiting.lead_id
    where
        {{ comparable_text('changes.field') }} in ('status', 'lead status', 'hs lead status')
        and changes.changed_at <= {{ as_of() }}
    window lead_changes as (partition by changes.lead_id order by changes.changed_at, changes.change_id)
),

said as (
    select
        lead_id,
        cast(null as timestamp) as valid_from,
        changed_at as valid_to,
        old_value as status,
        false as is_current
    from changes
    where position = 1
    union all
    select
        lead_id,
        changed_at as valid_from,
        next_changed_at as valid_to,
        new_value as status,
        next_changed_at is null as is_current
    from changes
),

-- without a history a lead was in play until it came to rest
spans as (
    select
        said.lead_id,
        said.valid_from,
        said.valid_to,
        case
            when said.is_current then leads.status_group
            else coalesce(declared.status_group, statuses.status_group, 'open')
        end as status_group
    from said
    inner join leads on said.lead_id = leads.lead_id
    left join declared
        on leads.source_instance = declared.source_instance and lower(said.status) = lower(declared.status)
    left join statuses on lower(said.status) = statuses.status
    union all
    select
        leads.lead_id,
        cast(null as timestamp) as valid_from,
        case
            when leads.status_group not in ({{ statuses_in_play() }})
                then coalesce(leads.converted_at, ages.status_since, efforts.last_touch_at)
        end as valid_to,
        'open' as status_group
    from leads
    inner join waiting on leads.lead_id = waiting.lead_id
    inner join {{ ref('int_person_efforts') }} as efforts
        on leads.lead_id = efforts.person_id and efforts.person_type = 'lead'
    left join {{ ref('int_lead_value_ages') }} as ages on leads.lead_id = ages.lead_id
    left join changes on leads.lead_id = changes.lead_id
    where changes.lead_id is null
),

stretches as (
    select
        long_gaps.lead_id,
        long_gaps.began_on as gap_began_on,
        greatest(long_gaps.began_on, {{ reporting_date('spans.valid_from') }}) as began_on,
        least(long_gaps.ended_on, {{ reporting_date('spans.valid_to') }}) as ended_on
    from long_gaps
    inner join spans on long_gaps.lead_id = spans.lead_id
    where spans.status_group in ({{ statuses_in_play() }})
),

gaps_in_play as (
    select
        stretches.lead_id,
        sum(ends.business_day_number - begins.business_day_number) as business_days
    from stretches
    inner join days as begins on stretches.began_on = begins.date_day
    inner join days as ends on stretches.ended_on = ends.date_day
    where stretches.ended_on > stretches.began_on
    group by stretches.lead_id, stretches.gap_began_on
)

select
    gaps_in_play.lead_id,
    max(gaps_in_play.business_days) as max_gap_business_days
from gaps_in_play
cross join limits
where gaps_in_play.business_days > limits.neglected_business_days
group by gaps_in_play.lead_id
