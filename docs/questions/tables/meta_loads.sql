-- Question: How fresh is each source, and did everything land that was extracted?
select
    source_instance, object, loaded_at, is_stale, extracted_count, landed_count, rejected_count,
    extracted_count = landed_count + rejected_count as adds_up
from meta_loads
order by loaded_at, source_instance, object;
