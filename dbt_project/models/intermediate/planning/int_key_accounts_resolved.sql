-- Grain: key account, from its first day on.
with key_accounts as (
    select * from {{ ref('stg_planning__key_accounts') }}
),

accounts as (
    select * from {{ ref('int_accounts_named') }}
),

final as (
    select
        coalesce(
            accounts.account_id, {{ record_id('key_accounts.source_instance', 'key_accounts.account_ref') }}
        ) as account_id,
        min(key_accounts.account_ref) as account_ref,
        min(coalesce(key_accounts.valid_from, date '1900-01-01')) as valid_from
    from key_accounts
    left join accounts on {{ account_text('key_accounts.account_ref') }} = accounts.account_text
    group by 1
)

select * from final
