-- A quota whose period cannot be read (2026, 2026-Q1, 2026-01, Q1 2026, Jan 2026 …) counts in no period.
{{ config(severity='warn') }}
select
    source_instance,
    rep_ref,
    period
from {{ ref('stg_planning__quotas') }}
where period is not null and {{ quota_period('period') }} is null
