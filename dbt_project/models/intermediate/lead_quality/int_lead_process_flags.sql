-- Grain: lead × flag about how people worked or entered it. Shown, never held against the lead.
with limits as (
    select * from {{ lead_limits() }}
),

leads as (
    select
        leads.*,
        touches.bulk_logged_count,
        touches.first_bulk_logged_at,
        coalesce(touches.touch_count, 0) as touch_count,
        least(coalesce(ages.status_since, leads.created_at, {{ as_of() }}), {{ as_of() }}) as status_since
    from {{ ref('int_leads_resolved') }} as leads
    left join {{ ref('int_lead_touch_summaries') }} as touches on leads.lead_id = touches.lead_id
    left join {{ ref('int_lead_value_ages') }} as ages on leads.lead_id = ages.lead_id
),

-- dates without a time would make one burst of every day
timed as (
    select source_instance from leads
    group by source_instance
    having count(distinct cast(created_at as time)) > 2
),

entered as (
    select
        leads.lead_id,
        leads.source_instance,
        leads.created_by_id,
        leads.created_at,
        {{ dbt.datediff(
            'lag(leads.created_at) over (partition by leads.source_instance, leads.created_by_id order by leads.created_at, leads.lead_id)',
            'leads.created_at', 'second'
        ) }} as gap_seconds
    from leads
    inner join timed on leads.source_instance = timed.source_instance
    left join {{ ref('import_lead_sources') }} as imports on lower(leads.lead_source) = imports.lead_source
    where leads.created_by_id is not null
        and leads.created_at <= {{ as_of() }}
        and imports.lead_source is null
),

-- a longer gap begins a new run
runs as (
    select
        entered.*,
        sum(case when entered.gap_seconds <= limits.burst_gap_seconds then 0 else 1 end) over (
            partition by entered.source_instance, entered.created_by_id
            order by entered.created_at, entered.lead_id
            rows between unbounded preceding and current row
        ) as run_number
    from entered
    cross join limits
),

bursts as (
    select
        source_instance,
        created_by_id,
        run_number,
        count(*) as lead_count,
        min(created_at) as started_at,
        {{ dbt.datediff('min(created_at)', 'max(created_at)', 'second') }} as seconds
    from runs
    group by source_instance, created_by_id, run_number
    having count(*) >= (select limits.burst_leads from limits)
),

burst_leads as (
    select
        runs.lead_id,
        bursts.lead_count,
        bursts.started_at,
        bursts.seconds
    from runs
    inner join bursts
        on
        runs.source_instance = bursts.source_instance
        and runs.created_by_id = bursts.created_by_id
        and runs.run_number = bursts.run_number
),

final as (
    select
        {{ lead_flag(
            'worked_on_paper', 'status_since',
            "'The status \"' || status || '\" says that the lead was worked, but no touch is recorded.'",
            {'status': 'status'}
        ) }}
    from leads
    where status_group in ('working', 'abandoned') and touch_count = 0
    union all
    select
        {{ lead_flag(
            'bulk_logged', 'first_bulk_logged_at',
            "cast(bulk_logged_count as varchar) || ' of ' || cast(touch_count as varchar) || ' touches were logged within seconds of others.'",
            {'bulk_logged_touches': 'bulk_logged_count', 'touches': 'touch_count'}
        ) }}
    from leads
    where bulk_logged_count > 0
    union all
    select
        {{ lead_flag(
            'burst', 'started_at',
            "'One of ' || cast(lead_count as varchar) || ' leads that one creator entered within ' || cast(seconds as varchar) || ' seconds.'",
            {'leads': 'lead_count', 'seconds': 'seconds'}
        ) }}
    from burst_leads
)

select * from final
