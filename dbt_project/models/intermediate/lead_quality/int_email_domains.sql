-- Grain: mail domain of a lead or contact. A domain is what any of its parents is listed as; people's
-- own mailboxes (free mail, aliases) win over the disposable list, which names some of them too.
{% set own = own_domains() | map('tojson') | map('replace', '"', "'") | join(', ') -%}
{% set is_own = 'false' if not own
    else 'max(case when with_parents.parent in (' ~ own ~ ') then 1 else 0 end) = 1' %}

{% set stand_ins = '(^|[.])(example[.][a-z]{2,4}([.][a-z]{2})?|test[.]((com?|net|org)[.][a-z]{2}|info|biz'
    ~ '|eu|us|ca|fr|it|es|pt|nl|be|at|ch|lu|ie|pl|cz|hu|ro|ru|ua|se|no|dk|fi|gr|tr|br|mx|ar|cn|jp|in|au))$' %}
{% set telling = '(temp|tmp|trash|throwaway|fake|disposable|discard|burner|junk|minutes?)[-_.]?e?mail'
    ~ '|mailinator|yopmail' -%}
with domains as (
    select distinct domain from {{ ref('int_email_addresses') }}
    where domain is not null
),

-- sub.example.com is also judged as example.com and com; four levels, and the top level of any depth
with_parents as (
    {%- for level in range(4) %}
        select domain, {{ regex_replace('domain', '^([^.]+\\.){' ~ level ~ '}', '') }} as parent from domains
        union
    {%- endfor %}
    select domain, {{ regex_extract('domain', '[^.]+$', 0) }} as parent from domains
    union
    -- example.fr, mail.test.nl: as the top levels of these names (test.io is a firm)
    select
        domain,
        {{ regex_extract(regex_extract('domain', stand_ins, 2), '^[a-z]+', 0) }} as parent
    from domains
    where {{ regex_matches('domain', stand_ins) }}
),

judged as (
    select
        with_parents.domain,
        -- new ones appear faster than any list
        {{ regex_matches('with_parents.domain', telling) }} as says_so,
        max(case when listed.is_disposable and free_mail.domain is null then listed.domain end)
            as disposable_parent,
        max(reserved.domain) as reserved_parent,
        max(reserved.kind) as reserved_kind,
        max(alias_services.service) as alias_service,
        max(case
            when
                with_parents.parent = with_parents.domain
                and (free_mail.domain is not null or listed.is_free_mail)
                then 1
            else 0
        end) = 1 as is_free_mail,
        {{ is_own }} as is_own
    from with_parents
    left join {{ ref('int_listed_mail_domains') }} as listed on with_parents.parent = listed.domain
    left join {{ ref('reserved_domains') }} as reserved on with_parents.parent = reserved.domain
    left join
        {{ ref('alias_email_services') }} as alias_services
        on with_parents.parent = alias_services.domain
    left join {{ ref('free_mail_domains') }} as free_mail on with_parents.parent = free_mail.domain
    group by with_parents.domain
),

final as (
    select
        domain,
        reserved_parent,
        reserved_kind,
        is_own,
        is_free_mail,
        coalesce(disposable_parent, case when says_so then domain end) as disposable_parent,
        alias_service is not null as is_alias_service,
        (disposable_parent is not null or says_so) and alias_service is null and not is_free_mail
            as is_disposable
    from judged
)

select
    *,
    is_free_mail or is_alias_service or is_disposable or is_own or reserved_parent is not null as is_listed
from final
