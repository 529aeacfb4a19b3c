{# Text to decimal(18, scale): 1234.5, $1,234.50, 1.234,50 €, $342.09K, (1,234), CHF 1'234.00, -EUR 5, 5-,
   R$ 5, 1,5 Mio, CHF 1'500.- and 250,- (no cents; they are not negative).
   `decimal_comma`: the comma is the decimal mark of this column. Without it `1,5` is not read (it
   groups nothing), `1.234,50` is, as it can mean one thing only. #}
{% macro parse_decimal(text, decimal_comma=false, scale=4) -%}
    {%- set type = 'decimal(18, ' ~ scale ~ ')' -%}
    {%- if decimal_comma -%}
    {{ parse_decorated_decimal(text, true, type) }}
    {%- else -%}
    coalesce({{ try_cast_to(text, type) }}, {{ parse_decorated_decimal(text, false, type) }})
    {%- endif -%}
{%- endmacro %}

{# Currency signs, codes and the letters that stand for them (R$, US$, kr, zł, Rs.), spaces and apostrophes
   away; brackets and minus signs are a sign, but not the dash for cents; K, M and B multiply, and so do Tsd, Mio,
   mln and Mrd, which would else pass for codes. What then is not a number with well-formed groups is null. #}
{% macro parse_decorated_decimal(text, decimal_comma, type) -%}
    {%- set short = namespace(text='upper(' ~ text ~ ')') -%}
    {%- for word, letter in [('TSD', 'K'), ('MIO', 'M'), ('MLN', 'M'), ('MRD', 'B')] -%}
        {%- set short.text = "replace(" ~ short.text ~ ", '" ~ word ~ "', '" ~ letter ~ "')" -%}
    {%- endfor -%}
    {#- R$, US$, kr, Rs.: before or behind the number they are codes too, and nothing that multiplies -#}
    {%- set bare = regex_replace(short.text, "[\\s\\x{00A0}\\x{2009}\\x{202F}'’+%]|^-?[A-Z]{1,3}\\p{Sc}|\\p{Sc}"
        ~ "|[.,](--+|[–—]+)|^-?([A-Z]{3}|(KR|RS|FR|RM|RP|KČ|ZŁ)[.]?)|(KR|ZŁ|KČ|FT|[A-Z]{3})[.]?$", '') -%}
    {%- set number = regex_extract(bare, '^[(-]?([0-9.,]+)[KMB]?[.]?[)-]?$') -%}
    {%- set pointed = 'replace(' ~ number ~ ", ',', '')" -%}
    {%- set swapped = 'replace(replace(' ~ number ~ ", '.', ''), ',', '.')" -%}
    {{ try_cast_to(
        try_cast_to(
            "case when " ~ regex_extract(bare, '^([(-])|[^.,-]-$', 0) ~ " <> '' or " ~ text ~ " like '-%' then '-' else '' end || case"
            ~ ((
                ' when ' ~ regex_matches(number, '^([0-9]{1,3}([.][0-9]{3})*|[0-9]+)(,[0-9]*)?$') ~ ' then ' ~ swapped
            ) if decimal_comma else (
                ' when ' ~ regex_matches(number, '^([0-9]{1,3}(,[0-9]{2,3})*,[0-9]{3}|[0-9]+)?([.][0-9]*)?$') ~ ' then ' ~ pointed
                ~ ' when ' ~ regex_matches(number, '^[0-9]{1,3}([.][0-9]{3})+,[0-9]*$|^[0-9]+,$') ~ ' then ' ~ swapped
            )) ~ ' end',
            type
        )
        ~ ' * case ' ~ regex_extract(bare, '([KMB])[.]?[)-]?$')
        ~ " when 'K' then 1000 when 'M' then 1000000 when 'B' then 1000000000 else 1 end",
        type
    ) }}
{%- endmacro %}

{# Text to a share, decimal(9, 6): `divisor` is 1 or 100, for the whole column (percent_divisor). #}
{% macro parse_percent(text, decimal_comma=false, divisor=100) -%}
    {{ try_cast_to('(' ~ parse_decimal(text, decimal_comma) ~ ') / ' ~ divisor, 'decimal(9, 6)') }}
{%- endmacro %}

{# 100 where any value of a percent column carries % or exceeds 1, else 1: as an SQL scalar. #}
{% macro percent_divisor(relation, text, decimal_comma=false) -%}
    (
        select case when count(*) > 0 then 100 else 1 end
        from {{ relation }} as every_row
        where {{ text }} like '%\%%' escape '\' or abs({{ parse_decimal(text, decimal_comma) }}) > 1
    )
{%- endmacro %}

{# Text to bigint, never through a float: 19-digit ids stay whole. 1,000 and 50.0 are whole numbers,
   1.5 is not one. #}
{% macro parse_integer(text, decimal_comma=false) -%}
    coalesce(
        case when {{ regex_matches(text, '^[+-]?[0-9]+$') }} then {{ try_cast_to(text, 'bigint') }} end,
        case
            when ({{ parse_decimal(text, decimal_comma) }}) % 1 = 0
                then {{ try_cast_to(parse_decimal(text, decimal_comma), 'bigint') }}
        end
    )
{%- endmacro %}

{# Text to boolean, in the languages in which spreadsheets and CRMs write it. #}
{% macro parse_boolean(text) -%}
    case
        when lower({{ text }}) in (
            'true', 't', 'yes', 'y', '1', '1.0', 'on', 'x', 'ja', 'j', 'wahr', 'oui', 'vrai', 'sí', 'si', 'sì', 's',
            'verdadero', 'verdadeiro', 'vero', 'sim', 'waar', 'sant', 'sand', 'tak', 'prawda', 'ano', 'да', 'истина'
        ) then true
        when lower({{ text }}) in (
            'false', 'f', 'no', 'n', '0', '0.0', 'off', 'nein', 'falsch', 'non', 'faux', 'falso', 'não', 'nao', 'nee',
            'onwaar', 'nej', 'falskt', 'falsk', 'nei', 'nie', 'fałsz', 'ne', 'нет', 'ложь'
        ) then false
    end
{%- endmacro %}
