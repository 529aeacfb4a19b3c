{#- Type and segment of every deal that ever landed; of one that was deleted or merged since by its last
    record. -#}

with

lives as (

    select * from {{ ref('int_opportunity_lives') }}

),

current_deals as (

    select
        opportunity_id,
        opportunity_type,
        segment
    from {{ ref('int_opportunities_current') }}

),

accounts as (

    select
        matched.account_ref,
        {{ segment('accounts.employees', 'accounts.annual_revenue', 'accounts.industry') }} as segment
    from {{ ref('int_accounts_matched') }} as matched
    inner join {{ ref('int_accounts_resolved') }} as accounts on matched.account_id = accounts.account_id

),

types as (

    select
        lives.opportunity_id,
        min_by(words.opportunity_type, words.priority) as opportunity_type
    from lives
    inner join {{ ref('opportunity_type_words') }} as words
        on lower(lives.opportunity_type) like '%' || words.word || '%'
    group by lives.opportunity_id

)

select
    lives.opportunity_id,
    lives.source_instance,
    coalesce(current_deals.opportunity_type, types.opportunity_type, 'new') as opportunity_type,
    coalesce(current_deals.segment, accounts.segment, {{ segment('null', 'null', 'null') }}) as segment
from lives
left join current_deals on lives.opportunity_id = current_deals.opportunity_id
left join types on lives.opportunity_id = types.opportunity_id
left join accounts on lives.account_id = accounts.account_ref
