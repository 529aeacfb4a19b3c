{{ stage_mapped('account', landing_latest('csv_mapping', 'account')) }}
