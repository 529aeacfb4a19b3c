-- Grain: deal × rule about its contact with the buyer that could be judged.
with deals as (
    select * from {{ ref('int_opportunities_current') }}
    where outcome = 'open'
),

sources as (
    select * from {{ ref('int_build_sources') }}
),

-- what is due on a day lies ahead until the day is over
activities as (
    select
        touches.*,
        coalesce(touches.status, '') in ({{ done_statuses() }}) or touches.is_touch as is_done,
        case
            when touches.occurred_at is not null then touches.occurred_at
            when
                cast({{ utc_to_local('touches.due_at', "coalesce(sources.time_zone, 'UTC')") }} as time)
                = time '00:00'
                then {{ dbt.dateadd('day', 1, 'touches.due_at') }}
            else touches.due_at
        end as due_until
    from {{ ref('int_touches') }} as touches
    left join sources on touches.source_instance = sources.source_instance
    where touches.opportunity_id is not null
),

events as (
    select * from {{ ref('fct_calendar_events') }}
    where opportunity_id is not null and is_external
),

days as (
    select * from {{ ref('int_calendar_days') }}
),

ahead as (
    select opportunity_id, count(*) as things_ahead, count(case when is_meeting then 1 end) as meetings_ahead
    from (
        select opportunity_id, kind = 'meeting' as is_meeting from activities
        where not is_done
            and due_until > {{ as_of() }}
            and coalesce(status, '') != 'cancelled'
        union all
        select opportunity_id, true as is_meeting from events
        where
            case when is_all_day then ends_at else starts_at end > {{ as_of() }}
            and attendance = 'unknown'
    ) as planned
    group by opportunity_id
),

contacts as (
    select opportunity_id, count(distinct contact_id) as contacts
    from (
        select opportunity_id, contact_id from {{ ref('int_opportunity_contacts_unioned') }}
        union
        select opportunity_id, contact_id from deals
    ) as known
    where contact_id is not null
    group by opportunity_id
),

meetings as (
    select opportunity_id, max(starts_at) as last_meeting_at
    from events
    where attendance in ('held', 'held_by_calendar')
    group by opportunity_id
),

-- the buyer spoke: wrote, met, or took a call; an automatic reply is no word
heard as (
    select opportunity_id, max(occurred_at) as last_heard_at
    from activities
    where
        occurred_at <= {{ as_of() }}
        and (
            (direction = 'inbound' and not coalesce(is_automated, false))
            or (is_touch and (kind = 'meeting' or is_connected))
        )
    group by opportunity_id
),

joined as (
    select
        deals.*,
        coalesce(ahead.things_ahead, 0) as things_ahead,
        coalesce(ahead.meetings_ahead, 0) as meetings_ahead,
        coalesce(contacts.contacts, 0) as contacts,
        greatest(deals.created_at, deals.last_touch_at, meetings.last_meeting_at) as touched_at,
        greatest(deals.created_at, heard.last_heard_at, meetings.last_meeting_at) as heard_at
    from deals
    left join ahead on deals.opportunity_id = ahead.opportunity_id
    left join contacts on deals.opportunity_id = contacts.opportunity_id
    left join meetings on deals.opportunity_id = meetings.opportunity_id
    left join heard on deals.opportunity_id = heard.opportunity_id
),

today as (
    select business_day_number from days
    where date_day = {{ as_of_date() }}
),

untouched as (
    select
        joined.*,
        due.date_day as overdue_on,
        today.business_day_number - days.business_day_number as business_days
    from joined
    inner join days on {{ reporting_date('joined.touched_at') }} = days.date_day
    cross join today
    left join days as due
        on
        due.is_business_day
        and due.business_day_number = days.business_day_number + {{ deal_limit('no_touch', 'business_days') }}
),

attempts as (
    select
        joined.opportunity_id,
        activities.attempt_id,
        min(activities.occurred_at) as attempted_at
    from joined
    inner join activities on joined.opportunity_id = activities.opportunity_id
    where activities.is_touch and activities.kind != 'meeting' and activities.occurred_at > joined.heard_at
    group by joined.opportunity_id, activities.attempt_id
),

numbered as (
    select
        attempts.opportunity_id,
        attempts.attempted_at,
        row_number() over deal as attempt_number,
        days.business_day_number - min(days.business_day_number) over deal as business_days
    from attempts
    inner join days on {{ reporting_date('attempts.attempted_at') }} = days.date_day
    window deal as (partition by attempts.opportunity_id order by attempts.attempted_at)
),

silences as (
    select
        opportunity_id,
        max(attempt_number) as attempts,
        max(business_days) as business_days,
        max(attempted_at) as last_attempt_at,
        min(case
            when
                attempt_number >= {{ deal_limit('ghosted', 'attempts') }}
                and business_days >= {{ deal_limit('ghosted', 'business_days') }}
                then attempted_at
        end) as ghosted_since
    from numbered
    group by opportunity_id
),

benchmarks as (
    select * from {{ ref('int_deal_benchmarks') }}
),

no_next_step as (
    select
        {{ deal_check(
            'no_next_step',
            "coalesce(trim(next_step), '') = '' and things_ahead = 0",
            'record_changed_at',
            "'No next step is written down, and no activity or meeting lies ahead'",
            {'things_ahead': 'things_ahead'}
        ) }}
    from joined
),

no_touch as (
    select
        {{ deal_check(
            'no_touch',
            'business_days >= ' ~ deal_limit('no_touch', 'business_days') ~ ' and meetings_ahead = 0',
            reporting_day_start('overdue_on'),
            "case when touched_at = created_at then 'Never touched since its creation on ' else 'Last touched on ' end
            || cast(" ~ reporting_date('touched_at') ~ " as varchar) || ', ' || cast(business_days as varchar)
            || ' business days ago, and no meeting lies ahead'",
            {'last_touch_at': 'last_touch_at', 'business_days': 'business_days'}
        ) }}
    from untouched
    where touches is not null
),

ghosted as (
    select
        joined.{{ deal_check(
            'ghosted',
            'silences.ghosted_since is not null',
            'silences.ghosted_since',
            "cast(silences.attempts as varchar) || ' attempts over ' || cast(silences.business_days as varchar)
            || ' business days, the last on ' || cast(" ~ reporting_date('silences.last_attempt_at') ~ " as varchar)
            || ', and nothing from the buyer since ' || cast(" ~ reporting_date('joined.heard_at') ~ " as varchar)",
            {'attempts': 'silences.attempts', 'business_days': 'silences.business_days', 'heard_at': 'joined.heard_at'}
        ) }}
    from joined
    left join silences on joined.opportunity_id = silences.opportunity_id
    where joined.touches is not null and joined.heard_at is not null
),

single_threaded as (
    select
        joined.{{ deal_check(
            'single_threaded',
            'joined.contacts = ' ~ deal_limit('single_threaded', 'contacts') ~ ' and joined.amount > benchmarks.amount_p50',
            'joined.record_changed_at',
            "'One contact on ' || " ~ money_text('joined.amount') ~ " || '; half of the won deals of '
            || benchmarks.amount_basis || ' were below ' || " ~ money_text('benchmarks.amount_p50'),
            {'contacts': 'joined.contacts', 'amount': 'joined.amount', 'amount_p50': 'benchmarks.amount_p50'}
        ) }}
    from joined
    inner join benchmarks on joined.segment = benchmarks.segment
    where joined.amount is not null and benchmarks.amount_n >= {{ min_n() }}
)

{% for flag in ['no_next_step', 'no_touch', 'ghosted', 'single_threaded'] -%}
    select * from {{ flag }}
    {{ 'union all' if not loop.last }}
{% endfor %}
