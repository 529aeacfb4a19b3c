-- Question: Which build is this, of what moment does it speak, and did every check hold?
select build_id, as_of, known_at, finished_at, checks_expected, checks_evaluated, checks_failed
from meta_build;
