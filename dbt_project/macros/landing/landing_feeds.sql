{# What the build manifest says about an object, one entry per source instance that landed it:
   {source_instance, files, load_ids, fixture, time_zone, date_orders {column: order}, decimal_commas [column],
   mapping}. A date order or decimal comma of a mapped file may name the file's column or the canonical
   one. `load_ids`: the loads whose rows are meant, where the files hold more. `fixture`: the relation of
   a unit test that stands in for the files of every instance. #}
{% macro landing_feeds(system, object, fixture=none) %}
    {%- set manifest = build_manifest() -%}
    {%- set sources = manifest.get('sources', []) -%}
    {%- set landed = manifest.get('landing', {}).get(system, {}).get(object, []) -%}
    {%- if fixture is not none -%}
        {%- set landed = [] -%}
        {%- for source in sources -%}
            {%- do landed.append({'source_instance': source.name, 'files': [fixture]}) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set feeds = [] -%}
    {%- for entry in landed if entry.files -%}
        {%- set instance = entry.source_instance -%}
        {%- set source = sources | selectattr('name', 'equalto', instance) | first -%}
        {%- set mapping = manifest.get('mappings', {}).get(instance, {}).get(object, {}) if system == 'csv_mapping' else {} -%}
        {%- do feeds.append({
            'source_instance': instance,
            'files': entry.files,
            'load_ids': entry.get('load_ids'),
            'fixture': fixture,
            'time_zone': source.time_zone or 'UTC',
            'date_orders': column_settings('date_orders', system, object, instance, mapping),
            'decimal_commas': column_settings('decimal_commas', system, object, instance, mapping).keys() | list,
            'mapping': mapping,
        }) -%}
    {%- endfor -%}
    {{ return(feeds) }}
{% endmacro %}

{# What one of the manifest's lists says about the columns of one instance's object: {column: order}. #}
{% macro column_settings(name, system, object, instance, mapping) %}
    {%- set settings = {} -%}
    {%- for entry in build_manifest().get(name, [])
        if (entry.system, entry.object, entry.source_instance) == (system, object, instance) -%}
        {%- do settings.update({entry.column: entry.order}) -%}
        {%- for canonical in mapping.get('columns', {}) if entry.column in mapped_columns(canonical, mapping) -%}
            {%- do settings.update({canonical: entry.order}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(settings) }}
{% endmacro %}
