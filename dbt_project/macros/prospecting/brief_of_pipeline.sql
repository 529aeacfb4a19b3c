{# Findings about what is to come. `coverage`: the rep's row of rpt_coverage of the quarter that is shortest of
   money; `cliff`: the weeks of rpt_cliff. #}
{% macro brief_of_pipeline(coverage, cliff) %}
    {{ brief_finding(
        'coverage_gap', coverage, 'max(1 - credible_coverage_ratio / needed_ratio)', 'max(missing_amount)',
        "'Credible pipeline covers ' || cast(round(max(credible_coverage_ratio), 1) as varchar)
        || ' times what is left of the quota of ' || max(fiscal_quarter)
        || '; this rep needs ' || cast(round(max(needed_ratio), 1) as varchar) || ' times'",
        {'fiscal_quarter': 'max(fiscal_quarter)'}
    ) }}
    union all
    {{ brief_finding(
        'pipeline_cliff', cliff, 'count(*)',
        'sum(cast(weekly_quota_amount * (1 - projected_open_amount / required_amount) as decimal(18, 2)))',
        counted_text('count(*)', 'week') ~ " || ' with less open pipeline than the quota asks for, the first that of '
        || cast(min(week_starts_on) as varchar) || ': ' || " ~ money_text('min_by(projected_open_amount, week_ahead)')
        ~ " || ' where ' || " ~ money_text('min_by(required_amount, week_ahead)') ~ " || ' are needed'",
        {'is_below_required': 'true'}, where='is_below_required'
    ) }}
{% endmacro %}
