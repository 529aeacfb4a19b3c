{{ union_systems('calendar_event', [
    'stg_salesforce__calendar_events',
    'stg_hubspot__calendar_events',
    'stg_pipedrive__calendar_events',
    'stg_zoho__calendar_events',
    'stg_csv_mapping__calendar_events',
    'stg_icalendar__calendar_events',
    'stg_google_calendar__calendar_events',
    'stg_microsoft_calendar__calendar_events',
], extra={'ical_uid': 'varchar'}) }}
