{#- Every landed version of a deal with what it says about the deal's being closed: from when it held, whether
    the deal was closed, and its status where that decides, not the stage. -#}

with

snapshots as (

    select
        *,
        max(case when is_deleted then loaded_at end) over (
            partition by opportunity_id
            order by loaded_at
            range between unbounded preceding and current row
        ) as deleted_at
    from {{ ref('int_opportunity_snapshots_unioned') }}

),

stages as (

    select * from {{ ref('int_stages_resolved') }}

)

select
    {{ all_but(['status', 'deleted_at'], 'snapshots') }},
    -- Not before its own load: a clock that runs ahead does not make a record known earlier or later. And
    -- what landed again after a deletion, with the modification time of before, was not there meanwhile.
    case
        when
            snapshots.deleted_at < snapshots.loaded_at
            and snapshots.deleted_at >= least(snapshots.changed_at, snapshots.loaded_at)
            then snapshots.loaded_at
        else least(snapshots.changed_at, snapshots.loaded_at)
    end as known_from,
    -- A stage that is a closed one says so itself, and no status outlives a reopening that only it records.
    case
        when stages.is_closed then null
        -- open is what a deal is without a status: a first look that says so changes nothing
        when snapshots.status is not null then nullif(snapshots.status, 'open')
        -- no stage, or one that means nothing, and no status: the deal's own flags
        when (snapshots.stage is null or stages.is_decided_by_deal) and snapshots.is_won then 'won'
        when (snapshots.stage is null or stages.is_decided_by_deal) and snapshots.is_closed then 'lost'
    end as status,
    coalesce(
        nullif(stages.is_closed, false),
        snapshots.status != 'open',
        case when stages.is_decided_by_deal then coalesce(snapshots.is_closed, snapshots.is_won) end,
        stages.is_closed,
        snapshots.is_closed,
        snapshots.is_won,
        false
    ) as is_closed_record
from snapshots
left join stages
    on snapshots.source_instance = stages.source_instance
    and {{ pipeline_key('snapshots') }} = stages.pipeline_id
    and snapshots.stage = stages.stage
