{{ states_of(ref('int_lead_observations'), 'lead_id', {'status': 'varchar', 'owner_id': 'varchar'}) }}
