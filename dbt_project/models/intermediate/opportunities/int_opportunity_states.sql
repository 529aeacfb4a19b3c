{{ states_of(ref('int_opportunity_observations'), 'opportunity_id', versioned_fields()) }}
