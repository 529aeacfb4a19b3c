select * from {{ ref('stg_csv_mapping__lead_snapshots') }}
where is_latest and not is_deleted
