with records as (
    select * from {{ landing_versions('mail_dns', 'mail_domains') }}
    where not _is_deleted
),

final as (
    select
        domain,
        takes_mail,
        answer,
        checked_at,
        valid_until,
        {{ record_origin() }}
    from records
)

select * from final
