{{ union_systems('opportunity_contact', [
    'stg_salesforce__opportunity_contacts',
    'stg_hubspot__opportunity_contacts',
    'stg_csv_mapping__opportunity_contacts',
]) }}
