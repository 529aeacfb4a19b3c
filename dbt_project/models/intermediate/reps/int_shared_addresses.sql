-- Grain: source instance × e-mail address that persons of different names share within it. `Ann
-- Lee` and `Ann Lee (admin)` are one name; a user without a name, or one that is no person, shares
-- with everyone.
with named as (
    select
        users.source_instance,
        users.source_system,
        {{ person_text('users.email') }} as address,
        {{ person_text(user_name('users')) }} as name
    from {{ ref('int_users_unioned') }} as users
    where users.email like '%@%' and users.user_kind is null and {{ user_name('users') }} is not null
),

shortest as (
    select
        *,
        first_value(name) over (
            partition by source_instance, address order by length(name), name
        ) as shortest_name
    from named
),

compared as (
    select
        *,
        name = shortest_name or substr(name, 1, length(shortest_name) + 1) = shortest_name || ' ' as is_same
    from shortest
)

select
    source_instance,
    address,
    min(source_system) as source_system,
    count(*) as users
from compared
group by source_instance, address
having count(case when not is_same then 1 end) > 0
