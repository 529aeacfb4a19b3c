{#- What each change of a deal did to the pipeline, step by step in the order in which a waterfall values
    it: create or reopen, transfer, pull or push, amount, eligibility, revaluation, close or removal. -#}

with

versions as (

    select
        *,
        lag(owner_id) over deal as previous_owner_id,
        lag(close_date) over deal as previous_close_date,
        lag(amount) over deal as previous_amount,
        lag(amount_native) over deal as previous_amount_native,
        lag(exchange_rate) over deal as previous_rate,
        coalesce(lag(is_eligible) over deal, false) as was_eligible,
        -- a deal that came back after a deletion enters anew
        coalesce(lag(outcome) over deal = 'open' and not lag(is_removed_next) over deal, false) as was_open,
        lag(opportunity_id) over deal is null as is_first
    from {{ ref('int_opportunity_versions') }}
    window deal as (partition by opportunity_id order by valid_from)

),

-- A closing changes the forecast category too, and many CRMs omit what is lost: what was eligible leaves
-- by its outcome, what was not enters before it closes, unless an omitted deal is lost.
judged as (

    select
        *,
        case
            when outcome = 'open' then is_eligible
            else
                (was_open and was_eligible)
                or (
                    amount is not null
                    and (outcome = 'won' or coalesce(forecast_category, '') != 'omitted')
                )
        end as is_eligible_after
    from versions
    where outcome = 'open' or was_open or is_closing

),

-- A reopened deal comes back as it had left, with the amount and the owner of that time; then it changes.
before as (

    select
        *,
        case when is_first then 'created' when not was_open then 'reopened' end as entry_kind,
        case when outcome != 'open' then outcome end as exit_kind,
        case when was_open then was_eligible else is_eligible_after end as is_eligible_before,
        case when is_first then owner_id else previous_owner_id end as owner_before,
        case when is_first then close_date else previous_close_date end as close_date_before,
        case when was_open then previous_amount else coalesce(previous_amount, amount) end as amount_before
    from judged

),

-- An amount that is no longer there changes nothing by itself: it takes the deal's eligibility.
moved as (

    select
        *,
        coalesce(
            case
                when amount_native is null or amount_native = previous_amount_native then amount_before
                when exchange_rate = previous_rate then amount
                else {{ to_money(convert('amount_native', 'previous_rate')) }}
            end,
            amount
        ) as amount_moved
    from before

),

changes as (

    select
        opportunity_id,
        valid_from_date as changed_on,
        entry_kind,
        exit_kind,
        owner_before,
        owner_id as owner_after,
        close_date_before,
        close_date as close_date_after,
        is_eligible_before,
        is_eligible_after,
        amount_before,
        amount_moved,
        coalesce(amount, amount_moved) as amount_after
    from moved
    union all
    select
        opportunity_id,
        valid_to_date as changed_on,
        cast(null as varchar) as entry_kind,
        'removed' as exit_kind,
        owner_id as owner_before,
        owner_id as owner_after,
        close_date as close_date_before,
        close_date as close_date_after,
        is_eligible as is_eligible_before,
        is_eligible as is_eligible_after,
        amount as amount_before,
        amount as amount_moved,
        amount as amount_after
    from versions
    where outcome = 'open' and is_removed_next

)

select * from changes
