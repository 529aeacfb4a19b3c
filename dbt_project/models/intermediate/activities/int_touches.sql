-- Grain: activity or CRM meeting. `is_touch`: an outbound call, e-mail, message or meeting by a
-- person that took place by as_of. `attempt_id`: touches to one person with at most 60 minutes
-- between them are one attempt, under the id of its first. `is_bulk_logged`: five or more touches
-- that one rep recorded within 60 seconds.
with activities as (
    select * from {{ ref('int_activities_dated') }}
    where not coalesce(created_at > {{ as_of() }} and created_at <= {{ known_at() }}, false)
),

reps as (
    select * from {{ ref('int_reps_matched') }}
),

contacts as (
    select contact_id, account_id from {{ ref('int_contacts_resolved') }}
),

opportunities as (
    select opportunity_id, account_id from {{ ref('int_opportunities_resolved') }}
),

accounts as (
    select * from {{ ref('int_accounts_matched') }}
),

resolved as (
    select
        {{ all_but(['owner_id', 'account_id', 'direction'], 'activities') }},
        reps.rep_id,
        coalesce(accounts.account_id, activities.account_id, opportunities.account_id, contacts.account_id)
            as account_id,
        coalesce(activities.direction, case when activities.kind in ({{ touch_kinds() }}) then 'outbound' end)
            as direction,
        coalesce(activities.lead_id, activities.contact_id, activities.account_id, activities.opportunity_id)
            as person_id
    from activities
    left join reps
        on activities.source_instance = reps.source_instance and activities.owner_id = reps.owner_ref
    left join accounts on activities.account_id = accounts.account_ref
    left join opportunities on activities.opportunity_id = opportunities.opportunity_id
    left join contacts on activities.contact_id = contacts.contact_id
),

judged as (
    select
        *,
        kind in ({{ touch_kinds() }})
        and direction = 'outbound'
        and not coalesce(is_automated, false)
        and coalesce(status, 'completed') in ({{ done_statuses() }})
        and coalesce(occurred_at <= {{ as_of() }}, false) as is_touch
    from resolved
),

spaced as (
    select
        *,
        {% for before in range(5) -%}
        coalesce(
            {{ dbt.datediff(
                'lag(created_at, ' ~ before ~ ') over logging', 'lead(created_at, ' ~ (4 - before) ~ ') over logging',
                'second'
            ) }} <= 60, false
        ){{ ' or ' if not loop.last }}
        {%- endfor %} as is_in_burst,
        coalesce(
            {{ dbt.datediff(
                'lag(occurred_at) over (partition by person_id, is_touch order by occurred_at, activity_id)',
                'occurred_at', 'second'
            ) }} > 3600,
            true
        ) as is_first_of_attempt
    from judged
    window logging as (partition by rep_id, is_touch order by created_at, activity_id)
),

final as (
    select
        {{ all_but(['is_in_burst', 'is_first_of_attempt']) }},
        case when created_at is not null and rep_id is not null then is_touch and is_in_burst end as is_bulk_logged,
        case
            when is_touch and person_id is null then activity_id
            when is_touch then last_value(case when is_first_of_attempt then activity_id end ignore nulls) over (
                partition by person_id, is_touch
                order by occurred_at, activity_id
                rows between unbounded preceding and current row
            )
        end as attempt_id
    from spaced
)

select * from final
