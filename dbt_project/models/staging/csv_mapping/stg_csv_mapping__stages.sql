{{ stage_mapped('stage', landing_latest('csv_mapping', 'stage')) }}
