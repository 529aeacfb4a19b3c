-- Grain: source instance × published table × column or rule. Evaluated where the source has landed
-- every input that the rule requires; tables about an object that a source does not have are left out.
{%- set features = [] -%}
{%- if execute -%}
    {%- for column in adapter.get_columns_in_relation(ref('int_source_features')) if column.name.startswith('has_') -%}
        {%- do features.append(column.name) -%}
    {%- endfor -%}
{%- endif %}
with sources as (
    select * from {{ ref('int_source_features') }}
),

features as (
    {%- for feature in features %}
    select source_instance, '{{ feature }}' as feature from sources where {{ feature }}
    union all
    {%- endfor %}
    -- either will do
    select source_instance, 'has_any_opportunity_history' as feature from sources
    where has_opportunity_history or has_opportunity_field_changes
    union all
    -- activities may name deals by ids that no deal bears
    select distinct deals.source_instance, 'has_deal_activities' as feature
    from {{ ref('int_touches') }} as activities
    inner join {{ ref('int_opportunities_resolved') }} as deals
        on activities.opportunity_id = deals.opportunity_id
    union all
    select source_instance, 'has_any_discount' as feature from sources
    where has_opportunity_list_amount or has_line_items or has_list_prices
    union all
    select source_instance, 'has_any_meetings' as feature from sources
    where has_meetings or has_calendar
),

rules as (
    select
        table_name,
        column_or_rule,
        reason,
        {{ rows_of_words('requires') }} as feature,
        case
            when
                table_name in ('fct_leads', 'fct_lead_versions', 'fct_lead_flags', 'rpt_lead_quality')
                then 'has_leads'
            when table_name in (
                    'fct_opportunities',
                    'fct_opportunity_versions',
                    'fct_stage_visits',
                    'fct_deal_flags',
                    'rpt_fodder_scores',
                    'rpt_fake_sales',
                    'rpt_cliff',
                    'rpt_attention',
                    'rpt_funnel_balance',
                    'rpt_rotten_pipeline',
                    'rpt_outcomes',
                    'rpt_outcome_cohorts',
                    'rpt_stage_conversion',
                    'rpt_sales_cycle',
                    'rpt_velocity',
                    'rpt_loss_reviews',
                    'rpt_recycle',
                    'rpt_sweet_spot',
                    'rpt_process_adherence'
                ) then 'has_opportunities'
        end as about
    from {{ ref('capability_rules') }}
),

final as (
    select
        sources.source_instance,
        rules.table_name,
        rules.column_or_rule,
        min(rules.reason) as reason,
        count(rules.feature) = count(landed.feature) as is_evaluated
    from sources
    cross join rules
    left join features as landed
        on sources.source_instance = landed.source_instance and rules.feature = landed.feature
    left join features as subject
        on sources.source_instance = subject.source_instance and rules.about = subject.feature
    where rules.about is null or subject.feature is not null
    group by sources.source_instance, rules.table_name, rules.column_or_rule
)

select * from final
