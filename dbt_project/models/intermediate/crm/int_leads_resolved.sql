-- Grain: lead that exists at as_of, as it stands then. Left out: leads merged into another, and
-- leads created after as_of (a creation after known_at is an impossible date, and stays).
with leads as (
    select * from {{ ref('int_leads_unioned') }}
    where
        merged_into_id is null
        and not coalesce(created_at > {{ as_of() }} and created_at <= {{ known_at() }}, false)
),

reps as (
    select * from {{ ref('int_reps_matched') }}
),

accounts as (
    select * from {{ ref('int_accounts_matched') }}
),

declared as (
    select * from {{ ref('int_build_lead_statuses') }}
),

standard as (
    select * from {{ ref('standard_lead_statuses') }}
),

-- a conversion after as_of has not happened yet
judged as (
    select
        leads.lead_id,
        coalesce(declared.status_group, standard.status_group, 'open') as mapped_status_group,
        coalesce(leads.converted_at <= {{ as_of() }}, true) and coalesce(
            leads.is_converted,
            leads.converted_at is not null or leads.opportunity_id is not null,
            false
        ) as is_flagged_converted,
        coalesce(leads.converted_at <= {{ as_of() }}, true)
        and leads.is_converted is null as is_status_decisive
    from leads
    left join declared
        on leads.source_instance = declared.source_instance and lower(leads.status) = lower(declared.status)
    left join standard on lower(leads.status) = standard.status
),

grouped as (
    select
        lead_id,
        mapped_status_group,
        is_flagged_converted or (is_status_decisive and mapped_status_group = 'converted') as is_converted
    from judged
),

final as (
    select
        {{ all_but([
            'owner_id', 'full_name', 'is_converted', 'converted_at', 'account_id', 'contact_id', 'opportunity_id'
        ], 'leads') }},
        {{ full_name('leads') }} as full_name,
        leads.owner_id as owner_ref,
        reps.rep_id as owner_id,
        grouped.is_converted,
        case when grouped.is_converted then leads.converted_at end as converted_at,
        case when grouped.is_converted then coalesce(accounts.account_id, leads.account_id) end as account_id,
        case when grouped.is_converted then leads.contact_id end as contact_id,
        -- who it is, in CRMs that have a contact for every lead (HubSpot's lead objects, Pipedrive)
        leads.contact_id as own_contact_id,
        case when grouped.is_converted then leads.opportunity_id end as opportunity_id,
        case
            when grouped.is_converted then 'converted'
            when grouped.mapped_status_group = 'converted' then 'working'
            when
                grouped.mapped_status_group = 'disqualified'
                and lower(leads.disqualified_reason) like '%abandon%'
                then 'abandoned'
            else grouped.mapped_status_group
        end as status_group
    from leads
    inner join grouped on leads.lead_id = grouped.lead_id
    left join reps on leads.source_instance = reps.source_instance and leads.owner_id = reps.owner_ref
    left join accounts on leads.account_id = accounts.account_ref
)

select * from final
