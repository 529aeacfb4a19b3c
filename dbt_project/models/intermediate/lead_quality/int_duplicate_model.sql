-- Grain: one row: the parameters of the model that compares persons, as evaluation/training made them.
{% set path = [
    invocation_args_dict.get('project_dir') or '.', 'models', 'intermediate', 'lead_quality', 'duplicate_model.json',
] | join('/') -%}
{% set text = read_text_file(path) if execute else '' -%}
{% if text is none -%}
    {{ exceptions.raise_compiler_error("'" ~ path ~ "' does not exist: python -m evaluation.training.duplicate_model makes it.") }}
{% endif -%}
select
    {{ sql_text(text) }} as parameters
