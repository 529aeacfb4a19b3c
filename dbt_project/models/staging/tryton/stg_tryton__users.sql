select
    {{ record_id('_source_instance', 'id') }} as user_id,
    supervisor as manager_id,
    "party.name" as user_name,
    "party.email" as email,
    coalesce(end_date >= {{ as_of_date() }}, true) as is_active,
    start_date as hired_on,
    coalesce(write_date, create_date) as modified_at,
    {{ record_origin() }}
from {{ landing_latest('tryton', 'employees') }}
