{{ union_systems('lead', [], extra={'is_latest': 'boolean', 'is_deleted': 'boolean'}) }}
