-- Grain: lead to judge × flag that one of its telephone numbers is a placeholder by its digits.
{# digits in steps, by threes, and as the keys stand in rows and columns #}
{% set patterns = '1234554321 1234512345 1231231234 0102030405 1020304050 1357924680 2468013579'
    ~ ' 1112223333 2223334444 3334445555 4445556666 5556667777 6667778888 9998887777 8887776666'
    ~ ' 111222333 222333444 444555666 147258369 258369147 963852741 789456123 456123789 123321123' -%}
with numbers as (
    select lead_id, phone as number, phone_since as since from {{ ref('int_leads_to_judge') }}
    where phone is not null
    union all
    select lead_id, mobile_phone, mobile_phone_since from {{ ref('int_leads_to_judge') }}
    where mobile_phone is not null and mobile_phone is distinct from phone
),

stripped as (
    select
        *,
        {{ regex_replace('number', '[^0-9]', '') }} as digits
    from numbers
),

digits as (
    select
        *,
        replace(digits, left(digits, 1), '') as others
    from stripped
),

judged as (
    select
        lead_id,
        since,
        case
            when digits = '' then 'it has no digit'
            when length(digits) < 3 then 'it is too short to be dialled'
            -- the same digit seven times at the end: a country and area code may stand before
            when
                length(digits) >= 3
                and replace(right(digits, 7), right(digits, 1), '') = ''
                then 'it repeats one digit'
            when
                length(digits) >= 3
                and (
                    strpos('01234567890123456789', right(digits, 7)) > 0
                    or strpos('98765432109876543210', right(digits, 7)) > 0
                )
                then 'it counts up or down'
            -- 1111111112; 123123123, 1122334455, 1234554321, 0102030405
            when
                length(digits) >= 7
                and replace(others, left(others, 1), '') = ''
                then 'it has two different digits only'
            when
                length(digits) >= 8
                and (
                    replace(right(digits, 8), right(digits, 2), '') = ''
                    or replace(right(digits, 8), right(digits, 4), '') = ''
                    or replace(right(digits, 9), right(digits, 3), '') = ''
                    or strpos('00112233445566778899001122', right(digits, 8)) > 0
                    or strpos('{{ patterns }}', right(digits, 8)) > 0
                )
                then 'it repeats a few digits'
            when
                {{ regex_matches('digits', '^(1?[2-9][0-9]{2})?55501[0-9]{2}$') }}
                and (number not like '+%' or number like '+1%')
                then 'the range 555-0100 to 555-0199 is reserved for fiction'
        end as problem
    from digits
),

final as (
    select
        {{ lead_flag(
            'phone_placeholder', 'since',
            "'The telephone number is a placeholder: ' || problem || '.'",
            {'problem': 'problem', 'companies': 'cast(null as bigint)'}
        ) }}
    from judged
    where problem is not null
    qualify row_number() over (partition by lead_id order by since, problem) = 1
)

select * from final
