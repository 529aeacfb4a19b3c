-- Question: Which fields of the sources could not be read, how often?
select source, object, field, reason, "count" as records
from meta_field_problems
order by records desc, source, object, field;
