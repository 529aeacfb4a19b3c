select * from {{ ref('stg_salesforce__opportunity_snapshots') }}
where is_latest and not is_deleted
