-- Grain: source instance × text by which it refers to a rep, as it occurs in records and planning
-- files. `is_planning`: the text may mean a user of any instance.
with referred as (
    select source_instance, owner_id as owner_ref from {{ ref('int_lead_snapshots_unioned') }}
    union
    select source_instance, owner_id from {{ ref('int_leads_unioned') }}
    union
    select source_instance, owner_id from {{ ref('int_contacts_unioned') }}
    union
    select source_instance, owner_id from {{ ref('int_accounts_unioned') }}
    union
    select source_instance, owner_id from {{ ref('int_opportunity_snapshots_unioned') }}
    union
    select source_instance, owner_id from {{ ref('int_opportunities_unioned') }}
    union
    select source_instance, owner_id from {{ ref('int_opportunity_history_unioned') }}
    union
    select source_instance, owner_id from {{ ref('int_activities_unioned') }}
    union
    select source_instance, calendar_owner from {{ ref('int_calendar_events_unioned') }}
    union
    select source_instance, manager_id from {{ ref('int_users_unioned') }}
),

changed_owners as (
    select source_instance, field, old_value, new_value
    from {{ ref('int_opportunity_field_changes_unioned') }}
    union all
    select source_instance, field, old_value, new_value
    from {{ ref('int_lead_field_changes_unioned') }}
),

former as (
    select source_instance, old_value as owner_ref from changed_owners
    where lower(field) in ('owner', 'ownerid', 'owner_id', 'hubspot_owner_id')
    union
    select source_instance, new_value from changed_owners
    where lower(field) in ('owner', 'ownerid', 'owner_id', 'hubspot_owner_id')
),

planned as (
    select source_instance, rep_ref as owner_ref from {{ ref('stg_planning__quotas') }}
    union
    select source_instance, rep_ref from {{ ref('stg_planning__claims') }}
    union
    select source_instance, rep_ref from {{ ref('stg_planning__working_hours') }}
    union
    select source_instance, rep_ref from {{ ref('stg_planning__teams') }}
    union
    select source_instance, manager_ref from {{ ref('stg_planning__teams') }}
    union
    select source_instance, rep_ref from {{ ref('stg_planning__target_accounts') }}
    union
    select source_instance, rep_ref from {{ ref('stg_planning__rep_aliases') }}
),

final as (
    select
        source_instance,
        owner_ref,
        max(cast(is_planning as integer)) = 1 as is_planning
    from (
        select source_instance, owner_ref, false as is_planning from referred
        union all
        select source_instance, owner_ref, false as is_planning from former
        union all
        select source_instance, owner_ref, true as is_planning from planned
    ) as every_reference
    where owner_ref is not null
    group by 1, 2
)

select * from final
