-- Grain: user. `rep_id` is the same for the users of all instances that are one person: by alias
-- (planning), else by e-mail address. It is the first of their ids, so a further calendar or planning
-- source does not rename a rep; a user that is no person (user_kind) comes last.
with users as (
    select * from {{ ref('int_users_unioned') }}
),

names as (
    select * from {{ ref('int_user_names') }}
),

people as (
    select
        user_id,
        case when email like '%@%' then lower(email) else user_id end as person
    from users
),

aliases as (
    select
        lower(alias) as alias,
        lower(min(rep_ref)) as rep_ref
    from {{ ref('stg_planning__rep_aliases') }}
    group by 1
),

-- the one person that an alias's rep means, over all instances, by the surest rule
meant as (
    select
        aliases.alias,
        min(people.person) as person
    from aliases
    inner join names on aliases.rep_ref = names.text and names.sureness <= 3
    inner join people on names.user_id = people.user_id
    group by 1
    having count(distinct people.person) = 1
),

renamed as (
    select
        names.user_id,
        min_by(meant.person, names.sureness) as person
    from names
    inner join meant on names.text = meant.alias
    where names.sureness <= 3
    group by 1
),

identified as (
    select
        people.user_id,
        coalesce(renamed.person, people.person) as person
    from people
    left join renamed on people.user_id = renamed.user_id
),

final as (
    select
        identified.user_id,
        first_value(identified.user_id) over (
            partition by identified.person
            order by
                users.user_kind is not null,
                case
                    when users.source_system in ({{ calendar_systems() }}) then 2
                    else 1
                end,
                identified.user_id
        ) as rep_id
    from identified
    inner join users on identified.user_id = users.user_id
)

select * from final
