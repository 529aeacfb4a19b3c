{{ union_systems('opportunity', [
    'stg_salesforce__opportunities',
    'stg_zoho__opportunities',
    'stg_csv_mapping__opportunities',
]) }}
