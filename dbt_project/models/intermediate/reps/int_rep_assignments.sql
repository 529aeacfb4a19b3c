-- Grain: rep × time with one manager and team; half-open days, `valid_from <= day < valid_to`, no
-- gaps at the ends. From planning's teams where a rep is listed there, else what the CRM says today,
-- for all time.
with matched as (
    select * from {{ ref('int_reps_matched') }}
),

users as (
    select
        users.*,
        persons.rep_id
    from {{ ref('int_users_unioned') }} as users
    inner join {{ ref('int_users_matched') }} as persons on users.user_id = persons.user_id
),

teams as (
    select
        reps.rep_id,
        managers.rep_id as manager_id,
        teams.team,
        teams.valid_to,
        teams.loaded_at,
        coalesce(teams.valid_from, date '1900-01-01') as valid_from
    from {{ ref('stg_planning__teams') }} as teams
    inner join matched as reps
        on teams.source_instance = reps.source_instance and teams.rep_ref = reps.owner_ref
    left join matched as managers
        on teams.source_instance = managers.source_instance and teams.manager_ref = managers.owner_ref
),

one_per_day as (
    select * from teams
    -- the same rep by another name is another row of the file; the latest says what is meant
    qualify
        row_number() over (
            partition by rep_id, valid_from order by loaded_at desc, manager_id asc, team asc
        ) = 1
),

planned as (
    select
        rep_id,
        manager_id,
        team,
        valid_from,
        {{ valid_until('rep_id', 'valid_to') }} as valid_to
    from one_per_day
),

recorded as (
    select
        users.rep_id,
        min_by(managers.rep_id, users.user_id) as manager_id,
        min_by(users.team, users.user_id) as team
    from users
    left join matched as managers
        on users.source_instance = managers.source_instance and users.manager_id = managers.owner_ref
    where users.rep_id not in (select planned.rep_id from planned)
    group by 1
),

final as (
    select rep_id, manager_id, team, valid_from, valid_to from planned
    union all
    select rep_id, manager_id, team, date '1900-01-01' as valid_from, date '9999-12-31' as valid_to
    from recorded
)

select * from final
