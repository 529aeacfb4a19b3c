-- Grain: contact at as_of.
with contacts as (
    select * from {{ ref('int_contacts_unioned') }}
    where
        merged_into_id is null
        and not coalesce(created_at > {{ as_of() }} and created_at <= {{ known_at() }}, false)
),

reps as (
    select * from {{ ref('int_reps_matched') }}
),

accounts as (
    select * from {{ ref('int_accounts_matched') }}
),

final as (
    select
        {{ all_but(['owner_id', 'account_id', 'full_name'], 'contacts') }},
        {{ full_name('contacts') }} as full_name,
        accounts.account_id,
        contacts.owner_id as owner_ref,
        reps.rep_id as owner_id
    from contacts
    left join reps
        on contacts.source_instance = reps.source_instance and contacts.owner_id = reps.owner_ref
    left join accounts on contacts.account_id = accounts.account_ref
)

select * from final
