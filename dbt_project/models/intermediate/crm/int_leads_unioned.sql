{{ union_systems('lead', [
    'stg_salesforce__leads',
    'stg_hubspot__leads',
    'stg_pipedrive__leads',
    'stg_zoho__leads',
    'stg_csv_mapping__leads',
]) }}
