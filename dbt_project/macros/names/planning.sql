{# The end of a planning row, exclusive: the day after its `valid_to`, or the next row's start. #}
{% macro valid_until(partition_by, valid_to='cast(null as date)') -%}
    least(
        coalesce(cast({{ dbt.dateadd('day', 1, valid_to) }} as date), date '9999-12-31'),
        lead(coalesce(valid_from, date '1900-01-01'), 1, date '9999-12-31')
            over (partition by {{ partition_by }} order by coalesce(valid_from, date '1900-01-01'))
    )
{%- endmacro %}

{# The period of a quota as 2026, 2026-H1, 2026-Q1 (fiscal years and parts of them), CY2026, CY2026-Q1 (of the
   calendar) or 2026-01, from what people and spreadsheets write: FY26, 2025/26, Q1 FY26, Q1 2025/26, 1Q26, 2. Halbjahr 2026,
   01/2026, Mrz 26, 202601, or the first day of a month in any form - of two readings of a date the one that is a
   first. Null where that cannot be told; another day may stand for a month or for the quarter that it ends. #}
{% macro quota_period(text) -%}
    {%- set plain = regex_replace('upper(' ~ without_accents('trim(' ~ text ~ ')') ~ ')', '[.]0+$', '') -%}
    {%- set lettered = regex_replace(plain, '(?:ST|ND|RD|TH|ER|E)? *(?:QUARTER|QUARTAL|TRIMESTRE|TRIMESTER|KWARTAAL|QTR)', 'Q') -%}
    {%- set lettered = regex_replace(lettered, '(?:ST|ND|ER|E)? *(?:HALBJAHR|SEMESTRE|SEMESTER|HALF|HJ|HY)', 'H') -%}
    {#- the year first, in four digits: FY2026, 2026Q1, CY2026H2 -#}
    {%- set year_first = namespace(text=regex_replace(lettered, '[^A-Z0-9]+', '')) -%}
    {%- for pattern, replacement in [
        ('^([QTHS])([1-4])(FY|GJ|CY)?((20)?[0-9]{2})$', '\\3\\4\\1\\2'),
        ('^([1-4])([QTHS])(FY|GJ|CY)?((20)?[0-9]{2})$', '\\3\\4\\2\\1'),
        ('^(FY|GJ|CY)([0-9]{2})([QTHS][1-4])?$', '\\120\\2\\3'),
        ('^([0-9]{2})([QTHS][1-4])$', '20\\1\\2'),
    ] -%}
        {%- set year_first.text = regex_replace(year_first.text, pattern, replacement) -%}
    {%- endfor -%}
    {%- set ordered = year_first.text -%}
    {%- set span = '^(?:FY *|GJ *)?(?:20)?([0-9]{2}) *[/–—-] *(?:20)?([0-9]{2})$' -%}
    {%- set years = '(?:20)?([0-9]{2}) *[/–—-] *(?:20)?([0-9]{2})' -%}
    {%- set part = '[QTHS] *[1-4]|[1-4][. ]*[QTHS]' -%}
    {%- set part_of_span = '^(?:' ~ part ~ ')?[^A-Z0-9]*(?:FY *|GJ *)?' ~ years ~ '[^A-Z0-9]*(?:' ~ part ~ ')?$' -%}
    {%- set month_first = '^(20[0-9]{2})[-/.]?(0?[1-9]|1[0-2])[-/.]?0?1([ T].*)?$' -%}
    {%- set two_first = '^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.](?:20)?([0-9]{2})(?:[ T].*)?$' -%}
    {%- set first = try_cast_to(regex_extract(plain, two_first, 1), 'integer') -%}
    {%- set second = try_cast_to(regex_extract(plain, two_first, 2), 'integer') -%}
    case
        -- a fiscal year of two calendar years bears the number of the later; 2011-12 is a month
        when
            {{ fiscal_year_start_month() }} > 1
            and {{ regex_matches(plain, '^(FY|GJ) *(20)?[0-9]{2} *[/–—-] *(20)?[0-9]{2}$|^20[0-9]{2} *[/–—-] *(20[0-9]{2}|1[3-9]|[2-9][0-9])$') }}
            and {{ try_cast_to(regex_extract(plain, span, 2), 'integer') }}
            = {{ try_cast_to(regex_extract(plain, span, 1), 'integer') }} + 1
            then '20' || {{ regex_extract(plain, span, 2) }}
        -- and so does a part of it: Q1 FY25/26
        when
            {{ fiscal_year_start_month() }} > 1
            and {{ regex_matches(lettered, part_of_span) }} and {{ regex_matches(lettered, part) }}
            and {{ try_cast_to(regex_extract(lettered, years, 2), 'integer') }}
            = {{ try_cast_to(regex_extract(lettered, years, 1), 'integer') }} + 1
            then '20' || {{ regex_extract(lettered, years, 2) }}
            || case when {{ regex_matches(lettered, '[QT]') }} then '-Q' else '-H' end
            || {{ regex_extract(lettered, '(?:^|[^0-9])([1-4])(?:[^0-9]|$)') }}
        when {{ regex_matches(ordered, '^(FY|GJ|CY)?20[0-9]{2}([QT][1-4]|[HS][12])?$') }} then
            case when {{ ordered }} like 'CY%' then 'CY' else '' end
            || {{ regex_extract(ordered, '(20[0-9]{2})') }}
            || case
                when {{ regex_matches(ordered, '[QT][1-4]$') }} then '-Q' || right({{ ordered }}, 1)
                when {{ regex_matches(ordered, '[HS][12]$') }} then '-H' || right({{ ordered }}, 1)
                else ''
            end
        when {{ regex_matches(plain, '^20[0-9]{2}(0[1-9]|1[0-2])$') }}
            then substr({{ plain }}, 1, 4) || '-' || right({{ plain }}, 2)
        when {{ regex_matches(plain, month_first) }} then
            {{ regex_extract(plain, month_first, 1) }} || '-'
            || lpad({{ regex_extract(plain, month_first, 2) }}, 2, '0')
        when {{ regex_matches(plain, two_first) }} then
            '20' || {{ regex_extract(plain, two_first, 3) }} || '-' || lpad(cast(case
                when {{ first }} = 1 and {{ second }} <= 12 then {{ second }}
                when {{ second }} = 1 and {{ first }} <= 12 then {{ first }}
            end as varchar), 2, '0')
        -- the number of a day, which a cell holds that is not formatted as one
        when {{ regex_matches(plain, '^[2-7][0-9]{4}$') }} then
            case
                when extract(day from {{ excel_day_to_timestamp(plain) }}) = 1
                    then substr(cast({{ excel_day_to_timestamp(plain) }} as varchar), 1, 7)
            end
        else coalesce(
            substr(cast({{ try_parse_time(text, month_formats()) }} as varchar), 1, 7), {{ named_month(text) }}
        )
    end
{%- endmacro %}

{# How a text that refers to an account is compared, on both sides: in lower case, one blank for all white space (names
   copied from a page bear no-break spaces), each accent part of its letter. #}
{% macro account_text(text) -%}
    lower(case
        when {{ regex_matches(text, '\\s\\s|[\\x{00A0}\\x{2007}\\x{202F}]|[^ -~]') }}
            then {{ regex_replace(composed_letters(text), '[\\s\\x{00A0}\\x{2007}\\x{202F}]+', ' ') }}
        else {{ text }}
    end)
{%- endmacro %}
