with flags as (
    select * from {{ ref('int_lead_flags') }}
)

select
    lead_id,
    flag,
    {{ as_of() }} as as_of,
    source_system,
    source_instance,
    family,
    evidence_group,
    weight,
    is_proof,
    since,
    evidence,
    evidence_values,
    exempted_reason,
    exempted_until
from flags
