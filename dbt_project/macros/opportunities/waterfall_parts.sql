{# What moves the pipeline of a month, name to sign: start + Σ sign × part = end. #}
{% macro waterfall_parts() %}
    {{ return({
        'created': 1,
        'reopened': 1,
        'transferred_in': 1,
        'pulled_in': 1,
        'increased': 1,
        'eligibility_in': 1,
        'revalued': 1,
        'transferred_out': -1,
        'pushed_out': -1,
        'decreased': -1,
        'eligibility_out': -1,
        'won': -1,
        'lost': -1,
        'no_decision': -1,
        'removed': -1,
    }) }}
{% endmacro %}
