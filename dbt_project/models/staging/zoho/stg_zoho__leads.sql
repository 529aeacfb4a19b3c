select * from {{ ref('stg_zoho__lead_snapshots') }}
where is_latest and not is_deleted
