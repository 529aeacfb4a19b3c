-- Question: Which measures could not be evaluated, for which source, and why?
select "table", column_or_rule, source_instance, reason
from meta_capabilities
where not is_evaluated
order by "table", column_or_rule, source_instance;
