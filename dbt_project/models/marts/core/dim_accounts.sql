with

accounts as (

    select * from {{ ref('int_accounts_resolved') }}

),

key_accounts as (

    select distinct account_id
    from {{ ref('int_key_accounts_resolved') }}
    where valid_from <= {{ as_of_date() }}

),

target_accounts as (

    select distinct account_id
    from {{ ref('int_target_accounts_resolved') }}
    where account_id is not null and valid_from <= {{ as_of_date() }} and valid_to > {{ as_of_date() }}

),

buyers as (

    select distinct account_id
    from {{ ref('int_opportunities_current') }}
    where outcome = 'won' and account_id is not null

),

features as (

    select * from {{ ref('int_source_features') }}

)

select
    accounts.account_id,
    accounts.source_system,
    accounts.source_instance,
    -- the name of an account that is a private person is a person's
    case
        when accounts.is_person then {{ contact_detail('accounts.account_name') }}
        else accounts.account_name
    end as account_name,
    {{ segment('accounts.employees', 'accounts.annual_revenue', 'accounts.industry') }} as segment,
    accounts.industry,
    accounts.employees,
    accounts.annual_revenue,
    accounts.country,
    accounts.owner_id,
    accounts.created_at,
    -- bought, or said to have; without deals and without a word on it, unknown
    case
        when buyers.account_id is not null then true
        when accounts.is_customer is not null then accounts.is_customer
        when accounts.account_type is not null then lower(accounts.account_type) like '%customer%'
        when features.has_opportunities then false
    end as is_customer,
    key_accounts.account_id is not null as is_key_account,
    target_accounts.account_id is not null as is_target_account,
    accounts.is_landed
from accounts
left join features on accounts.source_instance = features.source_instance
left join buyers on accounts.account_id = buyers.account_id
left join key_accounts on accounts.account_id = key_accounts.account_id
left join target_accounts on accounts.account_id = target_accounts.account_id
