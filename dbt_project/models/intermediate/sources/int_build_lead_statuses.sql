-- What the sources file declares about lead statuses.
select * from {{ build_values('lead_statuses') }}
