-- Grain: lead whose status can go stale (open, being worked, abandoned), with all that decides it. A parked
-- lead rests until the day that the prospect named; it is in play when that has passed without a touch.
with leads as (
    select * from {{ ref('int_leads_resolved') }}
),

good_through as (
    select * from {{ ref('int_lead_good_through') }}
),

final as (
    select
        leads.lead_id,
        leads.source_instance,
        leads.status,
        leads.status_group,
        leads.owner_ref,
        leads.owner_id,
        leads.recontact_on,
        leads.has_opted_out,
        leads.email_bounced_at,
        least(leads.created_at, {{ as_of() }}) as created_at,
        leads.modified_at,
        limits.touch_days,
        limits.status_days,
        coalesce(touches.touch_count, 0) as touch_count,
        touches.last_touch_at,
        touches.first_answer_at,
        deadlines.deadline_at,
        deadlines.limit_days,
        ages.owner_ref_since,
        ages.status_since,
        reps.is_active as is_owner_active,
        coalesce(own.good_through_days, general.good_through_days) as good_through_days,
        -- the prospect named a day that is still ahead: silence until then is what was agreed
        coalesce(leads.recontact_on >= {{ as_of_date() }}, false) as is_recontact_ahead
    from leads
    inner join {{ ref('lead_status_limits') }} as limits on leads.status_group = limits.status_group
    left join {{ ref('int_lead_touch_summaries') }} as touches on leads.lead_id = touches.lead_id
    left join {{ ref('int_lead_first_touch_deadlines') }} as deadlines on leads.lead_id = deadlines.lead_id
    left join {{ ref('int_lead_value_ages') }} as ages on leads.lead_id = ages.lead_id
    left join {{ ref('int_reps_resolved') }} as reps on leads.owner_id = reps.rep_id
    left join good_through as own
        on leads.source_instance = own.source_instance and leads.lead_source = own.lead_source
    left join good_through as general
        on leads.source_instance = general.source_instance and general.lead_source is null
    where
        leads.status_group <> 'parked'
        or (
            leads.recontact_on < {{ as_of_date() }}
            and coalesce({{ reporting_date('touches.last_touch_at') }} < leads.recontact_on, true)
        )
)

select * from final
