-- Every stage that a pipeline ever had, under its latest name: a deal went through it all the same.
with records as (
    select * from {{ landing_ever('pipedrive', 'stages') }}
)

select * from records
