with

efforts as (

    select * from {{ ref('int_person_efforts') }}

),

limits as (

    select * from {{ followup_limits() }}

),

-- where nothing that comes in is landed, silence is not known
evaluated as (

    select source_instance
    from {{ ref('int_rules_evaluated') }}
    where table_name = 'rpt_unreachable' and column_or_rule = 'cause' and is_evaluated

),

people as (

    select
        lead_id as person_id,
        'lead' as person_type,
        lead_id,
        contact_id,
        account_id,
        source_instance,
        owner_id,
        verdict
    from {{ ref('fct_leads') }}
    union all
    select
        contact_id as person_id,
        'contact' as person_type,
        cast(null as varchar) as lead_id,
        contact_id,
        account_id,
        source_instance,
        owner_id,
        cast(null as varchar) as verdict
    from {{ ref('dim_contacts') }}

),

-- who came to a meeting can be reached
met as (

    select lead_id as person_id, 'lead' as person_type from {{ ref('fct_calendar_events') }}
    where attendance in ('held', 'held_by_calendar') and lead_id is not null
    union
    select contact_id as person_id, 'contact' as person_type from {{ ref('fct_calendar_events') }}
    where attendance in ('held', 'held_by_calendar') and contact_id is not null

),

silent as (

    select
        people.*,
        efforts.touches,
        efforts.attempts,
        efforts.channels,
        efforts.first_touch_on,
        efforts.last_touch_on,
        efforts.last_touch_at,
        efforts.automatic_replies,
        efforts.last_automatic_reply_at,
        problems.problems as contact_problems,
        followup.cadence_band,
        case
            when problems.problems is not null then 'bad_contact_data'
            when efforts.automatic_replies > 0 then 'out_of_office_seen'
            when
                efforts.touches < limits.token_touches
                or efforts.channels < limits.token_channels
                or followup.cadence_band in ('nuisance', 'neglected')
                then 'poor_cadence'
            else 'silent'
        end as cause
    from people
    inner join efforts on people.person_id = efforts.person_id and people.person_type = efforts.person_type
    inner join evaluated on people.source_instance = evaluated.source_instance
    cross join limits
    left join met on people.person_id = met.person_id and people.person_type = met.person_type
    left join {{ ref('int_person_contact_problems') }} as problems
        on people.person_id = problems.person_id and people.person_type = problems.person_type
    left join {{ ref('rpt_lead_followup') }} as followup on people.lead_id = followup.lead_id
    where
        efforts.attempts >= limits.unreachable_attempts
        and efforts.first_reply_at is null
        and efforts.first_conversation_at is null
        and met.person_id is null

),

explained as (

    select
        *,
        case
            when cause = 'bad_contact_data' then 'its contact data is bad (' || contact_problems || ')'
            when cause = 'out_of_office_seen'
                then
                    'an automatic reply of '
                    || cast({{ reporting_date('last_automatic_reply_at') }} as varchar)
                    || ' says that the person was away'
            when cause = 'silent' then 'the effort was a full one'
            when cadence_band = 'nuisance' then 'the attempts came too close together'
            when cadence_band = 'neglected' then 'the attempts came too far apart'
            else 'that is too few touches or one channel only'
        end as explanation
    from silent

)

select
    person_id,
    person_type,
    lead_id,
    contact_id,
    account_id,
    source_instance,
    owner_id,
    verdict,
    touches,
    attempts,
    channels,
    last_touch_at,
    cause,
    cast(attempts as varchar) || ' attempts over ' || cast(channels as varchar)
    || case when channels = 1 then ' channel' else ' channels' end
    || ' from ' || cast(first_touch_on as varchar) || ' to ' || cast(last_touch_on as varchar)
    || ' and nothing came back: ' || explanation as evidence,
    {{ as_of() }} as as_of
from explained
