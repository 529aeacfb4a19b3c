-- a view: every column stands in the snapshots already
{{ config(materialized='view') }}
select {{ all_but(['is_latest', 'is_deleted'], 'snapshots') }}
from {{ ref('int_lead_snapshots_unioned') }} as snapshots
where snapshots.is_latest and not snapshots.is_deleted
