{{ union_systems('lead_field_change', [
    'stg_salesforce__lead_field_changes',
    'stg_hubspot__lead_field_changes',
    'stg_csv_mapping__lead_field_changes',
]) }}
