-- Question: How much of what was expected in a quarter was pushed out of its month?
select
    fiscal_quarter, sum(expected_count) as expected_count, sum(pushed_count) as pushed_count,
    sum(expected_amount) as expected_amount, sum(pushed_amount) as pushed_amount,
    round(sum(pushed_count) / nullif(sum(expected_count), 0), 3) as push_rate
from rpt_slippage
group by fiscal_quarter
order by fiscal_quarter;
