-- Grain: user × text by which records may refer to the user, as macro person_text compares texts,
-- with how sure that is (1 is surest).
with users as (
    select
        users.*,
        {{ native_id('users', 'user_id') }} as native_id,
        {{ user_name('users') }} as whole_name
    from {{ ref('int_users_unioned') }} as users
),

texts as (
    select
        source_instance,
        user_id,
        is_active,
        user_id as text,
        1 as sureness,
        'id' as match_rule
    from users
    union all
    select
        source_instance,
        user_id,
        is_active,
        native_id as text,
        1 as sureness,
        'id' as match_rule
    from users
    union all
    -- as its reports show it
    select
        source_instance,
        user_id,
        is_active,
        {{ salesforce_short_id('native_id') }} as text,
        1 as sureness,
        'id' as match_rule
    from users
    where source_system = 'salesforce' and length(native_id) = 18
    union all
    select
        source_instance,
        user_id,
        is_active,
        email as text,
        2 as sureness,
        'email' as match_rule
    from users
    where email like '%@%'
    union all
    select
        source_instance,
        user_id,
        is_active,
        whole_name as text,
        3 as sureness,
        'name' as match_rule
    from users
    where whole_name is not null
    union all
    select
        source_instance,
        user_id,
        is_active,
        last_name as text,
        4 as sureness,
        'last_name' as match_rule
    from users
    where last_name is not null
)

select
    source_instance,
    user_id,
    sureness,
    match_rule,
    coalesce(is_active, true) as is_active,
    {{ person_text('text') }} as text
from texts
