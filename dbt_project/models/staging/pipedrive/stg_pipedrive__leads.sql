select * from {{ ref('stg_pipedrive__lead_snapshots') }}
where is_latest and not is_deleted
