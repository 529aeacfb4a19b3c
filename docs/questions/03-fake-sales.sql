-- Question: Which won deals brought no money, and how do we know?
-- Complaint: Fake sales: given away for the logo, no revenue.
-- Tables: rpt_fake_sales, fct_opportunities, dim_reps
select
    rep_name, opportunity_name, flag, fake.closed_at, fake.amount, fake.list_amount, fake.discount_rate,
    invoiced_amount, paid_amount, evidence, opportunity_id, fake.owner_id
from rpt_fake_sales as fake
join fct_opportunities using (opportunity_id)
left join dim_reps on fake.owner_id = rep_id
order by fake.list_amount desc nulls last, opportunity_id, flag;
