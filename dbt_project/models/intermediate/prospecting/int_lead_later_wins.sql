-- Grain: lead whose person or account somebody else won after the last touch (or, untouched, after its
-- creation): another rep, or the same in another system. The first such deal; a person counts before an
-- account.
with leads as (
    select
        leads.lead_id,
        leads.source_instance,
        leads.owner_id,
        leads.opportunity_id,
        greatest(leads.created_at, efforts.last_touch_at) as left_at
    from {{ ref('int_leads_resolved') }} as leads
    left join {{ ref('int_person_efforts') }} as efforts
        on leads.lead_id = efforts.person_id and efforts.person_type = 'lead'
),

-- a renewal is not won from a lead
won as (
    select
        opportunity_id,
        source_instance,
        owner_id,
        account_id,
        contact_id,
        closed_at
    from {{ ref('int_opportunities_current') }}
    where outcome = 'won' and {{ is_new_business() }}
),

clusters as (
    select * from {{ ref('int_person_clusters') }}
),

-- who a deal was won with: its contacts, and the leads that became it
won_people as (
    select 'contact|' || contact_id as record_key, opportunity_id from won
    where contact_id is not null
    union
    select 'contact|' || roles.contact_id as record_key, roles.opportunity_id
    from {{ ref('int_opportunity_contacts_unioned') }} as roles
    inner join won on roles.opportunity_id = won.opportunity_id
    union
    select 'lead|' || leads.lead_id as record_key, leads.opportunity_id
    from leads
    inner join won on leads.opportunity_id = won.opportunity_id
),

won_clusters as (
    select distinct
        clusters.cluster_key,
        won_people.opportunity_id
    from won_people
    inner join clusters on won_people.record_key = clusters.record_key
),

candidates as (
    select
        substr(clusters.record_key, 6) as lead_id,
        won_clusters.opportunity_id,
        'person' as matched_by
    from clusters
    inner join won_clusters on clusters.cluster_key = won_clusters.cluster_key
    where clusters.record_key like 'lead|%'
    union all
    select
        accounts.lead_id,
        won.opportunity_id,
        'account' as matched_by
    from {{ ref('int_lead_accounts') }} as accounts
    inner join won on accounts.account_id = won.account_id
),

later as (
    select
        candidates.lead_id,
        candidates.opportunity_id,
        candidates.matched_by,
        won.closed_at,
        won.source_instance <> leads.source_instance as is_other_system,
        row_number() over (
            partition by candidates.lead_id
            order by candidates.matched_by desc, won.closed_at asc, won.opportunity_id asc
        ) as position
    from candidates
    inner join won on candidates.opportunity_id = won.opportunity_id
    inner join leads on candidates.lead_id = leads.lead_id
    where
        won.closed_at > leads.left_at
        and candidates.opportunity_id <> coalesce(leads.opportunity_id, '')
        and (
            coalesce(won.owner_id, '') <> coalesce(leads.owner_id, '')
            or won.source_instance <> leads.source_instance
        )
)

select
    lead_id,
    opportunity_id,
    matched_by,
    closed_at,
    case when is_other_system then 'won_in_other_system' else 'won_by_other_rep' end as later_outcome
from later
where position = 1
