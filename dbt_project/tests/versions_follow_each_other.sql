-- Versions of a deal neither overlap nor leave a gap (but while the deal was deleted), none has no length,
-- none begins after as_of, and only the last may be open-ended.
with

versions as (

    select
        *,
        lead(valid_from) over (partition by opportunity_id order by valid_from) as next_from
    from {{ ref('fct_opportunity_versions') }}

)

select
    opportunity_id,
    valid_from,
    valid_to,
    next_from
from versions
where
    valid_to <= valid_from
    or valid_from > as_of
    or next_from < valid_to
    or (next_from is not null and valid_to is null)
    or (valid_to is not null and next_from is distinct from valid_to and not is_ended_by_removal)
