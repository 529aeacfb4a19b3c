select
    {{ record_id('_source_instance', 'id') }} as account_id,
    name as account_name,
    website,
    create_date as created_at,
    coalesce(write_date, create_date) as modified_at,
    {{ record_origin() }}
from {{ landing_latest('tryton', 'parties') }}
