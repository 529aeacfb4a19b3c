{#- What publishing learns (the end, the checks, the counts) is filled in by the publisher. -#}
select
    {{ sql_text(build_manifest().get('build_id', 'no build')) }} as build_id,
    {{ as_of() }} as as_of,
    {{ known_at() }} as known_at,
    cast({{ sql_text(build_manifest().get('started_at')) }} as timestamp) as started_at,
    cast(null as timestamp) as finished_at,
    {{ sql_text(build_manifest().get('git_revision', 'unknown')) }} as git_revision,
    cast(null as integer) as checks_expected,
    cast(null as integer) as checks_evaluated,
    cast(null as integer) as checks_failed,
    cast(null as varchar) as table_row_counts
