{# Money as it is published: two decimals. #}
{% macro to_money(expression) -%}
    cast({{ expression }} as decimal(18, 2))
{%- endmacro %}

{# An amount times a rate, wide enough that no revenue of a company overflows. #}
{% macro convert(amount, rate) -%}
    cast({{ amount }} as decimal(38, 4)) * {{ rate }}
{%- endmacro %}

{# The code (ISO 4217) of a currency that people write by its sign or name, where that means one only - a dollar is the
   reporting currency's, if that is one; anything else in capitals. #}
{% macro currency_code(text) -%}
    {%- set codes = {
        'EUR': ['€', 'EURO', 'EUROS'], 'GBP': ['£'], 'USD': ['US$'], 'CHF': ['SFR', 'SFR.', 'FR.'], 'INR': ['₹', 'RS', 'RS.'],
        'PLN': ['ZŁ'], 'CZK': ['KČ'], 'BRL': ['R$'], 'TRY': ['₺'],
    } -%}
    case
        {%- for code, signs in codes.items() %}
        when upper({{ text }}) in ('{{ signs | join("', '") }}') then '{{ code }}'
        {%- endfor %}
        when {{ text }} = '$' and {{ reporting_currency() }} in ('USD', 'CAD', 'AUD', 'NZD', 'SGD', 'HKD', 'MXN')
            then {{ reporting_currency() }}
        else upper({{ text }})
    end
{%- endmacro %}
