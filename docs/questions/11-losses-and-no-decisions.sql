-- Question: What was won, lost and left undecided in each quarter, and which losses wait for a review by whom?
-- Complaint: Only wins are studied; close rates of 16.4 % or 4:1 are not moved.
-- Tables: rpt_outcomes, rpt_loss_reviews, dim_reps
with outcomes as (
    select
        fiscal_quarter, sum(won_count) as won_count, sum(lost_count) as lost_count,
        sum(no_decision_count) as no_decision_count, sum(closed_count) as closed_count,
        sum(won_amount) as won_amount, sum(lost_amount) as lost_amount, sum(no_decision_amount) as no_decision_amount
    from rpt_outcomes
    where opportunity_type in ('new', 'expansion') and closed_count > 0
    group by fiscal_quarter
),
reviews as (
    select
        fiscal_quarter, count(*) as losses_to_review_count,
        string_agg(distinct rep_name, ', ' order by rep_name) as reviewers
    from rpt_loss_reviews
    left join dim_reps on reviewer_id = rep_id
    where reviewed_at is null
    group by fiscal_quarter
)
select
    fiscal_quarter, won_count, lost_count, no_decision_count,
    round(won_count / closed_count, 3) as win_rate,
    round(won_count / nullif(won_count + lost_count, 0), 3) as decided_win_rate,
    round(no_decision_count / closed_count, 3) as no_decision_rate,
    won_amount, lost_amount, no_decision_amount, losses_to_review_count, reviewers
from outcomes
left join reviews using (fiscal_quarter)
order by fiscal_quarter;
