-- Grain: rep × rule. Evaluated where any of the instances in which the rep is a user or owns something has
-- landed what the rule needs: a rep's deals may stand in another CRM than the one whose id the rep bears.
with instances as (
    select rep_id, source_instance from {{ ref('int_reps_resolved') }}
    union
    select rep_id, source_instance from {{ ref('int_reps_matched') }}
    union
    select persons.rep_id, users.source_instance
    from {{ ref('int_users_unioned') }} as users
    inner join {{ ref('int_users_matched') }} as persons on users.user_id = persons.user_id
)

select
    instances.rep_id,
    rules.table_name,
    rules.column_or_rule,
    max(case when rules.is_evaluated then 1 else 0 end) = 1 as is_evaluated
from instances
inner join {{ ref('int_rules_evaluated') }} as rules on instances.source_instance = rules.source_instance
group by instances.rep_id, rules.table_name, rules.column_or_rule
