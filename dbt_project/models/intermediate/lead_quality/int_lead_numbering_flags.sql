-- Grain: lead to judge × flag about what numbering plans say of its telephone numbers. One number that may be
-- right is enough: people type a second one where they work, or an old one.
with numbers as (
    select
        phones.lead_id,
        phones.since,
        judged.problem,
        judged.contradicts_country
    from {{ ref('int_leads_to_judge') }} as leads
    inner join {{ ref('int_lead_phones') }} as phones on leads.lead_id = phones.lead_id
    inner join {{ ref('int_phone_numbers') }} as judged
        on phones.number = judged.number and phones.country_region = judged.country_region
),

leads as (
    select
        lead_id,
        max(since) as since,
        min(problem) as problem,
        count(*) as number_count,
        count(problem) as problem_count,
        count(case when contradicts_country then 1 end) as contradicting_count,
        count(case when problem is null and coalesce(not contradicts_country, true) then 1 end)
            as fitting_count
    from numbers
    group by lead_id
),

final as (
    select
        {{ lead_flag(
            'phone_invalid', 'since',
            "'The telephone number cannot be dialled: ' || problem || '.'",
            {'problem': 'problem'}
        ) }}
    from leads
    where problem_count = number_count
    union all
    select
        {{ lead_flag(
            'phone_region', 'since',
            "'The telephone number belongs to another country than the one of the lead.'",
            {'numbers': 'contradicting_count'}
        ) }}
    from leads
    where contradicting_count > 0 and fitting_count = 0
)

select * from final
