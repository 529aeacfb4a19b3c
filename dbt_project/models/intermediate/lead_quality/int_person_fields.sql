-- Grain: record of a person: what it says, as it is compared with what others say. Words that withhold
-- an answer ("unknown", "n/a") are no answer. `value_key` stands for all of it together. Kept from build to
-- build: a record is read again when it says something else, or the rules are others.
{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='record_key',
    on_schema_change='sync_all_columns',
    post_hook="delete from {{ this }} where record_key not in (select record_key from {{ ref('int_person_records') }})"
) }}
{% set legal_forms = '( (gmbh|ag|kg|ug|se|inc|llc|llp|ltd|limited|corp|corporation|co|company|plc|pty|sa|sas'
    ~ '|sarl|sl|srl|spa|b ?v|n ?v|oyj?|ab|as|asa|aps|kk|jsc|mbh|ltda))+$' -%}
{# before a name; without it Dr. would be the given name #}
{% set title = '(?i)^((dr|prof|mr|mrs|ms|miss|herr|frau|mme)[. ]+)+' -%}
{% set words = dbt.split_part('typed_name', "' '", 1) ~ ', ' ~ dbt.split_part('typed_name', "' '", 2) -%}
{% set compared = [
    'given_name', 'given_forms', 'is_known_given_name', 'surname', 'mailbox', 'line', 'mobile_line', 'company',
    'company_domain', 'street', 'postal_code', 'city', 'birth_date',
] -%}
{% set typed = [
    'first_name', 'last_name', 'full_name', 'email', 'phone', 'mobile_phone', 'street', 'postal_code', 'city',
    'birth_date',
] -%}
with records as (
    select
        record_key,
        record_type,
        record_id,
        mailbox
    from {{ ref('int_person_records') }}
),

every_record as (
    select
        records.*,
        leads.company,
        leads.{{ typed | join(',\n        leads.') }}
    from records
    inner join {{ ref('int_leads_resolved') }} as leads on records.record_id = leads.lead_id
    where records.record_type = 'lead'
    union all
    select
        records.*,
        accounts.account_name as company,
        contacts.{{ typed | join(',\n        contacts.') }}
    from records
    inner join {{ ref('int_contacts_resolved') }} as contacts on records.record_id = contacts.contact_id
    left join {{ ref('int_accounts_resolved') }} as accounts on contacts.account_id = accounts.account_id
    where records.record_type = 'contact'
),

hashed as (
    select
        *,
        {{ hash_of_texts([sql_text(lead_rules_version()), 'mailbox', 'company'] + typed) }} as read_from
    from every_record
),

typed as (
    select hashed.* from hashed
    {% if is_incremental() and has_column(this, 'read_from') -%}
        left join {{ this }} as known
            on hashed.record_key = known.record_key and hashed.read_from = known.read_from
        where known.record_key is null
    {%- endif %}
),

-- a whole name is "Given Family" or "Family, Given"
named as (
    select
        *,
        first_name is null and last_name is null as is_whole,
        full_name like '%,%' as is_family_first,
        {{ regex_replace('first_name', title, '') }} as given_text,
        {{ regex_replace('full_name', title, '') }} as name_text
    from typed
),

texts as (
    select
        record_key,
        read_from,
        email,
        mailbox,
        birth_date,
        {{ latin_letters(comparable_name(
            "case when not is_whole then given_text when is_family_first then "
            ~ dbt.split_part('name_text', "','", 2) ~ " else " ~ dbt.split_part('name_text', "' '", 1) ~ " end"
        )) }} as given_name,
        {{ latin_letters(comparable_name(
            "case when not is_whole then last_name when is_family_first then "
            ~ dbt.split_part('name_text', "','", 1) ~ " else " ~ regex_replace('name_text', '^[^ ]+ ?', '') ~ " end"
        )) }} as surname,
        {{ one_spelling(latin_letters(comparable_name('name_text'))) }} as typed_name,
        {{ latin_letters(comparable_text('company')) }} as whole_company,
        {{ regex_replace(latin_letters(comparable_text('company')), legal_forms, '') }} as company,
        {{ comparable_text('street') }} as street,
        {{ comparable_text('postal_code') }} as postal_code,
        {{ comparable_text('city') }} as city,
        {{ regex_replace('phone', '[^0-9]', '') }} as digits,
        {{ regex_replace('mobile_phone', '[^0-9]', '') }} as mobile_digits,
        {{ is_international_number('phone') }} as is_international,
        {{ is_international_number('mobile_phone') }} as is_mobile_international
    from named
),

lined as (
    select
        *,
        coalesce(phone_line, mobile_phone_line) as card_line
    from (
        select
            *,
            {{ telephone_line('digits', 'is_international') }} as phone_line,
            {{ telephone_line('mobile_digits', 'is_mobile_international') }} as mobile_phone_line,
            -- "Nagy Zsuzsa" is Zsuzsa Nagy, and so is "Nagy, Zsuzsa"
            case
                when length(typed_name) - length(replace(typed_name, ' ', '')) = 1
                    then least({{ words }}) || ' ' || greatest({{ words }})
                else typed_name
            end as whole_name
        from texts
    ) as both_lines
),

withheld as (
    select distinct
        replace(field, 'company_test', 'company') as field,
        {{ latin_letters(comparable_name('value')) }} as value
    from {{ ref('lead_placeholder_values') }}
    where field in ('name_part', 'company', 'company_test')
),

domains as (
    select
        addresses.email,
        domains.domain
    from {{ ref('int_email_addresses') }} as addresses
    inner join {{ ref('int_email_domains') }} as domains on addresses.domain = domains.domain
    where
        not domains.is_free_mail and not domains.is_alias_service and not domains.is_disposable
        and domains.reserved_parent is null
),

compared as (
    select
        texts.record_key,
        texts.read_from,
        texts.mailbox,
        texts.street,
        texts.postal_code,
        texts.city,
        texts.birth_date,
        case
            when length(texts.card_line) >= 7
                then texts.whole_name || '|' || texts.whole_company || '|' || texts.card_line
        end as business_card,
        -- whoever changes the company keeps the mobile number
        case
            when {{ is_somebodys_number('texts.card_line') }} and texts.whole_name like '% %'
                then texts.whole_name || '|' || texts.card_line
        end as named_line,
        domains.domain as company_domain,
        coalesce(forms.given_name, first_forms.given_name) is not null as is_known_given_name,
        case when given_placeholders.value is null then texts.given_name end as given_name,
        case
            when given_placeholders.value is null
                then coalesce(forms.forms, texts.given_name || coalesce(' ' || first_forms.forms, ''))
        end as given_forms,
        case when surname_placeholders.value is null then texts.surname end as surname,
        case when company_placeholders.value is null then texts.company end as company,
        case
            when {{ is_somebodys_number('texts.digits') }} then texts.phone_line
        end as line,
        case
            when {{ is_somebodys_number('texts.mobile_digits') }} then texts.mobile_phone_line
        end as mobile_line
    from lined as texts
    left join domains on texts.email = domains.email
    left join {{ ref('given_names') }} as forms on texts.given_name = forms.given_name
    -- Anna Maria is also called Anna, and known
    left join {{ ref('given_names') }} as first_forms
        on
        texts.given_name like '% %'
        and {{ dbt.split_part('texts.given_name', "' '", 1) }} = first_forms.given_name
    left join withheld as given_placeholders
        on texts.given_name = given_placeholders.value and given_placeholders.field = 'name_part'
    left join withheld as surname_placeholders
        on texts.surname = surname_placeholders.value and surname_placeholders.field = 'name_part'
    left join withheld as company_placeholders
        on texts.company = company_placeholders.value and company_placeholders.field = 'company'
)

select
    record_key,
    read_from,
    business_card,
    named_line,
    {{ compared | join(',\n    ') }},
    {{ number_of_texts(compared) }} as value_key
from compared
