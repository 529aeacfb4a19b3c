-- What a finding names as the rows behind it are columns of a published table.
with

keys as (

    select
        rep_id,
        finding,
        drill_table,
        {{ rows_of_json_keys('drill_keys') }} as drill_column
    from {{ ref('rpt_rep_brief') }}

)

select keys.*
from keys
left join {{ ref('meta_columns') }} as published
    on keys.drill_table = published."table" and keys.drill_column = published."column"
where published."column" is null
