with

deals as (

    select
        opportunities.*,
        {{ reporting_date('opportunities.created_at') }} as created_day,
        coalesce(features.has_no_decisions, false) as is_judged
    from {{ ref('fct_opportunities') }} as opportunities
    left join {{ ref('int_source_features') }} as features
        on opportunities.source_instance = features.source_instance

),

grouped as (

    select
        {{ fiscal_quarter_start('created_day') }} as fiscal_quarter_start,
        {{ fiscal_quarter('created_day') }} as fiscal_quarter,
        owner_id as rep_id,
        segment,
        lead_source,
        opportunity_type,
        {%- for outcome in ['won', 'lost', 'no_decision', 'open'] %}
            count(case when outcome = '{{ outcome }}' then 1 end) as {{ outcome }}_count,
        {%- endfor %}
        count(case when is_judged then 1 end) as judged_count,
        count(*) as created_count
    from deals
    group by 1, 2, 3, 4, 5, 6

)

select
    fiscal_quarter,
    fiscal_quarter_start,
    rep_id,
    segment,
    lead_source,
    opportunity_type,
    created_count,
    won_count,
    lost_count,
    case when judged_count > 0 then no_decision_count end as no_decision_count,
    open_count,
    {{ ratio('won_count', 'created_count') }} as won_share,
    {{ ratio('lost_count', 'created_count') }} as lost_share,
    {{ ratio('no_decision_count', 'judged_count') }} as no_decision_share,
    {{ ratio('open_count', 'created_count') }} as open_share,
    {{ as_of() }} as as_of
from grouped
