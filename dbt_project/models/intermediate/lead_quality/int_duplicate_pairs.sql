-- Grain: pair of records of one person, the older first, with the probability that they are: 1 by an
-- exact rule, the model's where that finds them. Two known given names that are no forms of one name are
-- two people whatever else they share: a desk, a home, a mailbox, a day of birth. No list knows every name:
-- of others, their mailboxes and how little they have in common say it.
{% set sides = ['l', 'r'] -%}
{% set generation = ' (jr|snr|ii|iii|iv)( |$)' -%}
{% set generation_l, generation_r = [
    regex_extract("' ' || given_name_l || ' ' || coalesce(surname_l, '')", generation, 1),
    regex_extract("' ' || given_name_r || ' ' || coalesce(surname_r, '')", generation, 1),
] -%}
{# what namesakes are told apart by: a number at the end, the letter of a name in the middle #}
{% set number = '[._-]?[0-9]{1,2}$' -%}
{% set unnumbered_l, unnumbered_r = [
    regex_replace('local_part_l', number, ''), regex_replace('local_part_r', number, ''),
] -%}
{% set middle = '[._-][a-z]([._-])' -%}
{% set unlettered_l, unlettered_r = [
    regex_replace(unnumbered_l, middle, '\\1'), regex_replace(unnumbered_r, middle, '\\1'),
] -%}
with fields as (
    select * from {{ ref('int_person_fields') }}
),

comparisons as (
    select comparisons.*
    from {{ ref('int_duplicate_comparisons') }} as comparisons
    inner join {{ ref('int_duplicate_candidates') }} as candidates
        on comparisons.left_key = candidates.left_key and comparisons.right_key = candidates.right_key
),

limits as (
    select max(case when threshold = 'duplicate_probability' then value end) as duplicate_probability
    from {{ ref('lead_quality_thresholds') }}
),

exact_keys as (
    select
        pairs.*,
        least(older.value_key, younger.value_key) as left_key,
        greatest(older.value_key, younger.value_key) as right_key
    from {{ ref('int_duplicate_exact_pairs') }} as pairs
    inner join fields as older on pairs.older_key = older.record_key
    inner join fields as younger on pairs.younger_key = younger.record_key
),

-- what somebody takes for one person, with what both say
claimed as (
    select
        comparisons.left_key,
        comparisons.right_key
    from comparisons
    inner join limits on comparisons.match_probability >= limits.duplicate_probability
    union
    select
        left_key,
        right_key
    from exact_keys
),

said as (
    select distinct
        value_key,
        given_name,
        surname,
        mailbox,
        birth_date,
        company_domain,
        line,
        mobile_line,
        is_known_given_name,
        {{ dbt.split_part('mailbox', "'@'", 1) }} as local_part,
        {{ dbt.split_part('mailbox', "'@'", 2) }} as domain
    from fields
),

told as (
    select
        claimed.left_key,
        claimed.right_key,
        {%- for side in sides %}
            {%- for name in [
                'given_name', 'surname', 'mailbox', 'local_part', 'domain', 'birth_date', 'company_domain', 'line',
                'mobile_line',
            ] %}
                {{ side }}.{{ name }} as {{ name }}_{{ side }},
            {%- endfor %}
        {%- endfor %}
        l.is_known_given_name and r.is_known_given_name as are_known,
        {{ letters_apart('l.given_name', 'r.given_name') }} as given_names_apart,
        {{ regex_replace('l.surname', '^.* ', '') }} as last_surname_l,
        {{ regex_replace('r.surname', '^.* ', '') }} as last_surname_r
    from claimed
    inner join said as l on claimed.left_key = l.value_key
    inner join said as r on claimed.right_key = r.value_key
    where claimed.left_key <> claimed.right_key
),

two_people as (
    select
        left_key,
        right_key
    from told
    where
        -- rajesh.kumar@ and rakesh.kumar@, wei.zhang@ and wei.zheng@ of one domain: nobody mistypes a name
        -- twice
        (
            domain_l = domain_r
            -- Nagy Bence is Bence Nagy, whichever of the two names his mailboxes spell
            and not coalesce(given_name_l = surname_r and given_name_r = surname_l, false)
            and (
                (
                    -- Lucie Nováková and Lucie Dvořáková with one mobile number: she has married
                    not coalesce(given_name_l = given_name_r and mobile_line_l = mobile_line_r, false)
                    and {{ each_spells_its_own('surname') }}
                )
                -- ahmed.hassan@ of Ahmed Hassan, ahmed.h.ali@ of Ahmed Hassan Ali; not with one number, where
                -- she has two surnames since she married
                or (
                    not coalesce(
                        coalesce(line_l, mobile_line_l) = coalesce(line_r, mobile_line_r)
                        or mobile_line_l = mobile_line_r,
                        false
                    )
                    and {{ each_spells_its_own('last_surname') }}
                )
                -- christine@ and christina@; not rob@ and robert@, which one person may have, nor markus@ who
                -- is marcus@ to others
                or (
                    (
                        not are_known
                        or (
                            left(given_name_l, 1) = left(given_name_r, 1)
                            and right(given_name_l, 1) <> right(given_name_r, 1)
                            and given_names_apart <= 2
                        )
                    )
                    and {{ each_spells_its_own('given_name') }}
                )
            )
        )
        -- john.miller@, john.miller2@ and john.d.miller@ of one firm, with numbers of their own: it told its
        -- namesakes apart. Nobody adds a 2 to an address: behind one switchboard john.miller2@ is another
        or (
            company_domain_l = company_domain_r and local_part_l <> local_part_r
            and (
                (
                    {{ unlettered_l }} = {{ unlettered_r }}
                    and coalesce(line_l, mobile_line_l) <> coalesce(line_r, mobile_line_r)
                )
                or (
                    {{ unnumbered_l }} = {{ unnumbered_r }}
                    and not coalesce(mobile_line_l = mobile_line_r, false)
                )
            )
        )
        -- George and George Jr.
        or (
            coalesce({{ generation_l }} <> {{ generation_r }}, false)
            and not coalesce(mailbox_l = mailbox_r, false)
        )
        -- Sipho and Thandeka have nothing in common, on one mailbox too, unless it bears the name of one of
        -- them and both have one surname. In other alphabets nobody can tell; with one day of birth the model
        -- says what is likelier
        or (
            not are_known and not coalesce(birth_date_l = birth_date_r, false)
            and {{ regex_matches('given_name_l', '^[a-z ]{2,}$') }}
            and {{ regex_matches('given_name_r', '^[a-z ]{2,}$') }}
            and left(given_name_l, 1) <> left(given_name_r, 1)
            and 2 * given_names_apart >= greatest(length(given_name_l), length(given_name_r))
            and strpos(' ' || given_name_l || ' ', ' ' || given_name_r || ' ') = 0
            and strpos(' ' || given_name_r || ' ', ' ' || given_name_l || ' ') = 0
            and coalesce(given_name_l <> surname_r, true)
            and coalesce(given_name_r <> surname_l, true)
            and not (
                coalesce(mailbox_l = mailbox_r, false) and coalesce(surname_l = surname_r, true)
                and (strpos(local_part_l, given_name_l) > 0 or strpos(local_part_l, given_name_r) > 0)
            )
        )
),

-- a son called like his father, at the father's number
born_apart as (
    select
        left_key,
        right_key
    from told
    where birth_date_l <> birth_date_r
),

-- Dana of diana.berg@ is Diana: two known names a letter apart, one mailbox that bears one of them. Not Maria
-- and Mario: their last letters tell a couple
slips as (
    select
        left_key,
        right_key
    from told
    where
        mailbox_l = mailbox_r and surname_l = surname_r and given_names_apart = 1
        and least(length(given_name_l), length(given_name_r)) >= 4
        and right(given_name_l, 1) = right(given_name_r, 1)
        and (strpos(local_part_l, given_name_l) > 0 or strpos(local_part_l, given_name_r) > 0)
),

probable as (
    select comparisons.*
    from comparisons
    inner join limits on comparisons.match_probability >= limits.duplicate_probability
    left join two_people
        on comparisons.left_key = two_people.left_key and comparisons.right_key = two_people.right_key
    where not comparisons.given_names_differ and two_people.left_key is null
),

oldest as (
    select
        fields.value_key,
        fields.record_key,
        persons.age_rank
    from (
        select left_key as value_key from probable
        union distinct
        select right_key from probable
    ) as alike
    inner join fields on alike.value_key = fields.value_key
    inner join {{ ref('int_person_records') }} as persons on fields.record_key = persons.record_key
    qualify row_number() over (partition by fields.value_key order by persons.age_rank) = 1
),

-- two values: their oldest records stand for them
alike as (
    select
        case
            when left_oldest.age_rank < right_oldest.age_rank then left_oldest.record_key
            else right_oldest.record_key
        end as older_key,
        case
            when left_oldest.age_rank < right_oldest.age_rank then right_oldest.record_key
            else left_oldest.record_key
        end as younger_key,
        probable.match_probability,
        'probable' as match_rule
    from probable
    inner join oldest as left_oldest on probable.left_key = left_oldest.value_key
    inner join oldest as right_oldest on probable.right_key = right_oldest.value_key
    where probable.left_key <> probable.right_key
),

-- one value that says enough: each of its records and the oldest
same as (
    select
        oldest.record_key as older_key,
        fields.record_key as younger_key,
        probable.match_probability,
        'probable' as match_rule
    from probable
    inner join oldest on probable.left_key = oldest.value_key
    inner join fields on oldest.value_key = fields.value_key and oldest.record_key <> fields.record_key
    where probable.left_key = probable.right_key
),

exact as (
    select
        pairs.older_key,
        pairs.younger_key,
        pairs.match_probability,
        pairs.match_rule
    from exact_keys as pairs
    inner join comparisons
        on pairs.left_key = comparisons.left_key and pairs.right_key = comparisons.right_key
    left join two_people on pairs.left_key = two_people.left_key and pairs.right_key = two_people.right_key
    left join born_apart on pairs.left_key = born_apart.left_key and pairs.right_key = born_apart.right_key
    left join slips on pairs.left_key = slips.left_key and pairs.right_key = slips.right_key
    where
        (
            not comparisons.given_names_differ and two_people.left_key is null
            and (pairs.match_rule <> 'same_name_phone' or born_apart.left_key is null)
        )
        or (pairs.match_rule = 'same_mailbox' and slips.left_key is not null)
),

pairs as (
    select * from exact
    union all
    select * from alike
    union all
    select * from same
)

select * from pairs
-- what an exact rule says too is certain
qualify
    row_number() over (
        partition by older_key, younger_key order by match_probability desc, match_rule asc
    ) = 1
