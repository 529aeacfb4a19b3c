{# Every landed version of an object's records over all instances, as a relation: the columns of the
   sources YAML under the source's names, typed, and
     _source_system, _source_instance, _record_key, _source_file, _source_row
     _time_zone    zone of the instance's times without one
     _loaded_at    when it landed
     _changed_at   the record's own modification time, else when it landed
     _is_deleted   a tombstone: only the key is filled
     _is_latest    the version that holds at as_of, one per record
   Of the versions not later than as_of (of all, where every one is later: the record was first seen
   after as_of) the one with the latest modification time, then load, then row holds; a tombstone
   ends everything that landed before it. Where what was changed can become again what it was before, with the
   older modification time (meta latest_load_holds), the latest load goes first. #}
{% macro landing_versions(system, object) %}
    {%- set relation = source(system, object) -%}
    {%- if not execute -%}
        {{ return(relation) }}
    {%- endif -%}
    {%- set node = source_node(system, object) -%}
    {%- set modified_at = modified_at_of_node(node) -%}
    {%- set changed_at = 'coalesce(' ~ modified_at ~ ', typed._loaded_at)' if modified_at else 'typed._loaded_at' -%}
    (
        with typed as {{ not_materialized() }} (
            {{ typed_landing(system, object, columns_of_node(node), relation) }}
        ),

        -- most records landed once: only the others are ranked, on a few columns
        repeated as (
            select _source_instance, _record_key
            from typed
            group by 1, 2
            having count(*) > 1
        ),

        dated as (
            select
                typed._source_instance,
                typed._record_key,
                typed._loaded_at,
                typed._source_file,
                typed._source_row,
                typed._is_deleted,
                {{ changed_at }} as _changed_at,
                {{ changed_at }} <= {{ as_of() }} as _is_known_then
            from typed
            inner join repeated
                on typed._source_instance = repeated._source_instance and typed._record_key = repeated._record_key
        ),

        with_deletion as (
            select
                *,
                max(case when _is_deleted then _loaded_at end) over (
                    partition by _source_instance, _record_key, _is_known_then
                ) as _deleted_at
            from dated
        ),

        ranked as (
            select
                *,
                row_number() over (
                    partition by _source_instance, _record_key
                    order by
                        _is_known_then desc,
                        coalesce(_loaded_at < _deleted_at, false),
                        _is_deleted,
                        {%- if node.meta.get('latest_load_holds') %}
                        _loaded_at desc,
                        {%- endif %}
                        _changed_at desc,
                        _loaded_at desc,
                        _source_row desc,
                        _source_file desc
                ) as _position
            from with_deletion
        )

        select
            typed.*,
            {{ changed_at }} as _changed_at,
            superseded._record_key is null as _is_latest
        from typed
        left join (select * from ranked where _position > 1) as superseded
            on typed._source_instance = superseded._source_instance
            and typed._record_key = superseded._record_key
            and typed._loaded_at = superseded._loaded_at
            and typed._source_row = superseded._source_row
            and typed._source_file = superseded._source_file
    )
{% endmacro %}

{# The records of an object as they stand at as_of: the latest version of each, tombstones left out. #}
{% macro landing_latest(system, object) %}
    {%- set versions = landing_versions(system, object) -%}
    {{ return('(select * from ' ~ versions ~ ' where _is_latest and not _is_deleted)' if execute else versions) }}
{% endmacro %}

{# The records of an object that ever landed, as last seen: for a history, whose rows were true also when the
   source has deleted them since. #}
{% macro landing_ever(system, object) %}
    {%- set versions = landing_versions(system, object) -%}
    {%- if not execute -%}
        {{ return(versions) }}
    {%- endif -%}
    (
        select * from {{ versions }}
        where not _is_deleted
        qualify row_number() over (
            partition by _source_instance, _record_key
            order by _loaded_at desc, _source_row desc, _source_file desc
        ) = 1
    )
{% endmacro %}

{# The typed rows of every instance. In a unit test the source is a fixture that looks like a landed
   file: texts, and landing's own columns as far as the test needs them. #}
{% macro typed_landing(system, object, columns, relation) %}
    {%- set fixture = relation if relation.identifier.startswith('__dbt__cte__') else none -%}
        {%- for feed in landing_feeds(system, object, fixture) -%}
            {%- set rows = read_landing(system, columns, feed) -%}
            {%- set seen = columns_of_seen_percents(columns) -%}
            {%- do feed.update({'percent_divisors': percent_divisors(columns, seen)}) %}
    select
        {%- for column in columns %}
        {{ parse_value(column, adapter.quote(column.name), feed) }} as {{ adapter.quote(column.name) }},
        {%- endfor %}
        {{ sql_text(system) }} as _source_system,
        {{ sql_text(feed.source_instance) }} as _source_instance,
        {{ sql_text(feed.time_zone) }} as _time_zone,
        _record_key,
        _record_hash,
        _change = 'delete' as _is_deleted,
        _source_file,
        cast(_source_row as bigint) as _source_row,
        cast(_loaded_at as timestamp) as _loaded_at
    from {{ rows }} as landed
            {%- if seen %}
    left join {{ percent_divisors_by_load(rows, seen_percents(seen, feed)) }} as percents
        on landed._source_file is not distinct from percents._percent_file
        and landed._loaded_at is not distinct from percents._percent_loaded_at
            {%- endif %}
    union all
        {%- endfor %}
    select
        {%- for column in columns %}
        cast(null as {{ sql_type(column) }}) as {{ adapter.quote(column.name) }},
        {%- endfor %}
        cast(null as varchar) as _source_system,
        cast(null as varchar) as _source_instance,
        cast(null as varchar) as _time_zone,
        cast(null as varchar) as _record_key,
        cast(null as varchar) as _record_hash,
        cast(null as boolean) as _is_deleted,
        cast(null as varchar) as _source_file,
        cast(null as bigint) as _source_row,
        cast(null as timestamp) as _loaded_at
    where 1 = 0
{% endmacro %}

{# What to divide each percent column of one instance by: fixed by the vendor (meta percent_of), or as
   the values of a load show (`seen`, in percent_divisors_by_load). #}
{% macro percent_divisors(columns, seen) %}
    {%- set divisors = {} -%}
    {%- for column in columns if column.data_type == 'percent' and column.percent_of -%}
        {%- do divisors.update({column.name: column.percent_of}) -%}
    {%- endfor -%}
    {%- for column in seen -%}
        {%- do divisors.update({column.name: 'percents._divisor_' ~ loop.index}) -%}
    {%- endfor -%}
    {{ return(divisors) }}
{% endmacro %}

{# The percent columns of which only their values say what they are shares of. #}
{% macro columns_of_seen_percents(columns) %}
    {%- set seen = [] -%}
    {%- for column in columns if column.data_type == 'percent' and not column.percent_of -%}
        {%- do seen.append(column) -%}
    {%- endfor -%}
    {{ return(seen) }}
{% endmacro %}

{# Their [(text, decimal_comma)] in one instance. #}
{% macro seen_percents(columns, feed) %}
    {%- set texts = [] -%}
    {%- for column in columns -%}
        {%- do texts.append((adapter.quote(column.name), column.name in feed.decimal_commas)) -%}
    {%- endfor -%}
    {{ return(texts) }}
{% endmacro %}

{# Where a record came from and when: the columns that every staging model ends with. #}
{% macro record_origin() -%}
    _source_system as source_system,
    _source_instance as source_instance,
    _changed_at as changed_at,
    _loaded_at as loaded_at
{%- endmacro %}
