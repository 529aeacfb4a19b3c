select * from {{ ref('stg_csv_mapping__opportunity_snapshots') }}
where is_latest and not is_deleted
