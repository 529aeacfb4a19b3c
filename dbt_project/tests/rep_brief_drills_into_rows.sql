-- Every finding names rows of a published table: its drill keys are columns of its drill table, and at least
-- one row of the rep has their values.
{%- set drills = {
    'fct_deal_flags': ['owner_id', 'flag'],
    'rpt_fake_sales': ['owner_id', 'opportunity_id'],
    'rpt_lead_followup': [
        'owner_id', 'cadence_band', 'status_group', 'verdict', 'is_token_effort', 'is_recontact_overdue',
    ],
    'rpt_rotten_pipeline': ['rep_id'],
    'rpt_prospecting_time': ['rep_id'],
    'rpt_coverage': ['rep_id', 'fiscal_quarter'],
    'rpt_cliff': ['rep_id', 'is_below_required'],
    'rpt_slippage': ['rep_id', 'fiscal_quarter'],
    'rpt_attention': ['rep_id', 'week_start'],
    'rpt_meeting_followup': ['rep_id', 'meeting_id'],
    'rpt_coaching': ['rep_id', 'manager_id', 'month_start'],
    'fct_commitments': ['rep_id', 'state'],
} %}
with

findings as (

    select
        rep_id,
        finding,
        drill_table,
        drill_keys
    from {{ ref('rpt_rep_brief') }}

),

keys as (

    select
        rep_id,
        finding,
        drill_table,
        {{ rows_of_json_keys('drill_keys') }} as drill_column
    from findings

),

found as (

    {% for table, columns in drills.items() %}
        select distinct
            findings.rep_id,
            findings.finding
        from findings
        inner join {{ ref(table) }} as drilled
            on
            findings.drill_table = '{{ table }}'
            {% for column in columns -%}
                {% if loop.first -%}
                    and findings.rep_id = drilled.{{ column }}
                {% else -%}
                    and {{ json_has('findings.drill_keys', column, 'drilled.' ~ column) }}
                {% endif -%}
            {% endfor -%}
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    findings.rep_id,
    findings.finding,
    'no such rows' as problem
from findings
left join found on findings.rep_id = found.rep_id and findings.finding = found.finding
where found.rep_id is null
union all
select
    keys.rep_id,
    keys.finding,
    'no column ' || keys.drill_column as problem
from keys
left join {{ ref('meta_columns') }} as published
    on keys.drill_table = published."table" and keys.drill_column = published."column"
where published."column" is null
