with judged as (
    select
        quality.*,
        coalesce(
            {{ record_id('quality.source_instance', 'leads.created_by_id') }}, 'unknown'
        ) as created_by_id,
        cast({{ dbt.date_trunc('month', reporting_date('leads.created_at')) }} as date) as month_start
    from {{ ref('rpt_lead_quality') }} as quality
    inner join {{ ref('int_leads_resolved') }} as leads on quality.lead_id = leads.lead_id
),

counted as (
    select
        source_system,
        source_instance,
        created_by_id,
        month_start,
        count(*) as leads,
        count(fake_score) as fake_evaluated_count,
        count(stale_score) as stale_evaluated_count,
        {%- for verdict in ['fake', 'duplicate', 'suspect', 'stale', 'trusted'] %}
            count(case when verdict = '{{ verdict }}' then 1 end) as {{ verdict }}_count,
        {%- endfor %}
        count(case when is_stale then 1 end) as is_stale_count
    from judged
    group by source_system, source_instance, created_by_id, month_start
),

reasons as (
    select
        source_instance,
        created_by_id,
        month_start,
        main_reason,
        count(*) as reason_count
    from judged
    where main_reason is not null
    group by source_instance, created_by_id, month_start, main_reason
),

ranked as (
    select
        *,
        row_number() over (
            partition by source_instance, created_by_id, month_start
            order by reason_count desc, main_reason asc
        ) as place
    from reasons
),

worst as (
    select
        source_instance,
        created_by_id,
        month_start,
        {{ dbt.listagg(
            "main_reason || ' (' || cast(reason_count as varchar) || ')'", "', '", 'order by place'
        ) }} as worst_reasons
    from ranked
    where place <= 3
    group by source_instance, created_by_id, month_start
)

select
    counted.source_system,
    counted.source_instance,
    counted.created_by_id,
    counted.month_start,
    {{ as_of() }} as as_of,
    counted.leads,
    counted.fake_evaluated_count,
    counted.stale_evaluated_count,
    counted.fake_count,
    counted.duplicate_count,
    counted.suspect_count,
    counted.stale_count,
    counted.trusted_count,
    counted.is_stale_count,
    round(counted.fake_count * 1.0 / nullif(counted.fake_evaluated_count, 0), 6) as fake_share,
    round(counted.suspect_count * 1.0 / nullif(counted.fake_evaluated_count, 0), 6) as suspect_share,
    round(counted.stale_count * 1.0 / nullif(counted.stale_evaluated_count, 0), 6) as stale_share,
    round(counted.duplicate_count * 1.0 / counted.leads, 6) as duplicate_share,
    round(counted.trusted_count * 1.0 / counted.leads, 6) as trusted_share,
    worst.worst_reasons
from counted
left join worst
    on counted.source_instance = worst.source_instance
    and counted.created_by_id = worst.created_by_id
    and coalesce(counted.month_start, date '1900-01-01') = coalesce(worst.month_start, date '1900-01-01')
