-- Grain: record. The one contact, company, deal and lead that it is about: the primary, else the oldest.
select
    _source_instance,
    from_type,
    from_id,
    max(case when to_type = 'contacts' then to_id end) as contact_id,
    max(case when to_type = 'companies' then to_id end) as company_id,
    max(case when to_type = 'deals' then to_id end) as deal_id,
    max(case when to_type = 'leads' then to_id end) as lead_id
from {{ ref('stg_hubspot__associated') }}
where is_main
group by 1, 2, 3
