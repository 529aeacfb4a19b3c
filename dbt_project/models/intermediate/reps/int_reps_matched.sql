-- Grain: source instance × text by which it refers to a rep, exactly as the text occurs. Join on
-- both. Rules, first that decides: alias, id (in its own case, else in any), e-mail address (of any
-- instance), name and last name (within the instance; planning files may name users of any). A name
-- that two reps share is no match, unless only one of them is active. Without a match the text is a
-- rep of its own.
with mentioned as (
    select
        *,
        {{ person_text('owner_ref') }} as text
    from {{ ref('int_rep_references') }}
),

names as (
    select
        names.source_instance,
        names.text,
        names.user_id,
        names.is_active,
        names.sureness,
        names.match_rule,
        users.rep_id
    from {{ ref('int_user_names') }} as names
    inner join {{ ref('int_users_matched') }} as users on names.user_id = users.user_id
),

aliases as (
    select * from {{ ref('int_rep_aliases_resolved') }}
),

candidates as (
    select
        mentioned.source_instance,
        mentioned.owner_ref,
        -1 as sureness,
        'alias' as match_rule,
        names.is_active,
        names.rep_id
    from mentioned
    inner join aliases on mentioned.text = aliases.alias
    inner join names on aliases.rep_ref = names.text and names.sureness <= 3
    union all
    select
        mentioned.source_instance,
        mentioned.owner_ref,
        -- ids may differ in case only, as those of 15 characters do
        case
            when
                names.match_rule = 'id'
                and names.user_id in (
                    mentioned.owner_ref, {{ record_id('names.source_instance', 'mentioned.owner_ref') }}
                )
                then 0
            else names.sureness
        end as sureness,
        names.match_rule,
        names.is_active,
        names.rep_id
    from mentioned
    inner join names
        on mentioned.text = names.text
        and (
            mentioned.source_instance = names.source_instance
            or names.match_rule = 'email'
            or (mentioned.is_planning and names.sureness <= 3)
        )
),

found as (
    select
        source_instance,
        owner_ref,
        sureness,
        match_rule,
        case
            when count(distinct rep_id) = 1 then min(rep_id)
            -- one who left and came back has two users
            when match_rule = 'name' and count(distinct case when is_active then rep_id end) = 1
                then min(case when is_active then rep_id end)
        end as rep_id
    from candidates
    group by source_instance, owner_ref, sureness, match_rule
),

decided as (
    select
        *,
        row_number() over (partition by source_instance, owner_ref order by sureness) as position
    from found
    where rep_id is not null
),

-- the same unknown address in two calendars is one person; a planning file means the rep of that name
unknown as (
    select
        mentioned.source_instance,
        mentioned.owner_ref,
        mentioned.is_planning,
        coalesce(aliases.rep_ref, mentioned.text) as text,
        mentioned.source_instance || ':' || mentioned.owner_ref as own_id
    from mentioned
    left join decided
        on mentioned.source_instance = decided.source_instance and mentioned.owner_ref = decided.owner_ref
    left join aliases on mentioned.text = aliases.alias
    where decided.rep_id is null
),

-- a name that several instances know somebody by is nobody's: a quota would go to any of them
shared_names as (
    select text from unknown
    where not is_planning and text not like '%@%'
    group by text
    having count(distinct source_instance) > 1
),

unmatched as (
    select
        unknown.source_instance,
        unknown.owner_ref,
        case
            when unknown.text like '%@%' or (unknown.is_planning and shared_names.text is null)
                then first_value(unknown.own_id)
                        over (partition by unknown.text order by unknown.is_planning, unknown.own_id)
            when unknown.is_planning
                then first_value(unknown.own_id)
                        over (partition by unknown.text, unknown.is_planning order by unknown.own_id)
            else first_value(unknown.own_id)
                    over (partition by unknown.source_instance, unknown.text order by unknown.own_id)
        end as rep_id
    from unknown
    left join shared_names on unknown.text = shared_names.text
),

final as (
    select source_instance, owner_ref, rep_id, true as is_matched, match_rule
    from decided
    where position = 1
    union all
    select source_instance, owner_ref, rep_id, false as is_matched, cast(null as varchar) as match_rule
    from unmatched
)

select * from final
