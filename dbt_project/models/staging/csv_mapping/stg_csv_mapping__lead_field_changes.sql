{{ stage_mapped('lead_field_change', landing_latest('csv_mapping', 'lead_field_change')) }}
