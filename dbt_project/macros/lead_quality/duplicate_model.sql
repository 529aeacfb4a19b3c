{# The parameters of the model that compares persons, JSON as text; empty at parse time. #}
{% macro duplicate_model() %}
    {%- if not execute -%}
        {{ return('') }}
    {%- endif -%}
    {%- set path = [
        invocation_args_dict.get('project_dir') or '.', 'models', 'intermediate', 'lead_quality', 'duplicate_model.json',
    ] | join('/') -%}
    {%- set text = read_text_file(path) -%}
    {%- if text is none -%}
        {{ exceptions.raise_compiler_error("'" ~ path ~ "' does not exist: python -m evaluation.training.duplicate_model makes it.") }}
    {%- endif -%}
    {{ return(text) }}
{% endmacro %}
