-- Grain: text by which a planning file may refer to an account, in lower case: its id, its id within
-- the instance, its name. Texts that mean two accounts are left out.
with accounts as (
    select
        account_id,
        substr(account_id, length(source_instance) + 2) as native_id,
        account_name
    from {{ ref('int_accounts_resolved') }}
),

texts as (
    select account_id, lower(account_id) as text, 1 as sureness from accounts
    union
    select account_id, lower(native_id), 2 from accounts
    union
    select account_id, lower(account_name), 3 from accounts where account_name is not null
),

surest as (
    select
        *,
        min(sureness) over (partition by text) as best
    from texts
),

final as (
    select
        text as account_text,
        min(account_id) as account_id
    from surest
    where sureness = best
    group by 1
    having count(distinct account_id) = 1
)

select * from final
