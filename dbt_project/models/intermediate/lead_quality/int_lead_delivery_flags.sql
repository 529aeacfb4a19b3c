-- Grain: lead × flag about whether mail to its address arrives: what the CRM and the domain name system say.
with leads as (
    select * from {{ ref('int_leads_resolved') }}
    where email is not null
),

addresses as (
    select
        email,
        domain,
        {{ masked_address('local_part', 'domain') }} as address
    from {{ ref('int_email_addresses') }}
),

refusals as (
    select * from {{ ref('int_mail_domain_answers') }}
    where not takes_mail and no_mail_since is not null
),

refused as (
    select
        leads.lead_id,
        addresses.address,
        addresses.domain,
        refusals.answer,
        refusals.checked_at,
        greatest(coalesce(ages.email_since, {{ as_of() }}), refusals.no_mail_since) as since
    from leads
    inner join addresses on leads.email = addresses.email
    inner join refusals on addresses.domain = refusals.domain
    left join {{ ref('int_lead_value_ages') }} as ages on leads.lead_id = ages.lead_id
),

-- bounced after an answer is contact_left: the address was real
bounced as (
    select
        leads.lead_id,
        addresses.address,
        leads.email_bounced_at
    from leads
    inner join addresses on leads.email = addresses.email
    left join {{ ref('int_lead_touch_summaries') }} as touches on leads.lead_id = touches.lead_id
    where
        leads.email_bounced_at <= {{ as_of() }}
        and coalesce(touches.first_answer_at > leads.email_bounced_at, true)
),

final as (
    select
        {{ lead_flag(
            'email_no_domain', 'since',
            "'The domain of ' || address || ' takes no mail: ' || answer || ', as asked on ' || cast(cast(checked_at as date) as varchar) || '.'",
            {'address': 'address', 'domain': 'domain', 'answer': 'answer', 'checked_at': 'cast(checked_at as varchar)'}
        ) }}
    from refused
    union all
    select
        {{ lead_flag(
            'email_bounced', 'email_bounced_at',
            "'Mail to ' || address || ' bounced on ' || cast(cast(email_bounced_at as date) as varchar) || ', and nobody ever answered from it.'",
            {'address': 'address', 'bounced_at': 'cast(email_bounced_at as varchar)'}
        ) }}
    from bounced
)

select * from final
