{# Text to decimal(18, scale): 1234.5, $1,234.50, 1.234,50 €, $342.09K, (1,234), CHF 1'234.00, -EUR 5, 5-,
   R$ 5, 1,5 Mio, SFr. 5, 5 Euro, −5, CHF 1'500.- and 250,- (no cents; they are not negative), 20 h, 90 days.
   `decimal_comma`: the comma is the decimal mark of this column. Without it `1,5` is not read (it
   groups nothing), `1.234,50`, `1.234.567` and `0,925` are, as they can mean one thing only: no group begins with a nought. #}
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
    {#- the minus sign and the dash that word processors make of a hyphen -#}
    {%- set short.text = regex_replace(short.text, '[−–] ?([0-9.,])', '-\\1') -%}
    {#- R$, US$, kr, Rs.: before or behind the number they are codes too, and nothing that multiplies -#}
    {%- set bare = regex_replace(short.text, "[\\s\\x{00A0}\\x{2009}\\x{202F}'’+%]|^-?[A-Z]{1,3}\\p{Sc}|\\p{Sc}"
        ~ "|[.,](--+|-[)]|[–—]+)|^-?((KR|RS|FRS?|SFR|RM|RP|KČ|ZŁ)[.]?|EUROS?|[A-Z]{3}([.]\\s)?)|(KR|ZŁ|KČ|FT|EUROS?|H|HOURS|STUNDEN|DAYS|TAGE|[A-Z]{3})[.]?$", '') -%}
    {%- set number = regex_extract(bare, '^[(-]?([0-9.,]+)[KMB]?[.]?[)-]?$') -%}
    {%- set pointed = 'replace(' ~ number ~ ", ',', '')" -%}
    {%- set swapped = 'replace(replace(' ~ number ~ ", '.', ''), ',', '.')" -%}
    {{ try_cast_to(
        try_cast_to(
            "case when " ~ regex_extract(bare, '^([(-])|[^.,-]-$', 0) ~ " <> '' or " ~ text ~ " like '-%' then '-' else '' end || case"
            ~ ((
                ' when ' ~ regex_matches(number, '^([1-9][0-9]{0,2}([.][0-9]{3})*|[0-9]+)(,[0-9]*|[.])?$') ~ ' then ' ~ swapped
                ~ ' when ' ~ regex_matches(number, '^0[.][0-9]+$') ~ ' then ' ~ number
            ) if decimal_comma else (
                ' when ' ~ regex_matches(number, '^([1-9][0-9]{0,2}(,[0-9]{2,3})*,[0-9]{3}|[0-9]+)?([.][0-9]*)?$') ~ ' then ' ~ pointed
                ~ ' when ' ~ regex_matches(number, '^[1-9][0-9]{0,2}([.][0-9]{3})+([.]|,[0-9]*|[.][0-9]{3})$|^[0-9]+,$|^0,[0-9]+$') ~ ' then ' ~ swapped
            )) ~ ' end',
            type
        )
        ~ ' * case ' ~ regex_extract(bare, '([KMB])[.]?[)-]?$')
        ~ " when 'K' then 1000 when 'M' then 1000000 when 'B' then 1000000000 else 1 end",
        type
    ) }}
{%- endmacro %}

{# Text to a share, decimal(9, 6). A value that carries % is of a hundred; `divisor` (SQL: 1 or 100) is what the
   others are shares of. #}
{% macro parse_percent(text, decimal_comma=false, divisor=100) -%}
    {{ try_cast_to(
        '(' ~ parse_decimal(text, decimal_comma) ~ ') / case when ' ~ text ~ " like '%!%%' escape '!' then 100 else "
        ~ divisor ~ ' end',
        'decimal(9, 6)'
    ) }}
{%- endmacro %}

{# One row per load of a file (`_percent_file`, `_percent_loaded_at`), with what its bare values of each column are
   shares of, as `_divisor_<n>`; `columns`: [(text, decimal_comma)]. A value over 1 says 100. Between 0 and 1 they are
   shares of one, unless the source writes tenths of a percent among values over 1 elsewhere: a small load of it
   would else be misread. Only noughts and ones say nothing: all loads together decide. A file may change its way,
   say as someone formats a sheet's column as percent. #}
{% macro percent_divisors_by_load(rows, columns) -%}
    (
        select
            _source_file as _percent_file,
            _loaded_at as _percent_loaded_at
            {%- for text, decimal_comma in columns %}{% set n = loop.index %},
            case
                when has_large_{{ n }} then 100
                when has_small_{{ n }} and not max(has_large_{{ n }} and has_small_{{ n }}) over () then 1
                when max(has_large_{{ n }} or has_sign_{{ n }}) over () then 100
                else 1
            end as _divisor_{{ n }}
            {%- endfor %}
        from (
            select
                _source_file,
                _loaded_at
                {%- for text, decimal_comma in columns %}{% set n = loop.index %}
                {%- set has_sign = text ~ " like '%!%%' escape '!'" %}
                {%- set number = 'abs(' ~ parse_decimal(text, decimal_comma) ~ ')' %},
                coalesce(max({{ has_sign }}), false) as has_sign_{{ n }},
                coalesce(max(not {{ has_sign }} and {{ number }} > 1), false) as has_large_{{ n }},
                coalesce(max(not {{ has_sign }} and {{ number }} > 0 and {{ number }} < 1), false) as has_small_{{ n }}
                {%- endfor %}
            from {{ rows }} as every_row
            group by _source_file, _loaded_at
        ) as loads
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

{# Text to boolean, in the languages in which spreadsheets and CRMs write it, and as the boxes of sheets come out. #}
{% macro parse_boolean(text) -%}
    case
        when lower({{ text }}) in (
            'true', 't', 'yes', 'y', '1', '1.0', 'on', 'x', 'checked', '✓', '✔', '☑', 'ja', 'j', 'wahr', 'oui', 'vrai', 'sí', 'si', 'sì', 's',
            'verdadero', 'verdadeiro', 'vero', 'sim', 'waar', 'sant', 'sand', 'tak', 'prawda', 'ano', 'да', 'истина'
        ) then true
        when lower({{ text }}) in (
            'false', 'f', 'no', 'n', '0', '0.0', 'off', 'unchecked', '☐', 'nein', 'falsch', 'non', 'faux', 'falso', 'não', 'nao', 'nee',
            'onwaar', 'nej', 'falskt', 'falsk', 'nei', 'nie', 'fałsz', 'ne', 'нет', 'ложь'
        ) then false
    end
{%- endmacro %}
