{# What a minute may go to, the first that covers it decides: what is nearer to the market wins over what is
   not, an absence over what needs nobody else and work among ourselves (a series of prospecting blocks goes on
   through a holiday), and touches count only where no event is; a whole day that is
   private may be an absence or a birthday, and takes the minutes of which nothing is known. Layer to category;
   an absence has none, it takes the minute away. #}
{% macro time_layers() %}
    {{ return({
        'first_meeting': 'first_meeting',
        'opportunity_meeting': 'opportunity_meeting',
        'customer_meeting': 'customer_meeting',
        'prospecting': 'prospecting',
        'absence': none,
        'prospecting_block': 'prospecting',
        'coaching': 'coaching',
        'internal': 'internal',
        'travel': 'travel',
        'research_admin': 'research_admin',
        'personal_or_out': 'personal_or_out',
        'unclassified': 'unclassified',
        'touch_opportunity_meeting': 'opportunity_meeting',
        'touch_customer_meeting': 'customer_meeting',
        'touch_prospecting': 'prospecting',
        'touch_unclassified': 'unclassified',
        'private_day': none,
    }) }}
{% endmacro %}

{# The categories of a rep's week, each once. #}
{% macro time_categories() %}
    {{ return(time_layers().values() | select | unique | list + ['unscheduled']) }}
{% endmacro %}

{# These as rows. #}
{% macro time_category_rows() -%}
    {%- for category in time_categories() -%}
        select '{{ category }}' as category{{ ' union all ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# A power of two for each layer, the larger the sooner it decides: their sum says which layers are on. #}
{% macro time_layer_digit(layer) -%}
    case {{ layer }}
    {%- for name in time_layers() %} when '{{ name }}' then {{ 2 ** loop.revindex0 }}{% endfor %} else 0 end
{%- endmacro %}

{# The first of the layers that such a sum holds, null where nothing is on. #}
{% macro first_time_layer(layers_on) -%}
    case
    {%- for name in time_layers() %} when {{ layers_on }} >= {{ 2 ** loop.revindex0 }} then '{{ name }}'{% endfor %} end
{%- endmacro %}

{# The category of a layer, null for an absence. #}
{% macro category_of_layer(layer) -%}
    case {{ layer }}
    {%- for name, category in time_layers().items() if category %} when '{{ name }}' then '{{ category }}'{% endfor %} end
{%- endmacro %}
