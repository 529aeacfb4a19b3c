{# What the build manifest says about an object, one entry per source instance that landed it:
   {source_instance, files, time_zone, date_orders {column: order}, decimal_commas [column], mapping}.
   A date order or decimal comma of a mapped file may name the file's column or the canonical one. #}
{% macro landing_feeds(system, object) %}
    {%- set manifest = build_manifest() -%}
    {%- set feeds = [] -%}
    {%- for landed in manifest.get('landing', {}).get(system, {}).get(object, []) if landed.files -%}
        {%- set instance = landed.source_instance -%}
        {%- set source = manifest.sources | selectattr('name', 'equalto', instance) | first -%}
        {%- set mapping = manifest.get('mappings', {}).get(instance, {}).get(object, {}) if system == 'csv_mapping' else {} -%}
        {%- set canonical_of = {} -%}
        {%- for canonical, column in mapping.get('columns', {}).items() -%}
            {%- do canonical_of.setdefault(column, []).append(canonical) -%}
        {%- endfor -%}
        {%- set feed = {
            'source_instance': instance,
            'files': landed.files,
            'time_zone': source.time_zone or 'UTC',
            'date_orders': {},
            'decimal_commas': [],
            'mapping': mapping,
        } -%}
        {%- for entry in manifest.get('date_orders', [])
            if (entry.system, entry.object, entry.source_instance) == (system, object, instance) -%}
            {%- for column in [entry.column] + canonical_of.get(entry.column, []) -%}
                {%- do feed.date_orders.update({column: entry.order}) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- for entry in manifest.get('decimal_commas', [])
            if (entry.system, entry.object, entry.source_instance) == (system, object, instance) -%}
            {%- do feed.decimal_commas.extend([entry.column] + canonical_of.get(entry.column, [])) -%}
        {%- endfor -%}
        {%- do feeds.append(feed) -%}
    {%- endfor -%}
    {{ return(feeds) }}
{% endmacro %}
