{%- set windows = {'30d': 30, '90d': 90} %}
with

targets as (

    select
        coalesce(account_id, account_ref) as target_id,
        min(account_ref) as account_ref,
        min(account_id) as account_id,
        count(distinct rep_id) as target_reps
    from {{ ref('int_target_accounts_resolved') }}
    where valid_from <= {{ as_of_date() }} and valid_to > {{ as_of_date() }}
    group by coalesce(account_id, account_ref)

),

-- an account that several CRMs know, and a name that several accounts bear, was worked in any of them
target_accounts as (

    select distinct
        coalesce(targets.account_id, targets.account_ref) as target_id,
        coalesce(meant.account_id, targets.account_id) as account_id
    from {{ ref('int_target_accounts_resolved') }} as targets
    left join {{ ref('int_accounts_meant') }} as meant
        on {{ account_text('targets.account_ref') }} = meant.account_text
    where targets.valid_from <= {{ as_of_date() }} and targets.valid_to > {{ as_of_date() }}

),

evaluated as (

    select
        max(case when column_or_rule = 'touches_90d' and is_evaluated then 1 else 0 end) = 1 as has_touches,
        max(case when column_or_rule = 'meetings_90d' and is_evaluated then 1 else 0 end) = 1 as has_meetings
    from {{ ref('int_rules_evaluated') }}
    where table_name = 'rpt_target_accounts'

),

-- to the account, one of its contacts or deals, or a lead from there
touches as (

    select
        target_accounts.target_id,
        activities.source_instance,
        activities.rep_id,
        activities.kind,
        activities.occurred_at,
        count(*) as touches
    from {{ ref('int_touches') }} as activities
    left join {{ ref('int_lead_accounts') }} as leads on activities.lead_id = leads.lead_id
    inner join target_accounts
        on coalesce(activities.account_id, leads.account_id) = target_accounts.account_id
    where
        activities.is_touch
        and activities.occurred_at > {{ dbt.dateadd('day', -90, as_of()) }}
    group by
        target_accounts.target_id,
        activities.source_instance,
        activities.rep_id,
        activities.kind,
        activities.occurred_at

),

-- two CRMs that are kept in step both hold the same call
touched as (

    select
        target_id,
        rep_id,
        occurred_at,
        max(touches) as touches,
        cast(null as timestamp) as met_at
    from touches
    group by target_id, rep_id, kind, occurred_at

),

met as (

    select
        target_accounts.target_id,
        events.rep_id,
        cast(null as timestamp) as occurred_at,
        0 as touches,
        events.starts_at as met_at
    from {{ ref('fct_calendar_events') }} as events
    left join {{ ref('int_lead_accounts') }} as leads on events.lead_id = leads.lead_id
    inner join target_accounts
        on coalesce(events.account_id, leads.account_id) = target_accounts.account_id
    where
        events.attendance in ('held', 'held_by_calendar')
        and events.starts_at > {{ dbt.dateadd('day', -90, as_of()) }}
        and events.starts_at <= {{ as_of() }}

),

together as (

    select * from touched
    union all
    select * from met

),

-- a meeting that two reps attend is one meeting
counted as (

    select
        target_id,
        {%- for window, days in windows.items() %}
            cast(
                sum(case when occurred_at > {{ dbt.dateadd('day', -days, as_of()) }} then touches else 0 end)
                as bigint
            ) as touches_{{ window }},
            count(distinct case when met_at > {{ dbt.dateadd('day', -days, as_of()) }} then met_at end)
                as meetings_{{ window }},
        {%- endfor %}
        count(distinct rep_id) as reps_involved,
        max(occurred_at) as last_touch_at,
        max(met_at) as last_meeting_at
    from together
    group by target_id

),

joined as (

    select
        targets.*,
        counted.last_touch_at,
        counted.last_meeting_at,
        {%- for window in windows %}
            case when evaluated.has_touches then coalesce(counted.touches_{{ window }}, 0) end
                as touches_{{ window }},
            case when evaluated.has_meetings then coalesce(counted.meetings_{{ window }}, 0) end
                as meetings_{{ window }},
        {%- endfor %}
        case
            when evaluated.has_touches or evaluated.has_meetings then coalesce(counted.reps_involved, 0)
        end as reps_involved
    from targets
    cross join evaluated
    left join counted on targets.target_id = counted.target_id

)

select
    target_id,
    account_id,
    account_ref,
    target_reps,
    touches_30d,
    touches_90d,
    meetings_30d,
    meetings_90d,
    reps_involved,
    last_touch_at,
    last_meeting_at,
    -- one is enough; none of them only where both are known
    touches_90d > 0 or meetings_90d > 0 as is_covered,
    {{ as_of() }} as as_of
from joined
