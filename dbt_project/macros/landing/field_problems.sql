{# One query over every typed column that the build landed: texts that could not be read as what the
   field is (`unreadable`), and times that a clock change skips or repeats (`doubtful_local_time`). #}
{% macro field_problems() %}
    {%- set feeds = problem_feeds() -%}
    with {% for feed in feeds %}
    feed_{{ loop.index }} as (
        select
            {%- for check in feed.checks %}
            count(case when is_problem_{{ loop.index }} then 1 end) as problem_count_{{ loop.index }},
            min(case when is_problem_{{ loop.index }} then {{ check.text }} end) as sample_{{ loop.index }},
            min(case when is_problem_{{ loop.index }} then _record_key end) as sample_key_{{ loop.index }}{{ ',' if not loop.last }}
            {%- endfor %}
        from (
            select
                *{% for check in feed.checks %},
                {{ check.condition }} as is_problem_{{ loop.index }}{% endfor %}
            from {{ feed.rows }} as landed
            where _change <> 'delete'
        ) as judged
    ),
    {% endfor %}
    final as (
        select
            cast(null as varchar) as source_instance,
            cast(null as varchar) as source_system,
            cast(null as varchar) as object,
            cast(null as varchar) as field,
            cast(null as varchar) as reason,
            cast(null as bigint) as problem_count,
            cast(null as varchar) as sample,
            cast(null as varchar) as sample_key
        where 1 = 0
        {%- for feed in feeds %}{% set position = loop.index %}{% for check in feed.checks %}
        union all
        select
            {{ sql_text(feed.source_instance) }}, {{ sql_text(feed.system) }}, {{ sql_text(feed.object) }},
            {{ sql_text(check.field) }}, {{ sql_text(check.reason) }},
            problem_count_{{ loop.index }}, sample_{{ loop.index }}, sample_key_{{ loop.index }}
        from feed_{{ position }}
        where problem_count_{{ loop.index }} > 0
        {%- endfor %}{% endfor %}
    )

    select * from final
{% endmacro %}

{# What field_problems looks at: [{source_instance, system, object, rows, checks}]. #}
{% macro problem_feeds() %}
    {%- set found = [] -%}
    {%- for system, objects in build_manifest().get('landing', {}).items() if is_enabled(system) -%}
        {%- for object in objects -%}
            {%- for feed in landing_feeds(system, object) -%}
                {%- set columns = source_columns(system, object) -%}
                {%- set checks = problem_checks(columns, feed) -%}
                {%- if checks -%}
                    {%- do found.append({
                        'source_instance': feed.source_instance, 'system': system, 'object': object,
                        'rows': read_landing(system, columns, feed), 'checks': checks,
                    }) -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}

{# [{field, reason, text, condition}] for the typed columns of one instance's object. #}
{% macro problem_checks(columns, feed) %}
    {%- set checks = [] -%}
    {%- for column in columns if column.data_type != 'text' -%}
        {%- set text = adapter.quote(column.name) -%}
        {%- do feed.update({'percent_divisors': {column.name: 100}}) -%}
        {%- do checks.append({
            'field': column.name, 'reason': 'unreadable', 'text': text,
            'condition': text ~ ' is not null and (' ~ parse_value(column, text, feed) ~ ') is null',
        }) -%}
        {%- if column.data_type == 'timestamp' and feed.time_zone != 'UTC' -%}
            {%- set order = feed.date_orders.get(column.name, 'default') -%}
            {%- set local = '(' ~ parse_local_timestamp(text, order) ~ ')' -%}
            {%- do checks.append({
                'field': column.name, 'reason': 'doubtful_local_time', 'text': text,
                'condition': 'not (' ~ is_written_in_utc(text) ~ ') and not ' ~ has_utc_offset(text) ~ ' and '
                    ~ is_doubtful_local_time(local, sql_text(feed.time_zone)),
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(checks) }}
{% endmacro %}
