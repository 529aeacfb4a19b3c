-- noqa: disable=LT02,LT05 (written by loops)
{%- set steps = funnel_steps() %}
with

leads as (

    select * from {{ ref('fct_leads') }}

),

evaluated as (

    select
        source_instance,
        {%- for step in steps %}
            max(case when column_or_rule = '{{ step }}_count' and is_evaluated then 1 else 0 end) = 1
                as has_{{ step }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_rules_evaluated') }}
    where table_name = 'rpt_prospecting_funnel'
    group by source_instance

),

-- a step that the source cannot show is unknown; one before the lead's own record took no time
steps as (

    select
        leads.lead_id,
        leads.verdict,
        leads.owner_id as rep_id,
        leads.lead_source,
        leads.created_at as leads_at,
        leads.verdict not in ('fake', 'duplicate') as is_leads,
        cast({{ dbt.date_trunc('month', reporting_date('leads.created_at')) }} as date) as created_month,
        {%- for step in steps %}
            case
                when evaluated.has_{{ step }} and leads.verdict not in ('fake', 'duplicate')
                    then taken.is_{{ step }}
            end as is_{{ step }},
            taken.{{ step }}_at{{ ',' if not loop.last }}
        {%- endfor %}
    from leads
    left join {{ ref('int_lead_steps') }} as taken on leads.lead_id = taken.lead_id
    left join evaluated on leads.source_instance = evaluated.source_instance

),

timed as (

    select
        *,
        {%- for step in steps %}
            {%- set before = (['leads'] + steps)[loop.index0] %}
            case
                when is_{{ step }} and is_{{ before }} and {{ step }}_at >= {{ before }}_at
                    then {{ dbt.datediff(before ~ '_at', step ~ '_at', 'second') }} / 86400.0
            end as {{ step }}_days{{ ',' if not loop.last }}
        {%- endfor %}
    from steps

),

counted as (

    select
        created_month,
        rep_id,
        lead_source,
        count(case when is_leads then 1 end) as leads_count,
        count(case when verdict = 'fake' then 1 end) as fake_count,
        count(case when verdict = 'duplicate' then 1 end) as duplicate_count,
        {%- for step in steps %}
            {%- set before = (['leads'] + steps)[loop.index0] %}
            sum(case when is_{{ step }} then 1 when not is_{{ step }} then 0 end) as {{ step }}_count,
            count(is_{{ step }}) as {{ step }}_evaluated_count,
            count(case when is_{{ before }} and is_{{ step }} then 1 end) as {{ step }}_of_before,
            count(case when is_{{ before }} and is_{{ step }} is not null then 1 end) as {{ step }}_before,
            count({{ step }}_days) as {{ step }}_days_n,
            cast({{ shown_quantile(step ~ '_days', 0.5) }} as double) as {{ step }}_p50_days,
            cast({{ shown_quantile(step ~ '_days', 0.9) }} as double) as {{ step }}_p90_days
            {{- ',' if not loop.last }}
        {%- endfor %}
    from timed
    group by created_month, rep_id, lead_source

)

select
    created_month,
    rep_id,
    lead_source,
    leads_count,
    fake_count,
    duplicate_count,
    {%- for step in steps %}
        cast({{ step }}_count as bigint) as {{ step }}_count,
        {{ step }}_evaluated_count,
        {{ capped_share(step ~ '_of_before', step ~ '_before') }} as {{ step }}_rate,
        {{ capped_share(step ~ '_count', step ~ '_evaluated_count') }} as {{ step }}_of_leads_rate,
        {{ step }}_days_n,
        {{ step }}_p50_days,
        {{ step }}_p90_days,
    {%- endfor %}
    {{ as_of() }} as as_of
from counted
