-- Grain: user × text by which records may refer to the user, with how sure that is (1 is surest).
with users as (
    select
        *,
        substr(user_id, length(source_instance) + 2) as native_id,
        {{ user_name('int_users_unioned') }} as whole_name
    from {{ ref('int_users_unioned') }}
),

final as (
    select source_instance, user_id, lower(user_id) as text, 1 as sureness, 'id' as match_rule from users
    union all
    select source_instance, user_id, lower(native_id), 1, 'id' from users
    union all
    select source_instance, user_id, lower(email), 2, 'email' from users where email like '%@%'
    union all
    select source_instance, user_id, lower(whole_name), 3, 'name' from users where whole_name is not null
    union all
    select source_instance, user_id, lower(last_name), 4, 'last_name' from users where last_name is not null
)

select * from final
