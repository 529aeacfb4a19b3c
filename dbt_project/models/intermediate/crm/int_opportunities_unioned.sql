{{ union_systems('opportunity', []) }}
