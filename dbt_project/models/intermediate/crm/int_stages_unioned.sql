{{ union_systems('stage', []) }}
