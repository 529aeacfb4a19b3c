{{ union_systems('contact', []) }}
