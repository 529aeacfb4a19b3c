-- Grain: user. `rep_id` is the same for the users of all instances that are one person: by alias
-- (planning), else by e-mail address. It is the first of their ids, so a further calendar or
-- planning source does not rename a rep; a user that is no person (user_kind) comes last. An
-- address that persons of different names share within one instance (a team's mailbox, the
-- administrator's on leavers) is nobody's: there the name counts too (int_rep_problems lists it).
with users as (
    select * from {{ ref('int_users_unioned') }}
),

names as (
    select * from {{ ref('int_user_names') }}
),

addresses as (
    select
        users.user_id,
        case when users.email like '%@%' then {{ person_text('users.email') }} end as address,
        {{ person_text(user_name('users')) }} as name
    from users
),

shared as (
    select distinct address from {{ ref('int_shared_addresses') }}
),

people as (
    select
        addresses.user_id,
        case
            when addresses.address is null then addresses.user_id
            when shared.address is null then addresses.address
            else addresses.address || ' ' || coalesce(addresses.name, addresses.user_id)
        end as person
    from addresses
    left join shared on addresses.address = shared.address
),

aliases as (
    select * from {{ ref('int_rep_aliases_resolved') }}
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
