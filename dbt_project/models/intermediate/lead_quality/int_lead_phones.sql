-- Grain: lead × telephone number, as typed, with the region (ISO 3166) of the lead's country.
with leads as (
    select * from {{ ref('int_leads_resolved') }}
),

ages as (
    select * from {{ ref('int_lead_value_ages') }}
),

-- a name that became ambiguous by leaving out its accents says nothing
names as (
    select
        {{ comparable_text('country') }} as country,
        max(region) as region
    from {{ ref('country_names') }}
    group by {{ comparable_text('country') }}
    having count(distinct region) = 1
),

typed as (
    select distinct country from leads
    where country is not null
),

countries as (
    select
        typed.country,
        names.region
    from typed
    inner join names on {{ comparable_text('typed.country') }} = names.country
),

numbers as (
    select
        leads.lead_id,
        leads.phone as number,
        leads.country,
        ages.phone_since as since
    from leads
    left join ages on leads.lead_id = ages.lead_id
    where leads.phone is not null
    union all
    select
        leads.lead_id,
        leads.mobile_phone as number,
        leads.country,
        ages.mobile_phone_since as since
    from leads
    left join ages on leads.lead_id = ages.lead_id
    where leads.mobile_phone is not null and leads.mobile_phone != coalesce(leads.phone, '')
)

select
    numbers.lead_id,
    numbers.number,
    -- the library's code of the region that is not known
    coalesce(countries.region, 'ZZ') as country_region,
    coalesce(numbers.since, {{ unknown_since() }}) as since
from numbers
left join countries on numbers.country = countries.country
