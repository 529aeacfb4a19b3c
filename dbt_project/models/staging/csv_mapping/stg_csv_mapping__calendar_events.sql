-- Of a private event only the time is kept, whatever has landed.
with mapped as (
    {{ stage_mapped('calendar_event', landing_latest('csv_mapping', 'calendar_event')) }}
)

select
    {{ all_but(['subject', 'description', 'location', 'organizer_email', 'attendees']) }},
    case when not coalesce(is_private, false) then subject end as subject,
    case when not coalesce(is_private, false) then description end as description,
    case when not coalesce(is_private, false) then location end as location,
    case when not coalesce(is_private, false) then organizer_email end as organizer_email,
    case when not coalesce(is_private, false) then attendees end as attendees
from mapped
