-- noqa: disable=LT01,LT02,LT06 (written by loops)
-- Grain: source instance × object × field × reason why what planning rows and invoices refer to is
-- not found: an account or a deal that no CRM knows, an account's name that several bear, an invoice
-- that is in no file, a period that cannot be read. Their money is in no figure of what they refer to. A
-- target account need not be in a CRM yet.
{%- set references = {
    'account_costs': 'stg_planning__account_costs',
    'key_accounts': 'stg_planning__key_accounts',
    'target_accounts': 'stg_planning__target_accounts',
} %}
with meant as (
    select distinct account_text from {{ ref('int_accounts_meant') }}
),

named as (
    select * from {{ ref('int_accounts_named') }}
),

invoices as (
    select * from {{ ref('int_invoices_resolved') }}
),

referred as (
    {%- for object, model in references.items() %}
    select
        source_instance,
        source_system,
        '{{ object }}' as object,
        'account' as field,
        {{ account_text('account_ref') }} as account_text
    from {{ ref(model) }}
    union all
    {%- endfor %}
    -- Zoho's own invoices name the account as Zoho does
    select
        source_instance,
        source_system,
        case when source_system = 'planning' then 'invoices' else 'Invoices' end as object,
        case when source_system = 'planning' then 'account' else 'Account Name' end as field,
        {{ account_text('account_ref') }} as account_text
    from invoices
    where account_id is null
),

accounts as (
    select
        referred.source_instance,
        referred.source_system,
        referred.object,
        referred.field,
        case when meant.account_text is null then 'unknown_account' else 'ambiguous_account' end as reason
    from referred
    left join named on referred.account_text = named.account_text
    left join meant on referred.account_text = meant.account_text
    where
        referred.account_text is not null and named.account_text is null
        and (referred.object <> 'target_accounts' or meant.account_text is not null)
),

deals as (
    select
        source_instance,
        source_system,
        'invoices' as object,
        'opportunity' as field,
        'unknown_opportunity' as reason
    from invoices
    where opportunity_ref is not null and opportunity_id is null
),

payments as (
    select
        payments.source_instance,
        payments.source_system,
        'payments' as object,
        'invoice_id' as field,
        'unknown_invoice' as reason
    from {{ ref('stg_planning__payments') }} as payments
    left join {{ ref('stg_planning__invoices') }} as billed on payments.invoice_id = billed.invoice_id
    where payments.invoice_id is not null and billed.invoice_id is null
),

periods as (
    select
        source_instance,
        source_system,
        'quotas' as object,
        'period' as field,
        'unknown_period' as reason
    from {{ ref('stg_planning__quotas') }}
    where period is not null and {{ quota_period('period') }} is null
),

problems as (
    select * from accounts
    union all
    select * from deals
    union all
    select * from payments
    union all
    select * from periods
)

select
    source_instance,
    source_system,
    object,
    field,
    reason,
    count(*) as problem_count
from problems
group by source_instance, source_system, object, field, reason
