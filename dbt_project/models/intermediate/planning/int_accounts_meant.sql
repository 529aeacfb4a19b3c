-- Grain: text by which a planning file may refer to an account, as macro account_text compares texts (its
-- id, its id within the instance, also as Salesforce's reports show it, its name) × account that it may
-- mean, by the surest of these readings. `position` is 1 for the accounts of the source instance that is
-- asked first: another CRM may have the same customer.
with accounts as (
    select
        accounts.account_id,
        accounts.account_name,
        accounts.source_instance,
        accounts.source_system,
        {{ native_id('accounts', 'account_id') }} as native_id
    from {{ ref('int_accounts_resolved') }} as accounts
),

texts as (
    select
        account_id,
        source_instance,
        {{ account_text('account_id') }} as account_text,
        1 as sureness
    from accounts
    union
    select
        account_id,
        source_instance,
        {{ account_text('native_id') }} as account_text,
        2 as sureness
    from accounts
    union
    select
        account_id,
        source_instance,
        lower({{ salesforce_short_id('native_id') }}) as account_text,
        2 as sureness
    from accounts
    where source_system = 'salesforce'
    union
    select
        account_id,
        source_instance,
        {{ account_text('account_name') }} as account_text,
        3 as sureness
    from accounts
    where account_name is not null
),

surest as (
    select
        *,
        min(sureness) over (partition by account_text) as best
    from texts
)

select
    surest.account_text,
    surest.account_id,
    rank() over (partition by surest.account_text order by preferences.preference) as position
from surest
left join {{ ref('int_source_preferences') }} as preferences
    on surest.source_instance = preferences.source_instance
where surest.sureness = surest.best
