-- Grain: account × rep × time on the target list; half-open days. An account that no CRM knows has
-- no id, only its reference.
with targets as (
    select * from {{ ref('stg_planning__target_accounts') }}
),

reps as (
    select * from {{ ref('int_reps_matched') }}
),

accounts as (
    select * from {{ ref('int_accounts_named') }}
),

final as (
    select distinct
        accounts.account_id,
        targets.account_ref,
        reps.rep_id,
        coalesce(targets.valid_from, date '1900-01-01') as valid_from,
        coalesce(cast({{ dbt.dateadd('day', 1, 'targets.valid_to') }} as date), date '9999-12-31') as valid_to
    from targets
    left join reps on targets.source_instance = reps.source_instance and targets.rep_ref = reps.owner_ref
    left join accounts on {{ account_text('targets.account_ref') }} = accounts.account_text
)

select * from final
