select * from {{ ref('stg_hubspot__lead_snapshots') }}
where is_latest and not is_deleted
