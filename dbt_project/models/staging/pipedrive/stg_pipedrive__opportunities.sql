select * from {{ ref('stg_pipedrive__opportunity_snapshots') }}
where is_latest and not is_deleted
