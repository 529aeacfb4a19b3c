{{ union_systems('opportunity_field_change', [
    'stg_salesforce__opportunity_field_changes',
    'stg_hubspot__opportunity_field_changes',
    'stg_pipedrive__opportunity_field_changes',
    'stg_csv_mapping__opportunity_field_changes',
]) }}
