{{ union_systems('opportunity_contact', []) }}
