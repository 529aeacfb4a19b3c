-- Grain: one row: the parameters of the model that compares persons, as evaluation/training made them.
select {{ sql_text(duplicate_model()) }} as parameters
