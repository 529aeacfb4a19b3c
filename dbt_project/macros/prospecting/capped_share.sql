{# A share from 0 to 1: null where a part is unknown or there is nothing to divide by. (DuckDB's least()
   ignores nulls and would make an unknown share 1.) #}
{% macro capped_share(numerator, denominator) -%}
    cast(
        case
            when ({{ denominator }}) > 0
                then case when ({{ numerator }}) > ({{ denominator }}) then 1.0 else ({{ numerator }}) * 1.0 / ({{ denominator }}) end
        end as double
    )
{%- endmacro %}
