{{ stage_mapped('opportunity_contact', landing_latest('csv_mapping', 'opportunity_contact')) }}
