{{ union_systems('activity', [
    'stg_salesforce__activities',
    'stg_zoho__activities',
    'stg_csv_mapping__activities',
]) }}
