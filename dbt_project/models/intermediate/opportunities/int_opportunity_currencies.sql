-- Of deals whose amounts were counted in more than one currency: a mistake put right, a buyer who is billed
-- elsewhere. What stood before the change was no amount of the new currency. All other deals are in the one
-- that they have. The first one holds from the beginning, the last one on.

with

changes as (

    select
        opportunity_id,
        changed_at,
        change_id,
        upper(old_value) as old_currency,
        upper(new_value) as new_currency
    from {{ ref('int_opportunity_field_changes_unioned') }}
    where
        lower(field) in ('currency', 'currencyisocode', 'deal_currency_code')
        and new_value is not null
        and changed_at <= {{ as_of() }}

),

landed as (

    select
        opportunity_id,
        known_from,
        loaded_at,
        upper(currency) as currency
    from {{ ref('int_opportunity_snapshots_resolved') }}
    where currency is not null and not coalesce(is_deleted, false) and known_from <= {{ as_of() }}

),

changed as (

    select opportunity_id from landed
    group by opportunity_id
    having min(currency) <> max(currency)
    union
    select opportunity_id from changes

),

told as (

    select
        opportunity_id,
        changed_at as told_at,
        1 as priority,
        change_id as sequence,
        old_currency,
        new_currency as currency
    from changes
    union all
    select
        landed.opportunity_id,
        landed.known_from as told_at,
        2 as priority,
        cast(landed.loaded_at as varchar) as sequence,
        cast(null as varchar) as old_currency,
        landed.currency
    from landed
    inner join changed on landed.opportunity_id = changed.opportunity_id

),

compared as (

    select
        *,
        coalesce(lag(currency) over deal, old_currency, currency) as previous_currency,
        row_number() over deal = 1 as is_first
    from told
    window deal as (partition by opportunity_id order by told_at, priority, sequence)

),

begun as (

    select
        opportunity_id,
        cast('0001-01-01' as timestamp) as valid_from,
        previous_currency as currency
    from compared
    where is_first
    union all
    select
        opportunity_id,
        told_at as valid_from,
        currency
    from compared
    where currency <> previous_currency

)

select
    opportunity_id,
    currency,
    valid_from,
    coalesce(
        lead(valid_from) over (partition by opportunity_id order by valid_from),
        cast('9999-12-31' as timestamp)
    ) as valid_to
from begun
