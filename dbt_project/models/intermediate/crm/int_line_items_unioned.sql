{{ union_systems('line_item', [
    'stg_salesforce__line_items',
    'stg_hubspot__line_items',
    'stg_csv_mapping__line_items',
]) }}
