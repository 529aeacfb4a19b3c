{{ stage_mapped('opportunity_field_change', landing_latest('csv_mapping', 'opportunity_field_change')) }}
