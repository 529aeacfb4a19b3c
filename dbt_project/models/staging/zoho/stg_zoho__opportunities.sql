select * from {{ ref('stg_zoho__opportunity_snapshots') }}
where is_latest and not is_deleted
