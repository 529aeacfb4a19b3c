{{ stage_mapped('user', landing_latest('csv_mapping', 'user')) }}
