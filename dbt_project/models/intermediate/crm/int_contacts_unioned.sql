{{ union_systems('contact', [
    'stg_salesforce__contacts',
    'stg_zoho__contacts',
    'stg_csv_mapping__contacts',
]) }}
