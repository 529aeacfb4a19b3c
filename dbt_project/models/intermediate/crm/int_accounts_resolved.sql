-- Grain: account at as_of. Accounts that deals or contacts refer to and that never landed are rows
-- of their own, under the name by which they are referred to.
with accounts as (
    select * from {{ ref('int_accounts_unioned') }}
    where
        merged_into_id is null
        and not coalesce(created_at > {{ as_of() }} and created_at <= {{ known_at() }}, false)
),

matched as (
    select * from {{ ref('int_accounts_matched') }}
),

reps as (
    select * from {{ ref('int_reps_matched') }}
),

sources as (
    select * from {{ ref('int_build_sources') }}
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
    where valid_from <= cast({{ as_of() }} as date) and valid_to > cast({{ as_of() }} as date)
),

landed as (
    select
        {{ all_but(['owner_id', 'annual_revenue', 'currency'], 'accounts') }},
        accounts.owner_id as owner_ref,
        reps.rep_id as owner_id,
        coalesce(upper(accounts.currency), sources.currency, {{ reporting_currency() }}) as currency,
        accounts.annual_revenue as native_annual_revenue,
        true as is_landed
    from accounts
    left join reps
        on accounts.source_instance = reps.source_instance and accounts.owner_id = reps.owner_ref
    left join sources on accounts.source_instance = sources.source_instance
),

only_referred as (
    select
        matched.account_id,
        min(matched.source_instance) as source_instance,
        min({{ native_id('matched', 'account_id') }}) as account_name,
        false as is_landed
    from matched
    where not matched.is_matched
    group by 1
),

final as (
    {{ union_by_name(['select * from landed', 'select * from only_referred']) }}
)

select
    final.*,
    {{ to_money(convert('final.native_annual_revenue', 'rates.rate')) }} as annual_revenue
from final
left join rates on final.currency = rates.currency
