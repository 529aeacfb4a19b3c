{# A pattern of the legal forms at the end of a comparable company, numbers too; `more`: further words of that kind. #}
{% macro legal_forms(more='') -%}
    ( ([0-9]+|gmbh|ag|kg|inc|llc|ltd|limited|corp|co|company|plc|sa|sas|sarl|srl|spa|bv|ab|as|aps|oy|ltda{{ more }}))+$
{%- endmacro %}
