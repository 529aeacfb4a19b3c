{{ stage_mapped('calendar_event', landing_latest('csv_mapping', 'calendar_event')) }}
