-- Grain: lead × flag about its telephone numbers; one placeholder among two numbers is enough.
with limits as (
    select * from {{ lead_limits() }}
),

leads as (
    select
        leads.*,
        ages.phone_since,
        ages.mobile_phone_since
    from {{ ref('int_leads_resolved') }} as leads
    left join {{ ref('int_lead_value_ages') }} as ages on leads.lead_id = ages.lead_id
),

addresses as (
    select
        addresses.email,
        case when not domains.is_free_mail and not domains.is_alias_service then addresses.domain end
            as company_domain
    from {{ ref('int_email_addresses') }} as addresses
    inner join {{ ref('int_email_domains') }} as domains on addresses.domain = domains.domain
),

numbers as (
    select lead_id, phone as number, phone_since as since from leads
    where phone is not null
    union all
    select lead_id, mobile_phone, mobile_phone_since from leads
    where mobile_phone is not null and mobile_phone is distinct from phone
),

stripped as (
    select
        lead_id,
        number,
        coalesce(since, {{ as_of() }}) as since,
        {{ regex_replace('number', '[^0-9]', '') }} as digits
    from numbers
),

-- the line is what two ways of writing a number share. It is null where too short, and no condition of the
-- join below: with one on its left side DuckDB compares every pair (a million leads: minutes)
digits as (
    select
        *,
        case when length(digits) >= 7 then right(digits, 9) end as line,
        replace(digits, left(digits, 1), '') as others
    from stripped
),

lines as (
    select
        line,
        count(distinct lead_id) as lead_count
    from digits
    where line is not null
    group by line
),

-- colleagues share a switchboard: leads of one company count once. Most lines are one lead's, and no
-- company has to be read for these
shared as (
    select
        digits.line,
        count(distinct coalesce(
            {{ comparable_text('leads.company') }}, addresses.company_domain, leads.lead_id
        )) as company_count
    from lines
    inner join digits on lines.line = digits.line
    inner join leads on digits.lead_id = leads.lead_id
    left join addresses on leads.email = addresses.email
    where lines.lead_count > 1
    group by digits.line
    union all
    select
        line,
        1 as company_count
    from lines
    where lead_count = 1
),

judged as (
    select
        digits.lead_id,
        digits.since,
        shared.company_count,
        case
            when digits.digits = '' then 'it has no digit'
            when length(digits.digits) < 3 then 'it is too short to be dialled'
            -- the same digit seven times at the end: a country and area code may stand before
            when
                length(digits.digits) >= 3
                and replace(right(digits.digits, 7), right(digits.digits, 1), '') = ''
                then 'it repeats one digit'
            when
                length(digits.digits) >= 3
                and (
                    strpos('01234567890123456789', right(digits.digits, 7)) > 0
                    or strpos('98765432109876543210', right(digits.digits, 7)) > 0
                )
                then 'it counts up or down'
            -- 1111111112; 123123123, 1122334455, 1234554321, 0102030405
            when
                length(digits.digits) >= 7
                and replace(digits.others, left(digits.others, 1), '') = ''
                then 'it has two different digits only'
            when
                length(digits.digits) >= 8
                and (
                    replace(right(digits.digits, 8), right(digits.digits, 2), '') = ''
                    or replace(right(digits.digits, 8), right(digits.digits, 4), '') = ''
                    or replace(right(digits.digits, 9), right(digits.digits, 3), '') = ''
                    or strpos('00112233445566778899001122', right(digits.digits, 8)) > 0
                    or strpos('1234554321 1234512345 1231231234 0102030405', right(digits.digits, 8)) > 0
                )
                then 'it repeats a few digits'
            when
                {{ regex_matches('digits.digits', '^(1?[2-9][0-9]{2})?55501[0-9]{2}$') }}
                and (digits.number not like '+%' or digits.number like '+1%')
                then 'the range 555-0100 to 555-0199 is reserved for fiction'
            when shared.company_count >= limits.shared_phone_leads
                then 'leads of ' || cast(shared.company_count as varchar) || ' companies bear it'
        end as problem
    from digits
    cross join limits
    left join shared on digits.line = shared.line
),

final as (
    select
        {{ lead_flag(
            'phone_placeholder', 'since',
            "'The telephone number is a placeholder: ' || problem || '.'",
            {'problem': 'problem', 'companies': 'company_count'}
        ) }}
    from judged
    where problem is not null
    qualify row_number() over (partition by lead_id order by since, problem) = 1
)

select * from final
