-- Grain: lead × flag about what was not done with it in time.
with limits as (
    select * from {{ lead_limits() }}
),

leads as (
    select
        leads.*,
        limits.untouched_days,
        {{ dbt.datediff('leads.created_at', as_of(), 'day') }} as age_days,
        {{ dbt.dateadd('day', 'cast(limits.untouched_days as integer)', 'leads.created_at') }}
            as untouched_since,
        {{ dbt.dateadd('day', 'leads.touch_days', 'leads.last_touch_at') }} as quiet_since,
        {{ dbt.dateadd('day', 1, 'leads.recontact_on') }} as overdue_from
    from {{ ref('int_leads_in_play') }} as leads
    cross join limits
),

final as (
    select
        {{ lead_flag(
            'untouched_past_sla', 'deadline_at',
            "'Never touched; the first touch was due within ' || cast(limit_days as varchar) || ' business days, by ' || cast(cast(deadline_at as date) as varchar) || '.'",
            {'limit_business_days': 'limit_days', 'due_at': 'cast(deadline_at as varchar)'}
        ) }}
    from leads
    where touch_count = 0 and deadline_at < {{ as_of() }}
    union all
    select
        {{ lead_flag(
            'untouched_30_days', 'untouched_since',
            "'Never touched in the ' || cast(age_days as varchar) || ' days since it was created.'",
            {'age_days': 'age_days', 'limit_days': 'untouched_days'}
        ) }}
    from leads
    where touch_count = 0 and untouched_since <= {{ as_of() }} and not is_recontact_ahead
    union all
    select
        {{ lead_flag(
            'no_recent_touch', 'quiet_since',
            "'Last touched on ' || cast(cast(last_touch_at as date) as varchar) || '; the limit for its status is ' || cast(touch_days as varchar) || ' days.'",
            {'last_touch_at': 'cast(last_touch_at as varchar)', 'limit_days': 'touch_days'}
        ) }}
    from leads
    where quiet_since < {{ as_of() }} and not is_recontact_ahead
    union all
    -- on the day itself there is still time
    select
        {{ lead_flag(
            'recontact_overdue', reporting_day_start('overdue_from'),
            "'The prospect asked to be contacted on ' || cast(recontact_on as varchar) || '; no touch since.'",
            {'recontact_on': 'cast(recontact_on as varchar)', 'last_touch_at': 'cast(last_touch_at as varchar)'}
        ) }}
    from leads
    where
        recontact_on < {{ as_of_date() }}
        and coalesce({{ reporting_date('last_touch_at') }} < recontact_on, true)
)

select * from final
