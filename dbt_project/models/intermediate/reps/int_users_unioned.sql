{{ union_systems('user', [
    'stg_salesforce__users',
    'stg_hubspot__users',
    'stg_pipedrive__users',
    'stg_tryton__users',
    'stg_zoho__users',
    'stg_csv_mapping__users',
]) }}
