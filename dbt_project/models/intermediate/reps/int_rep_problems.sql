-- Grain: source instance × object × field × reason why texts mean no rep: an alias that stands for
-- two, an address that users of different names share, a name in planning files that several reps bear.
with aliases as (
    select
        source_instance,
        source_system,
        {{ person_text('alias') }} as alias
    from {{ ref('stg_planning__rep_aliases') }}
    where alias is not null and rep_ref is not null
),

matched as (
    select
        matched.*,
        mentioned.is_planning,
        {{ person_text('matched.owner_ref') }} as text
    from {{ ref('int_reps_matched') }} as matched
    inner join {{ ref('int_rep_references') }} as mentioned
        on matched.source_instance = mentioned.source_instance and matched.owner_ref = mentioned.owner_ref
    where not matched.is_matched
),

bearers as (
    select
        text,
        rep_id
    from matched
    where not is_planning
    union all
    select
        names.text,
        users.rep_id
    from {{ ref('int_user_names') }} as names
    inner join {{ ref('int_users_matched') }} as users on names.user_id = users.user_id
    where names.match_rule = 'name'
),

shared_names as (
    select text
    from bearers
    group by text
    having count(distinct rep_id) > 1
),

problems as (
    select
        aliases.source_instance,
        aliases.source_system,
        'rep_aliases' as object,
        'alias' as field,
        'ambiguous_alias' as reason,
        1 as problem_count
    from aliases
    left join {{ ref('int_rep_aliases_resolved') }} as resolved on aliases.alias = resolved.alias
    where resolved.alias is null
    union all
    select
        source_instance,
        source_system,
        'users' as object,
        'email' as field,
        'shared_address' as reason,
        users as problem_count
    from {{ ref('int_shared_addresses') }}
    union all
    select
        matched.source_instance,
        'planning' as source_system,
        'reps' as object,
        'rep' as field,
        'ambiguous_name' as reason,
        1 as problem_count
    from matched
    inner join shared_names on matched.text = shared_names.text
    -- where the name is that of one of them all the same, another instance has it by an alias
    left join bearers on matched.text = bearers.text and matched.rep_id = bearers.rep_id
    where matched.is_planning and bearers.rep_id is null
)

select
    source_instance,
    source_system,
    object,
    field,
    reason,
    sum(problem_count) as problem_count
from problems
group by source_instance, source_system, object, field, reason
