-- What the sources file exempts from the lead rules, the expired left out.
select * from {{ build_values('lead_exemptions') }}
where until >= {{ as_of_date() }}
