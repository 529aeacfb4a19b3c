{{ stage_mapped('opportunity', landing_versions('csv_mapping', 'opportunity'), with_versions=true) }}
