-- Grain: text by which a planning file may refer to an account, in lower case: its id, its id within
-- the instance, its name. Texts that mean two accounts are left out.
with accounts as (
    select
        accounts.account_id,
        accounts.account_name,
        {{ native_id('accounts', 'account_id') }} as native_id
    from {{ ref('int_accounts_resolved') }} as accounts
),

texts as (
    select account_id, lower(account_id) as text, 1 as sureness from accounts
    union
    select account_id, lower(native_id) as text, 2 as sureness from accounts
    union
    select account_id, lower(account_name) as text, 3 as sureness
    from accounts
    where account_name is not null
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
