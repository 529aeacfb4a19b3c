{{ config(materialized='view') }}
-- Grain: outbound touch other than a meeting × account or lead that it reached: what shows that something was
-- done for a buyer after all. Where the source knows no more than the day, that is the day's first moment.
select
    activity_id,
    account_id as party_id,
    rep_id,
    occurred_at,
    occurred_at_precision
from {{ ref('int_touches') }}
where is_touch and kind <> 'meeting' and account_id is not null
union all
select
    activity_id,
    lead_id as party_id,
    rep_id,
    occurred_at,
    occurred_at_precision
from {{ ref('int_touches') }}
where is_touch and kind <> 'meeting' and lead_id is not null
