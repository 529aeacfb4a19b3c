{{ union_systems('stage', [
    'stg_salesforce__stages',
    'stg_hubspot__stages',
    'stg_pipedrive__stages',
    'stg_csv_mapping__stages',
]) }}
