-- Grain: pipeline × open stage with a position. Thirds of the funnel: ceil(3 × rank ÷ stages), 1 is the top.
with stages as (
    select distinct
        pipeline_id,
        stage,
        stage_order
    from {{ ref('int_stages_resolved') }}
    where outcome = 'open' and stage_order is not null
),

ranked as (
    select
        *,
        dense_rank() over (partition by pipeline_id order by stage_order) as position
    from stages
)

select
    pipeline_id,
    stage,
    cast(ceil(3.0 * position / max(position) over (partition by pipeline_id)) as integer) as third
from ranked
