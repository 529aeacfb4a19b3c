{# The columns that every model of lead flags ends in.
   `evidence`: a sentence; `evidence_values`: key to SQL expression. Neither holds an address, a number
   or a person's name: they are published. #}
{% macro lead_flag(flag, since, evidence, evidence_values) -%}
    lead_id,
    {{ sql_text(flag) }} as flag,
    {{ since }} as since,
    {{ evidence }} as evidence,
    {{ json_of(evidence_values) }} as evidence_values
{%- endmacro %}

{# The limits of the lead rules as one row: `select * from {{ lead_limits() }}`. #}
{% macro lead_limits() -%}
    (
        select
            {%- for threshold in [
                'fake_score', 'suspect_score', 'stale_score', 'fake_evidence_groups', 'source_defect_share',
                'date_tolerance_hours', 'shared_phone_leads', 'burst_leads', 'burst_gap_seconds',
                'untouched_days', 'unowned_days', 'good_through_leads',
            ] %}
            max(case when threshold = '{{ threshold }}' then cast(value as double) end) as {{ threshold }}
            {{- ',' if not loop.last }}
            {%- endfor %}
        from {{ ref('lead_quality_thresholds') }}
    )
{%- endmacro %}
