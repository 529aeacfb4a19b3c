{{ union_systems('opportunity_history', [
    'stg_salesforce__opportunity_history',
    'stg_tryton__opportunity_history',
    'stg_csv_mapping__opportunity_history',
]) }}
