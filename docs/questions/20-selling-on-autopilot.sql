-- Question: How many stage moves leave out steps, go back, or happen with nothing from the buyer behind them?
-- Complaint: Selling on autopilot; the seller's process instead of the buyer's.
-- Tables: rpt_process_adherence, dim_reps
select
    rep_name, sum(moved_count) as moved_count, sum(skipped_count) as skipped_count,
    sum(regressed_count) as regressed_count, sum(advance_count) as advance_count,
    sum(moved_without_buyer_event_count) as moved_without_buyer_event_count,
    round(sum(skipped_count) / nullif(sum(moved_count), 0), 3) as skipped_share,
    round(sum(regressed_count) / nullif(sum(moved_count), 0), 3) as regressed_share,
    round(sum(moved_without_buyer_event_count) / nullif(sum(advance_count), 0), 3) as without_buyer_event_share,
    rep_id
from rpt_process_adherence
left join dim_reps using (rep_id)
group by rep_name, rep_id
order by without_buyer_event_share desc nulls last, rep_id;
