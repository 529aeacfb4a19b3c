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

-- where every lead was created at a midnight of its source's zone only days are known
lead_times as (
    select
        leads.source_instance,
        min(case
            when
                extract(second from leads.created_at) = 0
                and extract(minute from leads.created_at) % 15 = 0
                and cast({{ utc_to_local(
                    'leads.created_at', "coalesce(zones.time_zone, 'UTC')"
                ) }} as time) = time '00:00'
                then 1
            else 0
        end) = 1 as has_only_dates
    from {{ ref('int_leads_resolved') }} as leads
    left join {{ ref('int_build_sources') }} as zones on leads.source_instance = zones.source_instance
    where leads.created_at is not null
    group by leads.source_instance
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
    select source_instance, 'has_any_lead_status_times' as feature from sources
    where has_lead_modified_at or has_lead_status_history
    union all
    -- activities may name deals by ids that no deal bears
    select distinct deals.source_instance, 'has_deal_activities' as feature
    from {{ ref('int_touches') }} as activities
    inner join {{ ref('int_opportunities_resolved') }} as deals
        on activities.opportunity_id = deals.opportunity_id
    union all
    -- nor need they name leads
    select distinct leads.source_instance, 'has_lead_activities' as feature
    from {{ ref('int_touches') }} as activities
    inner join {{ ref('int_leads_resolved') }} as leads on activities.lead_id = leads.lead_id
    union all
    select source_instance, 'has_lead_created_instants' as feature from lead_times
    where not has_only_dates
    union all
    -- what a lead became in another system counts
    select source_instance, 'has_any_deals' as feature from sources
    where exists (select 1 from {{ ref('int_opportunities_resolved') }})
    union all
    select source_instance, 'has_any_discount' as feature from sources
    where has_opportunity_list_amount or has_line_items or has_list_prices
    union all
    select source_instance, 'has_any_answers' as feature from sources
    where has_activity_connected or has_activity_inbound or has_meetings or has_calendar
    union all
    select source_instance, 'has_any_meetings' as feature from sources
    where has_meetings or has_calendar
    union all
    -- a touch or a meeting that is about one of its deals
    select distinct deals.source_instance, 'has_deal_efforts' as feature
    from {{ ref('int_rep_efforts') }} as efforts
    inner join {{ ref('int_opportunities_resolved') }} as deals
        on efforts.opportunity_id = deals.opportunity_id
),

rules as (
    select
        table_name,
        column_or_rule,
        reason,
        {{ rows_of_words('requires') }} as feature,
        case
            when
                table_name in (
                    'fct_leads',
                    'fct_lead_versions',
                    'fct_lead_flags',
                    'rpt_lead_quality',
                    'rpt_lead_followup',
                    'rpt_prospecting_funnel'
                )
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
