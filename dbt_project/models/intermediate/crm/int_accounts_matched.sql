-- Grain: account reference as it occurs, `instance:text`. CRMs refer to an account by its id or by
-- its name; a name that two accounts of an instance share is no match. A reference without a match
-- stands for an account of its own.
with accounts as (
    select * from {{ ref('int_accounts_unioned') }}
    where merged_into_id is null
),

referred as (
    select source_instance, account_id as account_ref from {{ ref('int_opportunity_snapshots_unioned') }}
    union
    select source_instance, account_id as account_ref from {{ ref('int_opportunities_unioned') }}
    union
    select source_instance, account_id as account_ref from {{ ref('int_contacts_unioned') }}
    union
    select source_instance, account_id as account_ref from accounts
),

named as (
    select
        {{ record_id('source_instance', 'lower(account_name)') }} as name_ref,
        min(account_id) as account_id
    from accounts
    group by 1
    having count(*) = 1
),

absorbed as (
    select account_id, merged_into_id
    from {{ ref('int_accounts_unioned') }}
    where merged_into_id is not null
),

-- the account that stands, also where that one was merged in turn
merged as (
    select
        absorbed.account_id,
        coalesce(accounts.account_id, later_accounts.account_id) as merged_into_id
    from absorbed
    left join accounts on absorbed.merged_into_id = accounts.account_id
    left join absorbed as later_absorbed on absorbed.merged_into_id = later_absorbed.account_id
    left join accounts as later_accounts on later_absorbed.merged_into_id = later_accounts.account_id
),

final as (
    select
        referred.source_instance,
        referred.account_ref,
        coalesce(accounts.account_id, merged.merged_into_id, named.account_id, referred.account_ref)
            as account_id,
        coalesce(accounts.account_id, merged.merged_into_id, named.account_id) is not null as is_matched
    from referred
    left join accounts on referred.account_ref = accounts.account_id
    left join merged on referred.account_ref = merged.account_id
    left join named
        on {{ record_id('referred.source_instance', 'lower(' ~ native_id('referred', 'account_ref') ~ ')') }}
        = named.name_ref
    where referred.account_ref is not null
)

select * from final
