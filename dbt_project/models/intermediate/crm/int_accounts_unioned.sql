{{ union_systems('account', [
    'stg_salesforce__accounts',
    'stg_zoho__accounts',
    'stg_csv_mapping__accounts',
]) }}
