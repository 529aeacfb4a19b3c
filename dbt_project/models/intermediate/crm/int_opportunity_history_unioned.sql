{{ union_systems('opportunity_history', []) }}
