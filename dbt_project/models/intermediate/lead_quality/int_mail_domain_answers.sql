-- Grain: mail domain that the domain name system answered for by as_of, and whose last answer still counts.
with answers as (
    select
        *,
        max(case when takes_mail then checked_at end) over (partition by domain) as took_mail_at,
        row_number() over (partition by domain order by checked_at desc, takes_mail desc) as age_rank
    from {{ ref('stg_mail_dns__mail_domains') }}
    where checked_at <= {{ as_of() }} and takes_mail is not null
),

refusals as (
    select
        domain,
        min(checked_at) as no_mail_since
    from answers
    where not takes_mail and coalesce(checked_at > took_mail_at, true)
    group by domain
)

select
    answers.domain,
    answers.takes_mail,
    answers.answer,
    answers.checked_at,
    case when not answers.takes_mail then refusals.no_mail_since end as no_mail_since
from answers
left join refusals on answers.domain = refusals.domain
where answers.age_rank = 1 and coalesce(answers.valid_until >= {{ as_of() }}, true)
