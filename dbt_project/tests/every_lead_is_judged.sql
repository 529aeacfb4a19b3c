-- A lead without its row in the judgements that are kept would pass for one that nothing is held against.
select leads.lead_id
from {{ ref('int_leads_resolved') }} as leads
left join {{ ref('int_lead_judgements') }} as judgements
    on leads.lead_id = judgements.lead_id and judgements.flag is null
where judgements.lead_id is null
