-- What the sources file declares about stages.
select * from {{ build_values('stages') }}
