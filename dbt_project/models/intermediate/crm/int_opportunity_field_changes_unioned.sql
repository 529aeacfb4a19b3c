{{ union_systems('opportunity_field_change', []) }}
