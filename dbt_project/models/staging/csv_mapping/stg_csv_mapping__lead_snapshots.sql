{{ stage_mapped('lead', landing_versions('csv_mapping', 'lead'), with_versions=true) }}
