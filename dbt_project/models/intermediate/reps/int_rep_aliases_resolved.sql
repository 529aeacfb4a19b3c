-- Grain: alias, as macro person_text compares texts, with the text that it stands for; of an alias
-- of an alias the last. An alias that stands for two is nobody's (int_rep_problems lists it).
with aliases as (
    select
        {{ person_text('alias') }} as alias,
        {{ person_text('rep_ref') }} as rep_ref
    from {{ ref('stg_planning__rep_aliases') }}
),

single as (
    select
        alias,
        min(rep_ref) as rep_ref
    from aliases
    where alias is not null and rep_ref is not null
    group by alias
    having count(distinct rep_ref) = 1
)

select
    single.alias,
    coalesce(further.rep_ref, single.rep_ref) as rep_ref
from single
left join single as further on single.rep_ref = further.alias
