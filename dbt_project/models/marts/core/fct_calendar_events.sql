with

events as (

    select
        *,
        -- whose time it reserves; in the join itself these conditions would have it compare every pair
        case
            when
                attendance not in ('cancelled', 'declined')
                and duration_problem is null
                and not coalesce(is_all_day, false)
                and coalesce(show_as, 'busy') <> 'free'
                then rep_id
        end as booked_rep_id
    from {{ ref('int_calendar_events_judged') }}

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

leaders as (

    select
        rep_id,
        manager_id as other_id,
        valid_from,
        valid_to
    from {{ ref('int_rep_assignments') }}
    union all
    select
        manager_id as rep_id,
        rep_id as other_id,
        valid_from,
        valid_to
    from {{ ref('int_rep_assignments') }}

),

-- two reps of whom one leads the other
pairs as (

    select distinct people.event_id
    from {{ ref('int_event_people') }} as people
    inner join events on people.event_id = events.event_id
    inner join leaders
        on
        events.rep_id = leaders.rep_id
        and people.rep_id = leaders.other_id
        and {{ reporting_date('events.starts_at') }} >= leaders.valid_from
        and {{ reporting_date('events.starts_at') }} < leaders.valid_to
    where not people.is_declined

),

titles as (

    select * from {{ ref('int_event_titles') }}

),

bookings as (

    select * from {{ ref('int_event_overlaps') }}

),

rules as (

    select * from {{ ref('event_category_rules') }}

),

rule_order as (

    select
        {{ event_rule_priorities() }}
    from rules

),

-- Which of them are one meeting, told by these few columns alone: whole rows of 4 M events overflowed 4 GB.
keyed as (

    select
        judged.event_id,
        judged.starts_at,
        judged.ical_uid,
        coalesce(parties.external_attendees > 0, false) or parties.is_linked as is_external,
        coalesce(parties.account_id, parties.lead_id) as party_id,
        judged.attendance not in ('cancelled', 'declined', 'no_show') as is_meeting,
        -- calendars spell the organizer as its vendor does, and what was passed on says so
        lower(trim(judged.organizer_email)) || '|' || {{ regex_replace(
            'lower(trim(judged.subject))', '^(?:(?:fw|fwd|wg|tr|rv|i|vb|enc)\\s*:\\s*)+', ''
        ) }} as invitation
    from {{ ref('int_calendar_events_judged') }} as judged
    inner join parties on judged.event_id = parties.event_id

),

-- the same moment with the same party, or by the same invitation, is the same meeting
grouped as (

    select
        event_id,
        starts_at,
        ical_uid,
        party_id,
        is_external and party_id is not null and is_meeting as is_numbered,
        min(event_id) over (
            partition by
                starts_at,
                case
                    when is_external and party_id is not null then party_id
                    else coalesce(invitation, event_id)
                end
        ) as group_id
    from keyed

),

-- so is what calendars know under one UID, whatever else they say of it
identified as (

    select
        *,
        min(group_id) over (partition by starts_at, coalesce(ical_uid, event_id)) as identified_id
    from grouped

),

-- the same moment in two calendars is the same meeting, and the same first meeting
meetings as (

    select
        event_id,
        min(identified_id) over (partition by starts_at, group_id) as meeting_id,
        case
            when is_numbered then rank() over (partition by party_id, is_numbered order by starts_at)
        end as meeting_number
    from identified

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
        titles.word as title_word,
        bookings.is_double_booked,
        meetings.meeting_id,
        meetings.meeting_number,
        coalesce(parties.account_id, parties.lead_id) as party_id,
        coalesce(parties.external_attendees > 0, false) or parties.is_linked as is_external,
        coalesce(
            buyers.bought_at <= events.starts_at, accounts.is_customer and buyers.account_id is null, false
        )
            as is_customer_then,
        pairs.event_id is not null as is_pair
    from events
    inner join parties on events.event_id = parties.event_id
    inner join attributions on events.event_id = attributions.event_id
    inner join meetings on events.event_id = meetings.event_id
    left join buyers on parties.account_id = buyers.account_id
    left join accounts on parties.account_id = accounts.account_id
    left join pairs on events.event_id = pairs.event_id
    left join titles on events.subject = titles.subject
    left join bookings
        on
        events.booked_rep_id = bookings.rep_id
        and events.starts_at = bookings.starts_at
        and events.ends_at = bookings.ends_at

),

ruled as (

    select
        joined.*,
        {{ first_event_rule() }} as rule_priority
    from joined
    cross join rule_order

),

decided as (

    select
        ruled.*,
        rules.category as rule_category,
        coalesce(rules.rule, 'none') as category_rule
    from ruled
    left join rules on ruled.rule_priority = rules.priority

)

select
    event_id,
    starts_at as occurrence_start_at,
    source_system,
    source_instance,
    rep_id,
    series_id,
    meeting_id,
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
    coalesce(
        rule_category,
        case category_rule
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
        end,
        case when category_rule not in ('cancelled', 'declined') then 'unclassified' end
    ) as category,
    category_rule,
    case when category_rule = 'title' then title_word end as category_word,
    -- what is shown as free, and what stands over whole days, is mostly a note (where one works, the end of
    -- the quarter, whose birthday it is): it takes time where something says what the time is for. Nobody is
    -- away whom the calendar shows as free.
    case
        when attendance in ('cancelled', 'declined') or duration_problem is not null then false
        when event_type in ('working_location', 'birthday') then false
        when is_all_day and show_as = 'free' then false
        when is_all_day then category_rule in ('out_of_office', 'external_attendees', 'title', 'private')
        when show_as = 'free'
            then
                category_rule in ('out_of_office', 'external_attendees', 'rep_and_manager')
                or (category_rule = 'title' and title_category <> 'personal_or_out')
        else true
    end as is_time_use,
    cast(external_attendees as bigint) as external_attendees,
    is_external,
    coalesce(meeting_number = 1, false) as is_first_meeting,
    is_pair as is_with_manager,
    coalesce(is_double_booked, false) as is_double_booked,
    party_contact_id as contact_id,
    party_lead_id as lead_id,
    party_account_id as account_id,
    attributed_opportunity_id as opportunity_id,
    attribution_rule,
    has_conference_link,
    created_at,
    {{ as_of() }} as as_of
from decided
