{{ union_systems('opportunity', [
    'stg_salesforce__opportunity_snapshots',
    'stg_hubspot__opportunity_snapshots',
    'stg_pipedrive__opportunity_snapshots',
    'stg_tryton__opportunity_snapshots',
    'stg_zoho__opportunity_snapshots',
    'stg_csv_mapping__opportunity_snapshots',
], extra={'is_latest': 'boolean', 'is_deleted': 'boolean', 'merged_at': 'timestamp'}) }}
