with records as (
    select * from {{ landing_latest('zoho', 'Invoices') }}
),

final as (
    select
        {{ zoho_reference(['"Record Id"', '"INVOICEID"']) }} as invoice_id,
        {{ zoho_reference(['"Account Name.id"', '"Account Id"']) }} as account_ref,
        coalesce(
            "Invoice Date", cast({{ utc_to_local('"Created Time"', '_time_zone') }} as date)
        ) as invoiced_on,
        -- the grand total carries tax, which nobody earns
        coalesce("Sub Total" - coalesce("Discount", 0), "Grand Total") as invoiced_amount,
        {{ record_origin() }}
    from records
)

select * from final
