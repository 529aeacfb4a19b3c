{{ union_systems('opportunity', [], extra={'is_latest': 'boolean', 'is_deleted': 'boolean'}) }}
