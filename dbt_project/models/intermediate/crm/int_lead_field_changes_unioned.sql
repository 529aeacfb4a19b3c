{{ union_systems('lead_field_change', []) }}
