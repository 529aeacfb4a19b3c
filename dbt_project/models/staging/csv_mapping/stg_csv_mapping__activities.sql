{{ stage_mapped('activity', landing_latest('csv_mapping', 'activity')) }}
