with records as (
    select * from {{ landing_latest('planning', 'quotas') }}
),

final as (
    select
        rep as rep_ref,
        period,
        amount as quota_amount,
        {{ currency_code('currency') }} as currency,
        _source_file as source_file,
        _source_row as source_row,
        {{ record_origin() }}
    from records
)

select * from final
