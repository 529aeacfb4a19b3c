-- Question: Where do deals get won more often than elsewhere, where less, and how much of the open pipeline lies there?
-- Complaint: Wrong deals are chased, outside the sweet spot.
-- Tables: rpt_sweet_spot
select
    segment, industry, lead_source, fit, n, round(win_rate, 3) as win_rate,
    round(win_rate_low, 3) as win_rate_low, round(win_rate_high, 3) as win_rate_high,
    round(other_win_rate, 3) as other_win_rate, p50_amount, p50_cycle_days, open_count, open_amount,
    round(open_share, 3) as open_share, cells_tested
from rpt_sweet_spot
order by fit = 'unproven', fit, open_amount desc nulls last, segment, industry, lead_source;
