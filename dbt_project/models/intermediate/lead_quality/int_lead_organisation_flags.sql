-- Grain: lead to judge × flag about its company and job title, and vendors' sample records.
with leads as (
    select
        leads.*,
        {{ comparable_text('leads.title') }} as title_text,
        {{ comparable_text('leads.company') }} as company_text,
        {{ comparable_text('leads.full_name') }} as name_text
    from {{ ref('int_leads_to_judge') }} as leads
),

listed as (
    select distinct
        field,
        {{ comparable_text('value') }} as value
    from {{ ref('lead_placeholder_values') }}
    where field in ('title', 'company', 'company_test', 'spam')
),

-- "Test GmbH" is "Test"
tests as (
    select distinct companies.company_text
    from (
        select
            company_text,
            company_text as value
        from leads
        union
        select
            company_text,
            {{ regex_replace('company_text', legal_forms(), '') }} as value
        from leads
    ) as companies
    inner join listed on companies.value = listed.value and listed.field = 'company_test'
),

texts as (
    select
        company as typed,
        company_text as text
    from leads
    where company_text is not null
    union
    select
        title as typed,
        title_text as text
    from leads
    where title_text is not null
),

-- found by the first word of the advertisement
advertisements as (
    select distinct words.text
    from (
        select
            text,
            {{ rows_of_words('text') }} as word
        from texts
    ) as words
    inner join listed
        on
        words.word = {{ dbt.split_part('listed.value', "' '", 1) }}
        and strpos(' ' || words.text || ' ', ' ' || listed.value || ' ') > 0
    where listed.field = 'spam'
),

injected as (
    select
        texts.typed,
        coalesce(
            {{ injected_kind('texts.typed') }},
            case when advertisements.text is not null then 'an advertisement' end
        ) as found
    from texts
    left join advertisements on texts.text = advertisements.text
),

samples as (
    select
        {{ comparable_text('full_name') }} as name_text,
        {{ comparable_text('company') }} as company_text,
        email,
        vendor
    from {{ ref('vendor_sample_records') }}
),

-- the name alone proves nothing: there is more than one Tom James
shipped as (
    select
        leads.lead_id,
        min(samples.vendor) as vendor
    from leads
    inner join samples
        on
        leads.name_text = samples.name_text
        and (leads.company_text = samples.company_text or lower(leads.email) = samples.email)
    group by leads.lead_id
),

sampled as (
    select
        leads.lead_id,
        leads.name_since,
        case
            when
                shipped.vendor is not null
                then 'one of the people that ' || shipped.vendor || ' ships with every new account'
            when leads.is_sample then 'marked by the CRM as a sample'
            else 'named a sample in its own text'
        end as kind
    from leads
    left join shipped on leads.lead_id = shipped.lead_id
    where
        shipped.vendor is not null
        or leads.is_sample
        or {{ regex_matches(
            "lower(coalesce(leads.full_name, '') || ' ' || coalesce(leads.company, ''))",
            '[(\\[]sample( (contact|account|lead|company|record))?[)\\]]'
        ) }}
),

final as (
    select
        {{ lead_flag('sample_record', 'name_since', "'The record is ' || kind || '.'", {'kind': 'kind'}) }}
    from sampled
    union all
    select
        {{ lead_flag(
            'title_placeholder', 'leads.title_since',
            "'The job title is a placeholder' || coalesce(': \"' || leads.title_text || '\".', ' without any letter.')",
            {'placeholder': 'leads.title_text'}
        ) }}
    from leads
    left join listed on leads.title_text = listed.value and listed.field = 'title'
    where leads.title is not null and (leads.title_text is null or listed.value is not null)
    union all
    select
        {{ lead_flag(
            'company_placeholder', 'leads.company_since',
            "'The company is a placeholder' || coalesce(': \"' || leads.company_text || '\".', ' without any letter.')",
            {'placeholder': 'leads.company_text'}
        ) }}
    from leads
    left join listed on leads.company_text = listed.value and listed.field = 'company'
    where leads.company is not null and (leads.company_text is null or listed.value is not null)
    union all
    select
        {{ lead_flag(
            'company_test', 'leads.company_since',
            "'Nobody works for a company called \"' || leads.company_text || '\": it stands for a test.'",
            {'placeholder': 'leads.company_text'}
        ) }}
    from leads
    inner join tests on leads.company_text = tests.company_text
    union all
    select
        {{ lead_flag(
            'company_injected', 'greatest(leads.company_since, leads.title_since)',
            "'The company or the job title holds ' || coalesce(companies.found, titles.found) || '.'",
            {'found': 'coalesce(companies.found, titles.found)'}
        ) }}
    from leads
    left join injected as companies on leads.company = companies.typed
    left join injected as titles on leads.title = titles.typed
    where companies.found is not null or titles.found is not null
)

select * from final
