{%- set kinds = [
    'advanced', 'skipped', 'regressed', 'won', 'lost', 'no_decision', 'removed', 'still_there',
] %}
with

visits as (

    select
        deals.segment,
        visits.stage,
        visits.stage_order,
        visits.exit_kind,
        {{ reporting_date('visits.entered_at') }} as entered_day,
        case when visits.exited_at is not null then cast(visits.days_in_stage as double) end as stay_days,
        coalesce(features.has_no_decisions, false) as is_judged
    from {{ ref('fct_stage_visits') }} as visits
    inner join {{ ref('int_opportunity_traits') }} as deals on visits.opportunity_id = deals.opportunity_id
    left join {{ ref('int_source_features') }} as features on deals.source_instance = features.source_instance
    where
        not visits.is_closed_stage
        and visits.entered_at is not null
        and {{ is_new_business('deals.opportunity_type') }}

),

grouped as (

    select
        segment,
        stage,
        {{ fiscal_quarter_start('entered_day') }} as fiscal_quarter_start,
        {{ fiscal_quarter('entered_day') }} as fiscal_quarter,
        min(stage_order) as stage_order,
        {%- for kind in kinds %}
            count(case when exit_kind = '{{ kind }}' then 1 end) as {{ kind }}_count,
        {%- endfor %}
        count(exit_kind) as entered_count,
        count(*) - count(exit_kind) as unclassified_count,
        count(stay_days) as n,
        {%- for share in [50, 75, 90] %}
            {{ shown_quantile('stay_days', share / 100) }} as p{{ share }}_days,
        {%- endfor %}
        max(cast(is_judged as integer)) = 1 as is_judged
    from visits
    group by 1, 2, 3, 4

)

select
    segment,
    stage,
    stage_order,
    fiscal_quarter,
    fiscal_quarter_start,
    entered_count,
    {%- for kind in kinds if kind != 'no_decision' %}
        {{ kind }}_count,
    {%- endfor %}
    unclassified_count,
    n,
    p50_days,
    p75_days,
    p90_days,
    case when is_judged then no_decision_count end as no_decision_count,
    {{ ratio(
        'advanced_count + skipped_count + won_count', 'entered_count - still_there_count - removed_count'
    ) }} as conversion_rate,
    case when entered_count > 0 then still_there_count * 20 <= entered_count end as is_mature,
    {{ as_of() }} as as_of
from grouped
