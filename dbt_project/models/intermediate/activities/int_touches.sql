-- Grain: activity or CRM meeting. `is_touch`: an outbound call, e-mail, message or meeting by a
-- person that took place by as_of. `attempt_id`: touches to one person with at most 60 minutes
-- between them are one attempt, under the id of its first. `is_bulk_logged`: five or more touches
-- that one rep recorded within 60 seconds. CRMs put what was done with a lead to the contact and the
-- deal that it became (`is_before_deal`), or go on naming the lead: until the conversion it was done
-- with the lead, from then on with the contact.
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

-- a conversion of which only the day is known takes that day with it
converted as (
    select
        lead_id,
        contact_id,
        {{ reporting_day_start(reporting_date('created_at')) }} as created_on,
        case
            when converted_at = {{ reporting_day_start(reporting_date('converted_at')) }}
                then {{ dbt.dateadd('day', 1, 'converted_at') }}
            else converted_at
        end as converted_until
    from {{ ref('int_leads_resolved') }}
    where contact_id is not null and converted_at is not null and created_at is not null
),

-- of several leads that became one contact each has its own time
ordered as (
    select
        *,
        lag(converted_until) over (partition by contact_id order by converted_until, lead_id) as earlier_until
    from converted
),

lead_times as (
    select
        lead_id,
        contact_id,
        converted_until,
        greatest(created_on, coalesce(earlier_until, created_on)) as begins_at
    from ordered
),

placed as (
    select
        {{ all_but(['lead_id'], 'activities') }},
        case when ended.lead_id is null then coalesce(activities.lead_id, lead_times.lead_id) end as lead_id,
        activities.lead_id is null
        and lead_times.lead_id is not null
        and activities.opportunity_id is not null as is_before_deal
    from activities
    left join lead_times
        on activities.contact_id = lead_times.contact_id
        and activities.occurred_at >= lead_times.begins_at
        and activities.occurred_at < lead_times.converted_until
    left join converted as ended
        on activities.lead_id = ended.lead_id
        and activities.contact_id = ended.contact_id
        and activities.occurred_at >= ended.converted_until
),

resolved as (
    select
        {{ all_but(['owner_id', 'account_id', 'direction'], 'placed') }},
        reps.rep_id,
        coalesce(accounts.account_id, placed.account_id, opportunities.account_id, contacts.account_id)
            as account_id,
        coalesce(placed.direction, case when placed.kind in ({{ touch_kinds() }}) then 'outbound' end)
            as direction,
        coalesce(placed.lead_id, placed.contact_id, placed.account_id, placed.opportunity_id) as person_id
    from placed
    left join reps
        on placed.source_instance = reps.source_instance and placed.owner_id = reps.owner_ref
    left join accounts on placed.account_id = accounts.account_ref
    left join opportunities on placed.opportunity_id = opportunities.opportunity_id
    left join contacts on placed.contact_id = contacts.contact_id
),

judged as (
    select
        *,
        kind in ({{ touch_kinds() }})
        and direction = 'outbound'
        and not coalesce(is_automated, false)
        and {{ took_place() }}
        and coalesce(occurred_at <= {{ as_of() }}, false) as is_touch
    from resolved
),

-- few columns through the sorts: there may be tens of millions of rows
spaced as (
    select
        activity_id,
        rep_id,
        person_id,
        occurred_at,
        coalesce(
            {%- for before in range(5) %}
            {{ dbt.datediff(
                'lag(created_at, ' ~ before ~ ') over logging', 'lead(created_at, ' ~ (4 - before) ~ ') over logging',
                'second'
            ) }} <= 60{{ ' or' if not loop.last }}
            {%- endfor %},
            false
        ) as is_in_burst,
        coalesce(
            {{ dbt.datediff('lag(occurred_at) over meeting_person', 'occurred_at', 'second') }} > 3600, true
        ) as is_first_of_attempt
    from judged
    where is_touch
    window
        logging as (partition by rep_id order by created_at, activity_id),
        meeting_person as (partition by person_id order by occurred_at, activity_id)
),

attempts as (
    select
        activity_id,
        is_in_burst,
        last_value(case when is_first_of_attempt then activity_id end ignore nulls) over (
            partition by person_id
            order by occurred_at, activity_id
            rows between unbounded preceding and current row
        ) as attempt_id
    from spaced
),

-- most touches are an attempt of their own and not in a burst
marked as (
    select * from attempts
    where attempt_id <> activity_id or is_in_burst
),

final as (
    select
        judged.*,
        case
            when judged.created_at is not null and judged.rep_id is not null
                then judged.is_touch and coalesce(marked.is_in_burst, false)
        end as is_bulk_logged,
        case
            when judged.is_touch and judged.person_id is null then judged.activity_id
            when judged.is_touch then coalesce(marked.attempt_id, judged.activity_id)
        end as attempt_id
    from judged
    left join marked on judged.activity_id = marked.activity_id
)

select * from final
