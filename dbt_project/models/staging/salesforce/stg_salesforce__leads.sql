select * from {{ ref('stg_salesforce__lead_snapshots') }}
where is_latest and not is_deleted
