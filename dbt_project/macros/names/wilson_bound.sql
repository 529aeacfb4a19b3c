{# Bound of the 99 % Wilson score interval of a rate (Wilson 1927, z = 2.575829): `side` is '-' for the lower
   and '+' for the upper one. Null where nothing was tried. Rounded, so that 1 is not 1.0000000000000002. #}
{% macro wilson_bound(successes, trials, side) -%}
    {%- set z2 = 6.634896601 -%}
    {%- set spread = z2 ~ ' * (' ~ successes ~ ' * (' ~ trials ~ ' - ' ~ successes ~ ') * 1.0 / ' ~ trials
        ~ ' + ' ~ z2 / 4 ~ ')' -%}
    round(
        cast(
            case
                when {{ trials }} > 0
                    then ({{ successes }} + {{ z2 / 2 }} {{ side }} sqrt({{ spread }})) / ({{ trials }} + {{ z2 }})
            end as double
        ), 6
    )
{%- endmacro %}
