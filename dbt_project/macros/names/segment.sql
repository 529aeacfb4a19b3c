{# Segment of an account by the reporting settings: a band of employees or of revenue, the industry, or
   `all`. A band holds from its lower bound up to, but not including, its upper one. #}
{% macro segment(employees, annual_revenue, industry) -%}
    {%- set basis = segment_by() | trim | replace("'", '') -%}
    {%- if basis in ('employees', 'revenue') and segment_bands() -%}
        {%- set value = employees if basis == 'employees' else annual_revenue -%}
        {%- set bands = [] -%}
        {%- for bound in segment_bands() -%}
            {%- do bands.append(bound | int if bound == bound | int else bound) -%}
        {%- endfor -%}
    case
        when {{ value }} is null then 'unknown'
        when {{ value }} < {{ bands[0] }} then 'under {{ bands[0] }}'
        {%- for bound in bands[1:] %}
        when {{ value }} < {{ bound }} then '{{ bands[loop.index0] }} to under {{ bound }}'
        {%- endfor %}
        else '{{ bands[-1] }} and more'
    end
    {%- elif basis == 'industry' -%}
    coalesce({{ industry }}, 'unknown')
    {%- else -%}
    'all'
    {%- endif -%}
{%- endmacro %}
