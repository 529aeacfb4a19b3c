{#- The changes of a month as the parts of a waterfall, in both scopes. -#}
{%- set before = ['created', 'reopened', 'transferred_out'] -%}

with

changes as (

    select
        *,
        cast({{ dbt.date_trunc('month', 'changed_on') }} as date) as month_start,
        coalesce(owner_before, '') != coalesce(owner_after, '') as is_transfer
    from {{ ref('int_pipeline_changes') }}

),

scoped as (

    select
        *,
        'all_open' as scope,
        true as is_in_before,
        true as is_in_after
    from changes
    union all
    select
        *,
        'closing_in_month' as scope,
        coalesce({{ dbt.date_trunc('month', 'close_date_before') }} = month_start, false) as is_in_before,
        coalesce({{ dbt.date_trunc('month', 'close_date_after') }} = month_start, false) as is_in_after
    from changes

),

-- what the deal was worth before, and after each of the steps
valued as (

    select
        *,
        case when is_in_before and is_eligible_before then amount_before else 0 end as at_first,
        case when is_in_after and is_eligible_before then amount_before else 0 end as after_dates,
        case when is_in_after and is_eligible_before then amount_moved else 0 end as after_amount,
        case when is_in_after and is_eligible_after then amount_moved else 0 end as after_eligibility,
        case when is_in_after and is_eligible_after then amount_after else 0 end as at_last
    from scoped

),

parts as (

    select
        month_start,
        scope,
        owner_before,
        owner_after,
        case when entry_kind = 'created' then at_first else 0 end as created,
        case when entry_kind = 'reopened' then at_first else 0 end as reopened,
        case when is_transfer then at_first else 0 end as transferred_out,
        case when is_transfer then at_first else 0 end as transferred_in,
        case when is_in_after and not is_in_before then after_dates else 0 end as pulled_in,
        case when is_in_before and not is_in_after then at_first else 0 end as pushed_out,
        greatest(after_amount - after_dates, 0) as increased,
        greatest(after_dates - after_amount, 0) as decreased,
        case when is_eligible_after and not is_eligible_before then after_eligibility else 0 end
            as eligibility_in,
        case when is_eligible_before and not is_eligible_after then after_amount else 0 end
            as eligibility_out,
        {%- for exit_kind in ['won', 'lost', 'no_decision', 'removed'] %}
            case when exit_kind = '{{ exit_kind }}' then at_last else 0 end as {{ exit_kind }},
        {%- endfor %}
        at_last - after_eligibility as revalued
    from valued

),

-- until the transfer the deal is its former owner's, from then on the next one's
by_rep as (

    {% for side in ['owner_before', 'owner_after'] %}
        select
            {{ side }} as rep_id,
            {%- for part in waterfall_parts() %}
                {{ part if (part in before) == (side == 'owner_before') else 0 }} as {{ part }},
            {%- endfor %}
            month_start,
            scope
        from parts
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}

)

select
    rep_id,
    {%- for part in waterfall_parts() %}
        {{ to_money('sum(' ~ part ~ ')') }} as {{ part }}_amount,
    {%- endfor %}
    month_start,
    scope
from by_rep
group by rep_id, month_start, scope
