-- Grain: lead to judge × flag about its record as a whole: an invented postal address, one word in every
-- field, and nothing by which anybody could be reached.
with leads as (
    select
        leads.*,
        lower(trim(leads.first_name)) as first_text,
        lower(trim(leads.last_name)) as last_text,
        lower(trim(leads.full_name)) as name_text,
        lower(trim(leads.company)) as company_text,
        lower(trim(leads.title)) as title_text,
        lower(trim(leads.city)) as city_text,
        coalesce(leads.created_at, {{ unknown_since() }}) as since
    from {{ ref('int_leads_to_judge') }} as leads
),

listed as (
    select distinct
        field,
        {{ comparable_text('value') }} as value
    from {{ ref('lead_placeholder_values') }}
    where field in ('city', 'street')
),

-- what is typed is prepared once per text; no placeholder is longer
typed as (
    select
        city as typed,
        'city' as field,
        {{ comparable_text('city') }} as value
    from (
        select distinct city from leads
        where length(city) <= 40
    ) as cities
    union all
    select
        street as typed,
        'street' as field,
        {{ comparable_text('street') }} as value
    from (
        select distinct street from leads
        where length(street) <= 40
    ) as streets
),

invented as (
    select
        typed.typed,
        typed.field
    from typed
    inner join listed on typed.field = listed.field and typed.value = listed.value
),

addresses as (
    select
        leads.lead_id,
        leads.since,
        case
            when streets.typed is not null then 'the street'
            when cities.typed is not null then 'the town'
            else 'the postal code'
        end as part
    from leads
    left join invented as streets on leads.street = streets.typed and streets.field = 'street'
    left join invented as cities on leads.city = cities.typed and cities.field = 'city'
    where
        streets.typed is not null
        or cities.typed is not null
        or {{ regex_matches('leads.postal_code', '^\\s*0{4,}(-0+)?\\s*$') }}
),

-- people with one name have it twice, and firms are called like their owners
repeated as (
    select
        lead_id,
        greatest(name_since, company_since) as since
    from leads
    where
        (first_text = last_text and first_text in (company_text, title_text, city_text))
        or (company_text = title_text and company_text in (first_text, last_text, name_text, city_text))
),

unreachable as (
    select
        lead_id,
        since
    from leads
    where
        coalesce(email, phone, mobile_phone, street, website) is null
        and coalesce(name_text, company_text) is not null
),

final as (
    select
        {{ lead_flag(
            'address_placeholder', 'since',
            "'The postal address is a placeholder: ' || part || ' exists nowhere.'",
            {'part': 'part'}
        ) }}
    from addresses
    union all
    select
        {{ lead_flag(
            'fields_repeated', 'since',
            "'Name, company and another field say one and the same word.'",
            {}
        ) }}
    from repeated
    union all
    select
        {{ lead_flag(
            'no_contact_data', 'since',
            "'There is no e-mail address, number, postal address or website: nobody can be reached.'",
            {}
        ) }}
    from unreachable
)

select * from final
