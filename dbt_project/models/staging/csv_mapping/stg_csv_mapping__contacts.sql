{{ stage_mapped('contact', landing_latest('csv_mapping', 'contact')) }}
