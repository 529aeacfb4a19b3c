with

leads as (

    select * from {{ ref('fct_leads') }}

),

efforts as (

    select * from {{ ref('int_person_efforts') }}
    where person_type = 'lead'

),

limits as (

    select * from {{ followup_limits() }}

),

evaluated as (

    select
        source_instance,
        max(case when column_or_rule = 'later_outcome' and is_evaluated then 1 else 0 end) = 1
            as has_later_outcome,
        max(case when column_or_rule = 'is_recontact_overdue' and is_evaluated then 1 else 0 end) = 1
            as has_recontact
    from {{ ref('int_rules_evaluated') }}
    where table_name = 'rpt_lead_followup'
    group by source_instance

),

joined as (

    select
        leads.*,
        evaluated.has_later_outcome,
        evaluated.has_recontact,
        coalesce(efforts.attempts, 0) as attempts,
        coalesce(efforts.channels, 0) as channels,
        coalesce(efforts.has_only_instants, true) as has_only_instants,
        efforts.last_touch_on,
        efforts.nuisance_at,
        efforts.first_reply_at,
        waits.minutes,
        waits.business_minutes,
        gaps.max_gap_business_days,
        {{ dbt.datediff('efforts.first_touch_on', 'efforts.last_touch_on', 'day') }} as span_days,
        {{ dbt.datediff('efforts.last_touch_on', as_of_date(), 'day') }} as idle_days,
        efforts.max_gap_days as max_touch_gap_days,
        leads.status_group in ({{ statuses_in_play() }}) as is_in_play,
        problems.problems as contact_problems,
        later.later_outcome,
        later.opportunity_id as later_opportunity_id
    from leads
    left join evaluated on leads.source_instance = evaluated.source_instance
    left join efforts on leads.lead_id = efforts.person_id
    left join {{ ref('int_lead_waits') }} as waits on leads.lead_id = waits.lead_id
    left join {{ ref('int_lead_gaps_in_play') }} as gaps on leads.lead_id = gaps.lead_id
    left join {{ ref('int_person_contact_problems') }} as problems
        on leads.lead_id = problems.person_id and problems.person_type = 'lead'
    left join {{ ref('int_lead_later_wins') }} as later on leads.lead_id = later.lead_id

),

-- what excuses few touches, in the order in which it is said
judged as (

    select
        joined.*,
        case
            when joined.verdict in ('fake', 'duplicate') then joined.verdict
            when joined.status_group = 'converted' then 'converted'
            when joined.first_reply_at is not null then 'replied'
            when joined.has_opted_out then 'opted_out'
            when joined.contact_problems is not null then 'bad_contact_data'
            when joined.recontact_on >= {{ as_of_date() }} then 'recontact_ahead'
        end as token_effort_exception,
        (joined.status_group in ('disqualified', 'abandoned') or joined.idle_days >= limits.idle_days)
        and joined.touches >= 1
        and (joined.touches < limits.token_touches or joined.channels < limits.token_channels)
            as is_little_effort
    from joined
    cross join limits

)

select
    lead_id,
    source_system,
    source_instance,
    owner_id,
    status_group,
    verdict,
    created_at,
    first_touch_at,
    cast(minutes as double) as minutes_to_first_touch,
    cast(business_minutes as double) as business_minutes_to_first_touch,
    touches,
    -- an hour cannot be told apart where only days are known
    case when touches is not null and has_only_instants then attempts end as attempts,
    case when touches is not null then channels end as channels,
    case when touches is not null then span_days end as span_days,
    case
        when touches is null then null
        when is_in_play then greatest(max_touch_gap_days, idle_days)
        else max_touch_gap_days
    end as max_gap_days,
    cast(max_gap_business_days as bigint) as neglected_business_days,
    case
        when touches = 0 then 'untouched'
        when touches is null then null
        when nuisance_at is not null then 'nuisance'
        when max_gap_business_days is not null then 'neglected'
        else 'healthy'
    end as cadence_band,
    nuisance_at,
    case
        when touches is not null then coalesce(is_little_effort and token_effort_exception is null, false)
    end as is_token_effort,
    token_effort_exception,
    case when has_later_outcome then coalesce(later_outcome, 'none') end as later_outcome,
    later_opportunity_id,
    case
        when has_recontact
            then
                status_group <> 'converted'
                and coalesce(recontact_on < {{ as_of_date() }}, false)
                and coalesce(last_touch_on < recontact_on, true)
    end as is_recontact_overdue,
    {{ as_of() }} as as_of
from judged
