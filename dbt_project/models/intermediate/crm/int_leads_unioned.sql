{{ union_systems('lead', []) }}
