-- Grain: touch that is prospecting: by a person, at a known time, not logged in bulk, to a lead or to an
-- account that had not bought by then; what concerns a deal is work on that deal, unless it was done with the
-- lead that became the deal. A meeting that only a
-- calendar knows is one like that of a CRM. `runs_until` is the end of a connected call whose duration is
-- known and can be true.
{%- set longest_touch_minutes = 480 %}
with touches as (
    select
        activity_id,
        rep_id,
        kind,
        lead_id,
        account_id,
        is_connected,
        duration_minutes,
        occurred_at
    from {{ ref('int_touches') }}
    where
        is_touch
        and occurred_at_precision = 'instant'
        and rep_id is not null
        and (opportunity_id is null or coalesce(is_before_deal, false))
        and not coalesce(is_bulk_logged, false)
    union all
    select
        meetings.activity_id,
        meetings.rep_id,
        meetings.kind,
        meetings.lead_id,
        contacts.account_id,
        meetings.is_connected,
        null as duration_minutes,
        meetings.occurred_at
    from {{ ref('int_meeting_touches') }} as meetings
    left join {{ ref('int_contacts_resolved') }} as contacts on meetings.contact_id = contacts.contact_id
    where meetings.opportunity_id is null
),

first_wins as (
    select
        account_id,
        min(closed_at) as first_won_at
    from {{ ref('int_opportunities_current') }}
    where outcome = 'won'
    group by account_id
),

accounts as (
    select
        accounts.account_id,
        first_wins.first_won_at,
        first_wins.account_id is null
        and coalesce(accounts.is_customer, lower(accounts.account_type) like '%customer%', false)
            as was_always_customer
    from {{ ref('int_accounts_resolved') }} as accounts
    left join first_wins on accounts.account_id = first_wins.account_id
)

select
    touches.activity_id,
    touches.rep_id,
    touches.occurred_at,
    case
        when
            touches.kind = 'call'
            and touches.is_connected
            and touches.duration_minutes > 0
            and touches.duration_minutes <= {{ longest_touch_minutes }}
            then
                {{ dbt.dateadd(
                    'second', 'cast(touches.duration_minutes * 60 as integer)', 'touches.occurred_at'
                ) }}
        else touches.occurred_at
    end as runs_until
from touches
left join accounts on touches.account_id = accounts.account_id
where
    touches.lead_id is not null
    or (
        touches.account_id is not null
        and not coalesce(accounts.was_always_customer, false)
        and coalesce(accounts.first_won_at > touches.occurred_at, true)
    )
