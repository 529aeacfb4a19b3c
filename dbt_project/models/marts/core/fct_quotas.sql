with

quotas as (

    select * from {{ ref('int_quotas_by_quarter') }}

)

select
    rep_id,
    {{ fiscal_quarter('fiscal_quarter_start') }} as fiscal_quarter,
    fiscal_quarter_start,
    {{ fiscal_quarter_end('fiscal_quarter_start') }} as fiscal_quarter_end,
    quota_amount,
    {{ as_of() }} as as_of
from quotas
