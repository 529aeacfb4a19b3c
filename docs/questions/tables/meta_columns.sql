-- Question: Where is a share published, and what does it divide?
select "table", "column", unit, description
from meta_columns
where "column" like '%\_share' escape '\'
order by "table", "column";
