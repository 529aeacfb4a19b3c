-- Question: Which key accounts are kept from habit: little margin for the hours, and falling?
-- Complaint: Key accounts are revered from habit while their margin goes.
-- Tables: rpt_key_accounts, dim_accounts
-- One weak quarter happens to every account, so the last two full quarters are looked at.
with quarters as (
    select
        *, row_number() over (partition by account_id order by fiscal_quarter_start desc) as quarters_back
    from rpt_key_accounts
    where is_complete
)
select
    account_name, sum(revenue_amount) as revenue_amount, sum(margin_amount) as margin_amount,
    sum(effort_hours) as effort_hours,
    round(sum(margin_amount) / nullif(sum(effort_hours), 0), 2) as margin_per_hour,
    round(max_by(discount_rate, fiscal_quarter_start), 3) as latest_discount_rate,
    max_by(margin_amount_change, fiscal_quarter_start) as latest_margin_amount_change,
    count(*) filter (where is_key_from_habit) = 2 as is_key_from_habit, account_id
from quarters
join dim_accounts using (account_id)
where quarters_back <= 2
group by account_name, account_id
order by margin_per_hour nulls last, account_id;
