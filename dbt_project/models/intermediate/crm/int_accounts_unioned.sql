{{ union_systems('account', []) }}
