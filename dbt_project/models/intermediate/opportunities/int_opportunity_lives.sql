with

landed as (

    select * from {{ ref('int_opportunity_snapshots_resolved') }}

),

first_history as (

    select
        opportunity_id,
        min(changed_at) as first_recorded_at
    from {{ ref('int_opportunity_history_unioned') }}
    group by opportunity_id

),

-- The record as it stood at as_of; a deal that was deleted since keeps its last one.
ranked as (

    select
        *,
        min(loaded_at) over (partition by opportunity_id) as first_landed_at,
        min(loaded_at) over (partition by source_instance) as watched_from,
        row_number() over (
            partition by opportunity_id
            order by
                coalesce(is_deleted, false), coalesce(is_latest, false) desc, changed_at desc, loaded_at desc
        ) as position
    from landed

),

lives as (

    select
        {{ all_but(['position', 'created_at', 'closed_at', 'pipeline_id'], 'record') }},
        coalesce(record.pipeline_id, {{ record_id('record.source_instance', "'default'") }}) as pipeline_id,
        record.closed_at as recorded_closed_at,
        coalesce(
            record.closed_at,
            {{ reporting_day_start('record.close_date') }}
        ) as closing_at,
        -- A creation date without a time takes the time of the first state recorded that day.
        case
            when
                record.created_at = {{ dbt.date_trunc('hour', 'record.created_at') }}
                and history.first_recorded_at >= record.created_at
                and history.first_recorded_at < {{ dbt.dateadd('hour', 24, 'record.created_at') }}
                then history.first_recorded_at
            else record.created_at
        end as created_at
    from ranked as record
    left join first_history as history on record.opportunity_id = history.opportunity_id
    -- What landed deleted was a deal before, where a history tells how it stood. A deletion after as_of is
    -- left out: nothing tells of the deal at as_of.
    where
        record.position = 1
        and (
            not coalesce(record.is_deleted, false)
            or (history.first_recorded_at < record.known_from and record.known_from <= {{ as_of() }})
        )

)

select
    *,
    -- Landing watched the source already when the deal was created: it saw every change.
    coalesce(created_at >= watched_from, false) as is_watched_since_creation
from lives
-- Did not exist yet at as_of. Created after known_at is impossible, and kept to say so.
where created_at is null or created_at <= {{ as_of() }} or created_at > {{ known_at() }}
