-- Grain: person (lead, else contact) with a touch or a word by as_of: what was done, how densely, what came
-- back. A lead and a contact may bear the same id: in a Zoho export many do.
with touches as (
    select * from {{ ref('int_person_touches_spaced') }}
),

limits as (
    select * from {{ followup_limits() }}
),

-- the first change or version that says so: the wish itself is no younger
opt_outs as (
    select
        lead_id as person_id,
        'lead' as person_type,
        min(changed_at) as opted_out_at
    from (
        select lead_id, changed_at from {{ ref('int_lead_snapshots_unioned') }}
        where has_opted_out
        union all
        select lead_id, changed_at from {{ ref('int_lead_field_changes_unioned') }}
        where
            {{ comparable_text('field') }}
            in ('hasoptedoutofemail', 'donotcall', 'has opted out', 'email opt out')
            and lower(new_value) in ('true', '1', 'yes')
    ) as said
    group by lead_id
),

attempts as (
    select
        touches.person_id,
        touches.person_type,
        touches.occurred_at,
        touches.business_day_number,
        touches.last_reply_at,
        limits.nuisance_business_days,
        -- the attempt with which this one is one too many
        lag(touches.occurred_at, limits.nuisance_attempts) over person as limit_at,
        lag(touches.business_day_number, limits.nuisance_attempts) over person as limit_day_number
    from touches
    cross join limits
    where touches.is_attempt
    window person as (
        partition by touches.person_type, touches.person_id
        order by touches.occurred_at, touches.activity_id
    )
),

nuisances as (
    select
        attempts.person_id,
        attempts.person_type,
        min(attempts.occurred_at) as nuisance_at
    from attempts
    left join opt_outs
        on attempts.person_id = opt_outs.person_id and attempts.person_type = opt_outs.person_type
    where
        attempts.occurred_at > opt_outs.opted_out_at
        or (
            attempts.business_day_number - attempts.limit_day_number < attempts.nuisance_business_days
            and coalesce(attempts.last_reply_at < attempts.limit_at, true)
        )
    group by attempts.person_id, attempts.person_type
),

summed as (
    select
        person_id,
        person_type,
        count(case when is_touch then 1 end) as touches,
        count(case when is_attempt then 1 end) as attempts,
        count(distinct case when is_touch then kind end) as channels,
        min(case when is_touch then occurred_at end) as first_touch_at,
        max(case when is_touch then occurred_at end) as last_touch_at,
        min(case when is_touch then touched_on end) as first_touch_on,
        max(case when is_touch then touched_on end) as last_touch_on,
        max(case when is_touch then business_day_number end) as last_touch_day_number,
        min_by(case when is_touch then occurred_at_precision end, case when is_touch then occurred_at end)
            as first_touch_precision,
        min_by(case when is_touch then rep_id end, case when is_touch then occurred_at end)
            as first_touch_rep_id,
        coalesce(max(case when is_touch and occurred_at_precision <> 'instant' then 1 end), 0) = 0
            as has_only_instants,
        max(case when is_touch then {{ dbt.datediff('previous_touched_on', 'touched_on', 'day') }} end)
            as max_gap_days,
        min(case when is_touch and (is_connected or kind = 'meeting') then occurred_at end)
            as first_conversation_at,
        min(case when is_reply then occurred_at end) as first_reply_at,
        count(case when is_automatic_reply then 1 end) as automatic_replies,
        max(case when is_automatic_reply then occurred_at end) as last_automatic_reply_at
    from touches
    group by person_id, person_type
)

select
    summed.*,
    nuisances.nuisance_at
from summed
left join nuisances
    on summed.person_id = nuisances.person_id and summed.person_type = nuisances.person_type
