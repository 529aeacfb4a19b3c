{# Over every typed column that the build landed: texts that could not be read as what the field is
   (`unreadable`), and times that a clock change skips or repeats (`doubtful_local_time`), counted by landed
   file. A file never changes, so what an earlier build counted is taken over where it counted in the same
   way: `judged_with` is a hash of the query itself. Each file has one row without a field: it was looked at;
   and one per column of times that it fills, with `filled_count`, by which a column that is lost as a whole is
   told. #}
{% macro field_problems() %}
    {%- set known = judged_files() -%}
    {%- set due, kept = [], [] -%}
    {%- for feed in problem_feeds() -%}
        {%- set new = [] -%}
        {%- for file in feed.files -%}
            {%- if known.get(file) == feed.judged_with -%}
                {%- do kept.append(sql_text(file)) -%}
            {%- else -%}
                {%- do new.append(sql_text(file)) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if new -%}
            {%- do feed.update({'new': new | join(', ')}) -%}
            {%- do due.append(feed) -%}
        {%- endif -%}
    {%- endfor -%}
    with {% for feed in due %}
    feed_{{ loop.index }} as (
        {{ feed.counts | replace("'<landed files>'", feed.new) }}
    ),
    {% endfor %}
    final as (
        {%- if kept %}
        select
            source_instance, source_system, object, field, reason, problem_count, sample, sample_key,
            landing_file, judged_with, filled_field, filled_count
        from {{ this }}
        where landing_file in ({{ kept | join(', ') }})
        {%- else %}
        select
            cast(null as varchar) as source_instance,
            cast(null as varchar) as source_system,
            cast(null as varchar) as object,
            cast(null as varchar) as field,
            cast(null as varchar) as reason,
            cast(null as bigint) as problem_count,
            cast(null as varchar) as sample,
            cast(null as varchar) as sample_key,
            cast(null as varchar) as landing_file,
            cast(null as varchar) as judged_with,
            cast(null as varchar) as filled_field,
            cast(null as bigint) as filled_count
        where 1 = 0
        {%- endif %}
        {%- for feed in due %}
        {%- set position, judged_with = loop.index, sql_text(feed.judged_with) %}
        {%- set object %}{{ sql_text(feed.source_instance) }}, {{ sql_text(feed.system) }}, {{ sql_text(feed.object) }}{% endset %}
        union all
        select
            {{ object }}, null, null, 0, null, null, unnest([{{ feed.new }}]), {{ judged_with }}, null, null
        {%- for check in feed.checks %}
        union all
        select
            {{ object }}, {{ sql_text(check.field) }}, {{ sql_text(check.reason) }},
            problem_count_{{ loop.index }}, sample_{{ loop.index }}, sample_key_{{ loop.index }},
            _landing_file, {{ judged_with }}, null, null
        from feed_{{ position }}
        where problem_count_{{ loop.index }} > 0
        {%- if check.is_filled_counted %}
        union all
        select
            {{ object }}, null, null, 0, null, null, _landing_file, {{ judged_with }},
            {{ sql_text(check.field) }}, filled_count_{{ loop.index }}
        from feed_{{ position }}
        where filled_count_{{ loop.index }} > 0
        {%- endif %}
        {%- endfor %}{% endfor %}
    )

    select * from final
{% endmacro %}

{# What an earlier build counted: {landing file: judged_with}. #}
{% macro judged_files() %}
    {%- set found = {} -%}
    {%- set earlier = load_relation(this) if execute and not flags.FULL_REFRESH -%}
    {%- if earlier and 'filled_count' in adapter.get_columns_in_relation(earlier) | map(attribute='name') -%}
        {%- for row in run_query('select distinct landing_file, judged_with from ' ~ this).rows -%}
            {%- do found.update({row[0]: row[1]}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{% endmacro %}

{# What field_problems looks at: [{source_instance, system, object, files, checks, counts, judged_with}].
   `counts`: the query of the counts by file, over the file '<landed files>'. #}
{% macro problem_feeds() %}
    {%- set found = [] -%}
    {%- set engine = run_query('select version()').rows[0][0] if execute -%}
    {%- for system, objects in build_manifest().get('landing', {}).items() if is_enabled(system) -%}
        {%- for object in objects -%}
            {%- for feed in landing_feeds(system, object) -%}
                {%- set columns = source_columns(system, object) -%}
                {%- set checks = problem_checks(columns, feed) -%}
                {%- if checks -%}
                    {%- set files = feed.files -%}
                    {%- do feed.update({'files': ['<landed files>']}) -%}
                    {%- set counts = problem_counts(read_landing(system, columns, feed, with_file=true), checks) -%}
                    {%- do found.append({
                        'source_instance': feed.source_instance, 'system': system, 'object': object, 'files': files,
                        'checks': checks, 'counts': counts, 'judged_with': local_md5(engine ~ counts),
                    }) -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}

{# The checks of some rows counted by file. #}
{% macro problem_counts(rows, checks) -%}
select
            _landing_file,
            {%- for check in checks %}
            {%- if check.is_filled_counted %}
            count({{ check.text }}) as filled_count_{{ loop.index }},
            {%- endif %}
            count(case when is_problem_{{ loop.index }} then 1 end) as problem_count_{{ loop.index }},
            min(case when is_problem_{{ loop.index }} then {{ check.text }} end) as sample_{{ loop.index }},
            min(case when is_problem_{{ loop.index }} then _record_key end) as sample_key_{{ loop.index }}{{ ',' if not loop.last }}
            {%- endfor %}
        from (
            select
                *{% for check in checks %},
                {{ check.condition }} as is_problem_{{ loop.index }}{% endfor %}
            from {{ rows }} as landed
            where _change <> 'delete'
        ) as judged
        group by _landing_file
{%- endmacro %}

{# [{field, reason, text, condition, is_filled_counted}] for the typed columns of one instance's object. Columns
   that are read in the same way share one text of SQL: writing it out for each took seconds. #}
{% macro problem_checks(columns, feed) %}
    {%- set checks, written = [], {} -%}
    {%- for column in columns if column.data_type != 'text' -%}
        {%- set order = feed.date_orders.get(column.name, 'default') -%}
        {%- set way = (column.data_type, column.scale, order, column.name in feed.decimal_commas) | string -%}
        {%- if way not in written -%}
            {%- do feed.update({'percent_divisors': {column.name: 100}}) -%}
            {%- set doubtful = none -%}
            {%- if column.data_type == 'timestamp' and feed.time_zone != 'UTC' -%}
                {%- set local = '(' ~ parse_local_timestamp('<text>', order) ~ ')' -%}
                {%- set doubtful = 'not (' ~ is_written_in_utc('<text>') ~ ') and not ' ~ has_utc_offset('<text>')
                    ~ ' and ' ~ is_doubtful_local_time(local, sql_text(feed.time_zone)) -%}
            {%- endif -%}
            {%- do written.update({way: {
                'unreadable': '<text> is not null and (' ~ parse_value(column, '<text>', feed) ~ ') is null',
                'doubtful_local_time': doubtful,
            }}) -%}
        {%- endif -%}
        {%- set text = adapter.quote(column.name) -%}
        {%- for reason, condition in written[way].items() if condition is not none -%}
            {%- do checks.append({
                'field': column.name, 'reason': reason, 'text': text,
                'condition': condition | replace('<text>', text),
                'is_filled_counted': reason == 'unreadable' and column.data_type in ('timestamp', 'date', 'month'),
            }) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(checks) }}
{% endmacro %}
