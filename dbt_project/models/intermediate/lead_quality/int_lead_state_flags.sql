-- Grain: lead × flag about its status, its owner and whether the person can be reached.
with leads as (
    select
        leads.*,
        limits.unowned_days,
        {{ dbt.dateadd(
            'day', 'cast(limits.unowned_days as integer)', 'coalesce(leads.owner_ref_since, leads.created_at)'
        ) }} as unowned_too_long_since,
        {{ dbt.dateadd('day', 'status_days', 'status_since') }} as unchanged_since,
        {{ dbt.dateadd('day', 'cast(ceil(good_through_days) as integer)', 'created_at') }} as past_good_since
    from {{ ref('int_leads_in_play') }} as leads
    cross join {{ lead_limits() }} as limits
),

final as (
    select
        {{ lead_flag(
            'status_unchanged', 'unchanged_since',
            "'The status \"' || status || '\" has stood since ' || cast(cast(status_since as date) as varchar) || '; the limit is ' || cast(status_days as varchar) || ' days.'",
            {'status': 'status', 'status_since': 'cast(status_since as varchar)', 'limit_days': 'status_days'}
        ) }}
    from leads
    where unchanged_since < {{ as_of() }} and status is not null
    union all
    select
        {{ lead_flag(
            'past_good_through', 'past_good_since',
            "'Older than the ' || cast(cast(ceil(good_through_days) as integer) as varchar) || ' days within which nine of ten leads of its source that became a deal did so.'",
            {'good_through_days': 'round(good_through_days, 1)', 'created_at': 'cast(created_at as varchar)'}
        ) }}
    from leads
    where past_good_since < {{ as_of() }}
    union all
    select
        {{ lead_flag(
            'unowned', 'coalesce(owner_ref_since, created_at, ' ~ as_of() ~ ')',
            "'Nobody owns it.'", {'owner_id': 'owner_id'}
        ) }}
    from leads
    where owner_ref is null
    union all
    select
        {{ lead_flag(
            'unowned_30_days', 'unowned_too_long_since',
            "'Nobody has owned it since ' || cast(cast(coalesce(owner_ref_since, created_at) as date) as varchar) || '.'",
            {'owner_id': 'owner_id', 'limit_days': 'unowned_days'}
        ) }}
    from leads
    where owner_ref is null and unowned_too_long_since <= {{ as_of() }}
    union all
    select
        {{ lead_flag(
            'given_up', 'coalesce(least(status_since, ' ~ as_of() ~ '), created_at, ' ~ as_of() ~ ')',
            "'Its status \"' || status || '\" says that it was put down without a decision.'",
            {'status': 'status'}
        ) }}
    from leads
    where status_group = 'abandoned' and status is not null
    union all
    select
        {{ lead_flag(
            'owner_inactive', 'coalesce(owner_ref_since, created_at, ' ~ as_of() ~ ')',
            "'Its owner is no longer active in the CRM.'",
            {'owner_id': 'owner_id'}
        ) }}
    from leads
    where not is_owner_active
    union all
    select
        {{ lead_flag(
            'contact_left', 'email_bounced_at',
            "'Mail bounced on ' || cast(cast(email_bounced_at as date) as varchar) || ' after the person had answered on ' || cast(cast(first_answer_at as date) as varchar) || '.'",
            {'bounced_at': 'cast(email_bounced_at as varchar)', 'first_answer_at': 'cast(first_answer_at as varchar)'}
        ) }}
    from leads
    where email_bounced_at <= {{ as_of() }} and first_answer_at <= email_bounced_at
    union all
    select
        {{ lead_flag(
            'opted_out', 'coalesce(least(modified_at, ' ~ as_of() ~ '), created_at, ' ~ as_of() ~ ')',
            "'The person asked not to be contacted.'", {'has_opted_out': 'has_opted_out'}
        ) }}
    from leads
    where has_opted_out
)

select * from final
