-- Grain: deal that reached the proposal stage. The parts of the fodder score, null where a part cannot be
-- judged, and the score: the weight of what holds over the weight of what could be judged.
{%- set parts = [
    'inbound_formal_request', 'few_meetings', 'fast_to_proposal', 'single_low_contact', 'no_discovery',
    'close_date_within_30_days',
] %}
with facts as (
    select * from {{ ref('int_deal_fodder_facts') }}
),

weights as (
    select
    {%- for part in parts %}
            max(case when part = '{{ part }}' then weight end) as {{ part }}{{ "," if not loop.last }}
    {%- endfor %}
    from {{ ref('fodder_score_weights') }}
),

-- which parts the source has landed the inputs of
inputs as (
    select
        source_instance,
    {%- for part in parts %}
        count(case when column_or_rule = '{{ part }}' and is_evaluated then 1 end) > 0 as {{ part }}
        {{- "," if not loop.last }}
    {%- endfor %}
    from {{ ref('int_rules_evaluated') }}
    where table_name = 'rpt_fodder_scores'
    group by source_instance
),

judged as (
    select
        facts.*,
        case
            when inputs.inbound_formal_request and facts.is_inbound and not facts.has_subject then null
            when inputs.inbound_formal_request then facts.is_inbound and facts.is_formal_request
        end as inbound_formal_request,
        case
            when inputs.few_meetings
                then facts.held_meetings < {{ deal_limit('fodder_like', 'held_meetings') }}
        end as few_meetings,
        case
            when inputs.fast_to_proposal then facts.days_to_proposal < facts.won_days_p10
        end as fast_to_proposal,
        case
            when not inputs.single_low_contact then null
            when facts.contacts > 1 or facts.seniority in ('c_level', 'vp', 'director') then false
            when facts.seniority is not null then true
        end as single_low_contact,
        case
            when inputs.no_discovery and (facts.has_discovery_stage or inputs.few_meetings)
                then not (facts.has_visited_discovery or facts.has_met_for_discovery)
        end as no_discovery,
        case
            when inputs.close_date_within_30_days
                then facts.days_to_close_date between 0 and {{ deal_limit('fodder_like', 'close_date_days') }}
        end as close_date_within_30_days
    from facts
    inner join inputs on facts.source_instance = inputs.source_instance
),

weighed as (
    select
        judged.*,
        cast(
            {%- for part in parts %}
                {{ '+ ' if not loop.first }}case
                    when judged.{{ part }} is null then 0 else weights.{{ part }}
                end
            {%- endfor %} as decimal(9, 4)
        ) as evaluable_weight,
        cast(
            {%- for part in parts %}
                {{ '+ ' if not loop.first }}case when judged.{{ part }} then weights.{{ part }} else 0 end
            {%- endfor %} as decimal(9, 4)
        ) as present_weight
    from judged
    cross join weights
),

scored as (
    select
        *,
        case
            when evaluable_weight >= {{ deal_limit('fodder_like', 'min_evaluable_weight') }}
                then cast(present_weight / evaluable_weight as double)
        end as fodder_score
    from weighed
)

select
    *,
    -- in weights, not in the quotient: exactly on the threshold is decided without rounding
    case
        when fodder_score is not null
            then present_weight >= {{ deal_limit('fodder_like', 'score') }} * evaluable_weight
    end as is_fodder_like
from scored
