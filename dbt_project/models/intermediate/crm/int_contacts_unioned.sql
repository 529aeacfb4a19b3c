{{ union_systems('contact', [
    'stg_salesforce__contacts',
    'stg_hubspot__contacts',
    'stg_pipedrive__contacts',
    'stg_zoho__contacts',
    'stg_csv_mapping__contacts',
]) }}
