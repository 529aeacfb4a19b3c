{{ union_systems('opportunity', [
    'stg_salesforce__opportunities',
    'stg_hubspot__opportunities',
    'stg_pipedrive__opportunities',
    'stg_tryton__opportunities',
    'stg_zoho__opportunities',
    'stg_csv_mapping__opportunities',
]) }}
