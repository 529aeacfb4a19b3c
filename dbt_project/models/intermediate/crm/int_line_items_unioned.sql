{{ union_systems('line_item', []) }}
