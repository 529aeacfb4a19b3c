-- Question: By how much is new revenue ahead of what lost customers used to bring, month by month?
-- Complaint: New revenue is barely ahead of attrition: one client away from a bad year.
-- Tables: rpt_new_vs_attrition, dim_accounts
select
    month_start, basis, new_amount, lost_customer_amount, margin_amount, round(margin_months, 1) as margin_months,
    account_name as largest_customer, largest_customer_amount, is_one_client_away, history_months
from rpt_new_vs_attrition
left join dim_accounts on largest_account_id = account_id
order by month_start desc;
