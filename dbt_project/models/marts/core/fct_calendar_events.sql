with

events as (

    select * from {{ ref('int_calendar_events_judged') }}

),

parties as (

    select * from {{ ref('int_event_parties') }}

),

attributions as (

    select * from {{ ref('int_event_deals') }}

),

buyers as (

    select
        account_id,
        min(closed_at) as bought_at
    from {{ ref('int_opportunities_current') }}
    where outcome = 'won' and account_id is not null
    group by account_id

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

assignments as (

    select * from {{ ref('int_rep_assignments') }}

),

-- two reps of whom one leads the other
pairs as (

    select distinct people.event_id
    from {{ ref('int_event_people') }} as people
    inner join events on people.event_id = events.event_id
    inner join assignments
        on
        {{ reporting_date('events.starts_at') }} >= assignments.valid_from
        and {{ reporting_date('events.starts_at') }} < assignments.valid_to
        and (
            (events.rep_id = assignments.rep_id and people.rep_id = assignments.manager_id)
            or (events.rep_id = assignments.manager_id and people.rep_id = assignments.rep_id)
        )

),

subjects as (

    select
        subject,
        ' ' || {{ comparable_text('subject') }} || ' ' as words
    from events
    where subject is not null
    group by subject

),

titles as (

    select
        subjects.subject,
        min_by(rules.category, rules.priority) as category
    from subjects
    inner join {{ ref('event_title_rules') }} as rules
        on subjects.words like '% ' || rules.word || ' %'
    group by subjects.subject

),

joined as (

    select
        events.*,
        parties.account_id as party_account_id,
        parties.lead_id as party_lead_id,
        parties.contact_id as party_contact_id,
        parties.external_attendees,
        parties.own_people,
        attributions.opportunity_id as attributed_opportunity_id,
        attributions.attribution_rule,
        attributions.has_open_deal,
        titles.category as title_category,
        coalesce(parties.external_attendees > 0, false) or parties.is_linked as is_external,
        coalesce(parties.account_id, parties.lead_id) as party_id,
        coalesce(
            buyers.bought_at <= events.starts_at, accounts.is_customer and buyers.account_id is null, false
        )
            as is_customer_then,
        pairs.event_id is not null as is_pair
    from events
    inner join parties on events.event_id = parties.event_id
    inner join attributions on events.event_id = attributions.event_id
    left join buyers on parties.account_id = buyers.account_id
    left join accounts on parties.account_id = accounts.account_id
    left join pairs on events.event_id = pairs.event_id
    left join titles on events.subject = titles.subject

),

-- the same moment in two calendars is the same first meeting
ordered as (

    select
        *,
        case
            when is_external
                and party_id is not null
                and attendance not in ('cancelled', 'declined', 'no_show')
                then rank() over (
                        partition by
                            party_id, is_external and attendance not in ('cancelled', 'declined', 'no_show')
                        order by starts_at
                    )
        end as meeting_number
    from joined

),

ruled as (

    select
        *,
        case
            when attendance in ('cancelled', 'declined') then attendance
            when event_type = 'out_of_office' then 'out_of_office'
            when is_external and party_id is not null then 'external_attendees'
            when title_category is not null then 'title'
            when is_pair and own_people <= 2 and not is_external then 'rep_and_manager'
            when own_people >= 2 and not is_external then 'own_domain'
            when is_private then 'private'
            when event_type = 'focus_time' then 'focus_time'
            else 'none'
        end as category_rule
    from ordered

)

select
    event_id,
    starts_at as occurrence_start_at,
    source_system,
    source_instance,
    rep_id,
    series_id,
    starts_at,
    ends_at,
    time_zone,
    cast(duration_minutes as bigint) as duration_minutes,
    is_implausible_duration,
    duration_problem,
    coalesce(is_all_day, false) as is_all_day,
    coalesce(is_private, false) as is_private,
    status,
    show_as,
    response,
    attendance,
    case category_rule
        when 'out_of_office' then 'personal_or_out'
        when 'external_attendees'
            then
                case
                    when is_customer_then and has_open_deal then 'opportunity_meeting'
                    when is_customer_then then 'customer_meeting'
                    when meeting_number = 1 then 'first_meeting'
                    when has_open_deal or attributed_opportunity_id is not null then 'opportunity_meeting'
                    else 'prospecting'
                end
        when 'title' then title_category
        when 'rep_and_manager' then 'coaching'
        when 'own_domain' then 'internal'
        when 'private' then 'personal_or_out'
        when 'focus_time' then 'research_admin'
        when 'none' then 'unclassified'
    end as category,
    category_rule,
    cast(external_attendees as bigint) as external_attendees,
    is_external,
    party_contact_id as contact_id,
    party_lead_id as lead_id,
    party_account_id as account_id,
    attributed_opportunity_id as opportunity_id,
    attribution_rule,
    has_conference_link,
    created_at,
    {{ as_of() }} as as_of
from ruled
