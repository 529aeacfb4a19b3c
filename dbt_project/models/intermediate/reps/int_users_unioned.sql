{{ union_systems('user', []) }}
