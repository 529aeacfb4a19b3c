-- What the sources file declares about loss reasons.
select * from {{ build_values('loss_reasons') }}
