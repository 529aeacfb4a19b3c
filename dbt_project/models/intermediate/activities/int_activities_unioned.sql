{{ union_systems('activity', [
    'stg_salesforce__activities',
    'stg_hubspot__activities',
    'stg_pipedrive__activities',
    'stg_zoho__activities',
    'stg_csv_mapping__activities',
]) }}
