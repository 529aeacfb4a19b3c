{{ union_systems('activity', []) }}
