{{ union_systems('stage', [
    'stg_salesforce__stages',
    'stg_csv_mapping__stages',
]) }}
