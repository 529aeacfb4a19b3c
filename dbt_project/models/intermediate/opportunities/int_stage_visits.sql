with

versions as (

    select
        *,
        lag(stage) over deal as previous_stage,
        lag(outcome) over deal as previous_outcome,
        lag(version_number) over deal as previous_version
    from {{ ref('int_opportunity_versions') }}
    window deal as (partition by opportunity_id order by valid_from)

),

marked as (

    select
        *,
        -- A status closes a deal in the stage in which it stands.
        case
            when
                previous_version is null
                or coalesce(stage, '') != coalesce(previous_stage, '')
                or (outcome = 'open') != (previous_outcome = 'open')
                then 1
            else 0
        end as is_entry
    from versions

),

numbered as (

    select
        *,
        sum(is_entry) over (
            partition by opportunity_id
            order by valid_from
            rows between unbounded preceding and current row
        ) as stay
    from marked

),

stays as (

    select
        opportunity_id,
        stay,
        source_system,
        source_instance,
        pipeline_id,
        stage,
        stage_order,
        min(valid_from) as first_seen_at,
        min(version_number) as first_version,
        max(created_at) as created_at,
        max(case when is_entry = 1 then previous_stage end) as previous_stage,
        max(case when is_entry = 1 then owner_id end) as owner_id,
        max(case when is_entry = 1 then amount end) as amount_at_entry,
        max(case when is_entry = 1 then outcome end) as outcome,
        -- only what it ended with: a deal that was deleted and restored to its stage stayed there
        max_by(is_removed_next, valid_from) as is_removed_next,
        case when count(valid_to) = count(*) then max(valid_to) end as exited_at
    from numbered
    group by opportunity_id, stay, source_system, source_instance, pipeline_id, stage, stage_order

),

followed as (

    select
        *,
        lead(stage) over deal as next_stage,
        lead(stage_order) over deal as next_order,
        lead(outcome) over deal as next_outcome
    from stays
    window deal as (partition by opportunity_id order by stay)

),

open_stages as (

    select distinct
        source_instance,
        pipeline_id,
        stage_order
    from {{ ref('int_stages_resolved') }}
    where outcome = 'open' and stage_order is not null

),

-- open stages of the pipeline that lie between the stage that was left and the next one
passed_over as (

    select
        followed.opportunity_id,
        followed.stay,
        count(*) as stages_passed_over
    from followed
    inner join open_stages
        on
        followed.source_instance = open_stages.source_instance
        and followed.pipeline_id = open_stages.pipeline_id
        and followed.stage_order < open_stages.stage_order
        and followed.next_order > open_stages.stage_order
    group by followed.opportunity_id, followed.stay

),

visits as (

    select
        followed.*,
        -- The state before is unknown: the deal may have entered earlier.
        case
            when followed.outcome = 'open' and followed.previous_stage is null
                and (followed.first_version > 1 or followed.created_at is null)
                then null
            else followed.first_seen_at
        end as entered_at,
        case
            when followed.exited_at is null then 'still_there'
            when followed.is_removed_next then 'removed'
            when followed.next_outcome != 'open' then followed.next_outcome
            when followed.outcome != 'open' then 'regressed'
            when followed.next_order < followed.stage_order then 'regressed'
            when passed_over.stages_passed_over > 0 then 'skipped'
            when followed.next_order >= followed.stage_order then 'advanced'
        end as exit_kind
    from followed
    left join passed_over
        on followed.opportunity_id = passed_over.opportunity_id and followed.stay = passed_over.stay
    where followed.stage is not null

)

select
    opportunity_id,
    row_number() over (partition by opportunity_id order by stay) as visit_number,
    source_system,
    source_instance,
    pipeline_id,
    stage,
    stage_order,
    outcome != 'open' as is_closed_stage,
    owner_id,
    amount_at_entry,
    entered_at,
    exited_at,
    cast(
        {{ dbt.datediff('entered_at', 'coalesce(exited_at, ' ~ as_of() ~ ')', 'second') }} / 86400.0
        as decimal(12, 2)
    ) as days_in_stage,
    exit_kind,
    next_stage,
    exited_at is null as is_current
from visits
