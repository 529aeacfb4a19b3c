-- Grain: rep, as of the day of as_of: every user who is a person, and everyone who is referred to as one,
-- be it a queue or an integration: records that something owns keep their owner.
with matched as (
    select * from {{ ref('int_reps_matched') }}
),

users as (
    select
        {{ all_but(['time_zone'], 'users') }},
        -- converting with a zone that the database does not know is an error
        case when {{ is_time_zone('users.time_zone') }} then users.time_zone end as time_zone,
        {{ user_name('users') }} as whole_name,
        persons.rep_id
    from {{ ref('int_users_unioned') }} as users
    inner join {{ ref('int_users_matched') }} as persons on users.user_id = persons.user_id
),

today as (
    select cast({{ utc_to_local(as_of(), reporting_time_zone()) }} as date) as as_of_day
),

assignments as (
    select assignments.*
    from {{ ref('int_rep_assignments') }} as assignments
    inner join today on assignments.valid_from <= today.as_of_day and assignments.valid_to > today.as_of_day
),

working_hours as (
    select hours.*
    from {{ ref('int_working_hours_resolved') }} as hours
    inner join today on hours.valid_from <= today.as_of_day and hours.valid_to > today.as_of_day
),

-- of a person's users the one whose id the rep bears comes first; the others fill what it lacks
known as (
    select
        rep_id,
        true as is_matched,
        min_by(source_system, (user_id <> rep_id, user_id)) as source_system,
        min_by(source_instance, (user_id <> rep_id, user_id)) as source_instance,
        min_by(whole_name, (user_id <> rep_id, user_id)) as rep_name,
        lower(min_by(email, (user_id <> rep_id, user_id))) as email,
        min_by(role, (user_id <> rep_id, user_id)) as role,
        max(cast(coalesce(is_active, true) as integer)) = 1 as is_active,
        min_by(time_zone, (user_id <> rep_id, user_id)) as time_zone,
        min(hired_on) as hired_on
    from users
    group by 1
),

-- named by their text; nothing says that they have left
unknown as (
    select
        rep_id,
        min(source_instance) as source_instance,
        min(owner_ref) as rep_name,
        min(case when owner_ref like '%@%' then {{ person_text('owner_ref') }} end) as email,
        true as is_active,
        false as is_matched
    from matched
    where not is_matched
    group by 1
),

-- none of the users is a person
not_people as (
    select
        rep_id,
        min(user_kind) as user_kind
    from users
    group by 1
    having count(user_kind) = count(*)
),

users_kept as (
    select
        {{ all_but(['role'], 'known') }},
        coalesce(not_people.user_kind, known.role) as role
    from known
    left join not_people on known.rep_id = not_people.rep_id
    where not_people.rep_id is null or known.rep_id in (select matched.rep_id from matched)
),

everyone as (
    {{ union_by_name(['select * from users_kept', 'select * from unknown']) }}
),

final as (
    select
        everyone.rep_id,
        coalesce(everyone.rep_name, everyone.email, everyone.rep_id) as rep_name,
        everyone.email,
        assignments.manager_id,
        assignments.team,
        everyone.role,
        everyone.is_active,
        coalesce(working_hours.time_zone, everyone.time_zone, {{ reporting_time_zone() }}) as time_zone,
        everyone.hired_on,
        working_hours.hours_per_week as working_hours_per_week,
        everyone.source_system,
        everyone.source_instance,
        everyone.is_matched
    from everyone
    left join assignments on everyone.rep_id = assignments.rep_id
    left join working_hours on everyone.rep_id = working_hours.rep_id
)

select * from final
