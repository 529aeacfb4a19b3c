{{ union_systems('calendar_event', []) }}
