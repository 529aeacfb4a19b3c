{%- set next_step_days = 7 -%}
with

meetings as (

    select * from {{ ref('int_meetings_held') }}

),

spans as (

    select * from {{ ref('int_rep_working_spans') }}

),

parties as (

    select distinct party_id from meetings

),

touches as (

    select
        touches.party_id,
        touches.occurred_at,
        touches.occurred_at_precision
    from {{ ref('int_party_touches') }} as touches
    inner join parties on touches.party_id = parties.party_id

),

instants as (

    select * from touches
    where occurred_at_precision = 'instant'

),

-- may have been the follow-up, at a time that nobody recorded: of a day until its end
doubtful_touches as (

    select
        party_id,
        occurred_at,
        case
            when occurred_at_precision = 'date' then {{ dbt.dateadd('day', 1, 'occurred_at') }}
            else occurred_at
        end as until_moment
    from touches
    where occurred_at_precision <> 'instant'

),

-- whose touches have a time of day
timed as (

    select source_instance from {{ ref('int_source_features') }}
    where has_activity_instants

),

appointments as (

    select
        starts_at,
        coalesce(account_id, lead_id) as party_id,
        min(coalesce(created_at, starts_at)) as made_at
    from {{ ref('fct_calendar_events') }}
    where is_external and attendance not in ('cancelled', 'declined')
    group by coalesce(account_id, lead_id), starts_at

),

-- when the first of all later appointments with the party was made
next_appointments as (

    select
        party_id,
        starts_at,
        min(made_at) over (
            partition by party_id order by starts_at rows between 1 following and unbounded following
        ) as made_at
    from appointments

),

promises as (

    select
        promised_at,
        coalesce(account_id, lead_id) as party_id
    from {{ ref('fct_commitments') }}
    where commitment_source <> 'calendar_hold' and coalesce(account_id, lead_id) is not null

),

followed as (

    select
        meetings.*,
        instants.occurred_at as followed_up_at,
        coalesce(
            doubtful.occurred_at is not null
            and coalesce(doubtful.occurred_at < instants.occurred_at, true), false
        ) as is_doubtful,
        timed.source_instance is not null as has_touches
    from meetings
    left join timed on split_part(meetings.party_id, ':', 1) = timed.source_instance
    asof left join instants
        on meetings.party_id = instants.party_id and meetings.ended_at < instants.occurred_at
    asof left join doubtful_touches as doubtful
        on meetings.party_id = doubtful.party_id and meetings.ended_at < doubtful.until_moment

),

stepped as (

    select
        followed.*,
        promises.promised_at,
        next_appointments.made_at as next_made_at,
        {{ as_of() }} as as_of
    from followed
    left join next_appointments
        on followed.party_id = next_appointments.party_id and followed.starts_at = next_appointments.starts_at
    asof left join promises
        on followed.party_id = promises.party_id and followed.starts_at <= promises.promised_at

),

measured as (

    select
        stepped.*,
        {{ working_minutes_between('stepped.ended_at', 'at_end', 'stepped.followed_up_at', 'at_followup') }}
            as business_minutes,
        {{ working_minutes_between('stepped.ended_at', 'at_end', 'stepped.as_of', 'at_as_of') }}
            as business_minutes_so_far
    from stepped
    asof left join spans as at_end
        on stepped.rep_id = at_end.rep_id and stepped.ended_at >= at_end.starts_at
    asof left join spans as at_followup
        on stepped.rep_id = at_followup.rep_id and stepped.followed_up_at >= at_followup.starts_at
    asof left join spans as at_as_of
        on stepped.rep_id = at_as_of.rep_id and stepped.as_of >= at_as_of.starts_at

)

select
    meeting_id,
    rep_id,
    reps_count,
    account_id,
    lead_id,
    opportunity_id,
    category,
    attendance,
    starts_at,
    ended_at,
    case when has_touches and not is_doubtful then followed_up_at end as followed_up_at,
    cast(case when has_touches and not is_doubtful then business_minutes end as double)
        as business_minutes_to_followup,
    {{ is_within_hours('business_minutes', 24) }} as is_followed_up_24h,
    {{ is_within_hours('business_minutes', 48) }} as is_followed_up_48h,
    case
        when next_made_at <= {{ dbt.dateadd('day', next_step_days, 'ended_at') }} then true
        when promised_at <= {{ dbt.dateadd('day', next_step_days, 'ended_at') }} then true
        when {{ dbt.dateadd('day', next_step_days, 'ended_at') }} <= as_of then false
    end as has_next_step,
    has_agenda,
    is_first_meeting,
    as_of
from measured
