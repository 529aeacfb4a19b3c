{{ stage_mapped('opportunity_history', landing_latest('csv_mapping', 'opportunity_history')) }}
