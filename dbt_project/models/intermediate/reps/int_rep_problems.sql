-- Grain: source instance × object × field × reason why texts mean no rep: an alias that stands for
-- two, an address that users of different names share.
with aliases as (
    select
        source_instance,
        source_system,
        {{ person_text('alias') }} as alias
    from {{ ref('stg_planning__rep_aliases') }}
    where alias is not null and rep_ref is not null
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
