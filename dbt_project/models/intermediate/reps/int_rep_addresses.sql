-- Grain: rep × e-mail address by which calendars know the person: that of the user, those by which records
-- refer to the rep, and those of the alias list.
with matched as (
    select
        source_instance,
        owner_ref,
        rep_id
    from {{ ref('int_reps_matched') }}
)

select
    rep_id,
    lower(email) as address
from {{ ref('int_reps_resolved') }}
where email is not null and is_matched
union
select
    rep_id,
    lower(owner_ref) as address
from matched
where owner_ref like '%_@_%'
union
select
    matched.rep_id,
    lower(trim(aliases.alias)) as address
from {{ ref('stg_planning__rep_aliases') }} as aliases
inner join matched
    on aliases.source_instance = matched.source_instance and aliases.rep_ref = matched.owner_ref
where aliases.alias like '%_@_%'
