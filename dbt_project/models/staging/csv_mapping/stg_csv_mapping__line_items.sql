{{ stage_mapped('line_item', landing_latest('csv_mapping', 'line_item')) }}
