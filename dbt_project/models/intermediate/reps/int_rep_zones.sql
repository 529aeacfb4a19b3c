{{ config(materialized='view') }}
-- Grain: rep. The zone of the rep's clock today; a zone that the database does not know is the reporting
-- zone.
select
    rep_id,
    case when {{ is_time_zone('time_zone') }} then time_zone else {{ reporting_time_zone() }} end as time_zone
from {{ ref('int_reps_resolved') }}
