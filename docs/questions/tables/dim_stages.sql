-- Question: Which stages does each pipeline have, in which order?
select source_instance, pipeline_id, stage_order, stage, default_probability, outcome
from dim_stages
order by source_instance, pipeline_id, stage_order, stage;
