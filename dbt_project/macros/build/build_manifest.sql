{# The build's manifest as a dictionary: which files of landing to read, the clocks, the source
   settings. Read when a model runs, never at parse time, so that a new build needs no new parse.
   Where PIPELINE_BUILD_MANIFEST is not set there is no landing (every model is empty). #}
{% macro build_manifest() %}
    {%- if not execute -%}
        {{ return({}) }}
    {%- endif -%}
    {%- set path = env_var('PIPELINE_BUILD_MANIFEST', '') -%}
    {%- if not path -%}
        {{ return({}) }}
    {%- endif -%}
    {%- set text = read_text_file(path) -%}
    {%- if text is none -%}
        {{ exceptions.raise_compiler_error("PIPELINE_BUILD_MANIFEST names '" ~ path ~ "', which does not exist. Unset it to build without data, or name the manifest of a build.") }}
    {%- endif -%}
    {%- set manifest = fromjson(text, none) -%}
    {%- if manifest is none -%}
        {{ exceptions.raise_compiler_error("The build manifest '" ~ path ~ "' is not JSON.") }}
    {%- endif -%}
    {{ return(manifest) }}
{% endmacro %}
