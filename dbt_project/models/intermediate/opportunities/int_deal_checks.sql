-- Grain: deal × flag that was evaluated for it, whether it holds or not. Left out: rules whose inputs the
-- source has never landed, and deals that lack a value that the rule needs.
with checks as (
    {% for about in ['date', 'contact', 'amount', 'sale', 'fodder'] -%}
        select * from {{ ref('int_deal_' ~ about ~ '_checks') }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

deals as (
    select opportunity_id, source_instance from {{ ref('int_opportunities_current') }}
),

rules as (
    select * from {{ ref('int_rules_evaluated') }}
    where table_name = 'fct_deal_flags'
)

select
    checks.opportunity_id,
    checks.flag,
    checks.since,
    checks.evidence,
    checks.evidence_values,
    coalesce(checks.is_flagged, false) as is_flagged
from checks
inner join deals on checks.opportunity_id = deals.opportunity_id
inner join rules on deals.source_instance = rules.source_instance and checks.flag = rules.column_or_rule
where rules.is_evaluated
