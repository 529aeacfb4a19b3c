{{ union_systems('lead', [
    'stg_salesforce__lead_snapshots',
    'stg_hubspot__lead_snapshots',
    'stg_pipedrive__lead_snapshots',
    'stg_zoho__lead_snapshots',
    'stg_csv_mapping__lead_snapshots',
], extra={'is_latest': 'boolean', 'is_deleted': 'boolean'}) }}
