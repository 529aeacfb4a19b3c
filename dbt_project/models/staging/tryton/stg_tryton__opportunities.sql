select * from {{ ref('stg_tryton__opportunity_snapshots') }}
where is_latest and not is_deleted
