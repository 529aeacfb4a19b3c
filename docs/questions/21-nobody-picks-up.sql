-- Question: Of those who never answer, how many have bad contact data, are away, were tried too little, or are really silent?
-- Complaint: Nobody picks up: "everyone must be on vacation".
-- Tables: rpt_unreachable
select
    cause, person_type, count(*) as person_count,
    round(count(*) / sum(count(*)) over (), 3) as share,
    quantile_cont(attempts, 0.5) as p50_attempts, quantile_cont(channels, 0.5) as p50_channels,
    min_by(evidence, person_id) as example
from rpt_unreachable
group by cause, person_type
order by person_count desc, cause, person_type;
