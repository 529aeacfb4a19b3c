-- Grain: source instance, as the sources file configures it.
select
    name as source_instance,
    {{ all_but(['name']) }}
from {{ build_values('sources') }}
