{#- Changes of the fields of a lead that have versions, owners as reps. -#}

with

reps as (

    select * from {{ ref('int_reps_matched') }}

),

named as (

    select
        *,
        case
            when {{ comparable_text('field') }} in ('status', 'lead status', 'hs lead status') then 'status'
            when
                {{ comparable_text('field') }}
                in ('owner', 'ownerid', 'owner id', 'lead owner', 'hubspot owner id')
                then 'owner_id'
        end as versioned_field
    from {{ ref('int_lead_field_changes_unioned') }}
    where changed_at is not null

),

changes as (

    select
        *,
        -- columns of their own, since a condition in the join would have it compare every pair
        case when versioned_field = 'owner_id' then old_value end as old_owner,
        case when versioned_field = 'owner_id' then new_value end as new_owner
    from named
    where versioned_field is not null

)

select
    changes.change_id,
    changes.source_instance,
    changes.lead_id,
    changes.changed_at,
    changes.versioned_field as field,
    old_reps.rep_id as old_owner_id,
    new_reps.rep_id as new_owner_id,
    case when changes.versioned_field = 'status' then changes.old_value end as old_status,
    case when changes.versioned_field = 'status' then changes.new_value end as new_status,
    row_number() over (
        partition by changes.lead_id, changes.versioned_field
        order by changes.changed_at, changes.change_id
    ) = 1 as is_first_of_field
from changes
left join reps as old_reps
    on changes.source_instance = old_reps.source_instance and changes.old_owner = old_reps.owner_ref
left join reps as new_reps
    on changes.source_instance = new_reps.source_instance and changes.new_owner = new_reps.owner_ref
