{{ union_systems('account', [
    'stg_salesforce__accounts',
    'stg_hubspot__accounts',
    'stg_pipedrive__accounts',
    'stg_tryton__accounts',
    'stg_zoho__accounts',
    'stg_csv_mapping__accounts',
], extra={'is_person': 'boolean'}) }}
