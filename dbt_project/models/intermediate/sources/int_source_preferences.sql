-- Grain: source instance, by the order in which it is asked who a customer is. Two CRMs that are kept in step
-- both have every customer: the one with deals comes first, since attention, meetings and invoices are about
-- deals.
with sources as (
    select source_instance from {{ ref('int_build_sources') }}
),

sellers as (
    select distinct source_instance from {{ ref('int_opportunities_unioned') }}
)

select
    sources.source_instance,
    row_number() over (
        order by case when sellers.source_instance is null then 2 else 1 end, sources.source_instance
    ) as preference
from sources
left join sellers on sources.source_instance = sellers.source_instance
