-- Left out: roles that were given after as_of.
with roles as (
    {{ union_systems('opportunity_contact', [
        'stg_salesforce__opportunity_contacts',
        'stg_hubspot__opportunity_contacts',
        'stg_csv_mapping__opportunity_contacts',
    ]) }}
)

select * from roles
where not coalesce(created_at > {{ as_of() }} and created_at <= {{ known_at() }}, false)
