-- Every lead stands in the funnel once, and each of its counts is that of the leads themselves.
with

funnel as (

    select
        sum(leads_count + fake_count + duplicate_count) as leads,
        sum(fake_count) as fake,
        sum(duplicate_count) as duplicate,
        coalesce(sum(touched_count), 0) as touched
    from {{ ref('rpt_prospecting_funnel') }}

),

leads as (

    select
        count(*) as leads,
        count(case when verdict = 'fake' then 1 end) as fake,
        count(case when verdict = 'duplicate' then 1 end) as duplicate,
        count(case when touches > 0 and verdict not in ('fake', 'duplicate') then 1 end) as touched
    from {{ ref('fct_leads') }}

)

select
    funnel.*,
    leads.leads as expected_leads,
    leads.touched as expected_touched
from funnel
cross join leads
where
    coalesce(funnel.leads, 0) != leads.leads
    or coalesce(funnel.fake, 0) != leads.fake
    or coalesce(funnel.duplicate, 0) != leads.duplicate
    or funnel.touched != leads.touched
