{# Text to UTC timestamp. A time with an offset is converted by it, one without is in `time_zone`, an
   SQL expression.
   `order` of numeric dates holds for the whole column, never per row: `dmy`, `mdy`, or `default`
   (month first with slashes, day first with dots). Years outside 1900 to 2199 are not read: they are
   typing errors, and a calendar of days between them would have millions of rows. #}
{% macro parse_timestamp(text, time_zone="'UTC'", order='default') -%}
    case
        -- first and cheap: what systems write
        when {{ is_written_in_utc(text) }} then {{ utc_text_to_timestamp(text) }}
        when {{ has_utc_offset(text) }} then {{ offset_text_to_utc(text) }}
        when {{ is_epoch(text) }} then {{ epoch_to_utc(text) }}
        else {{ local_to_utc(parse_local_timestamp(text, order), time_zone) }}
    end
{%- endmacro %}

{# Seconds or milliseconds since 1970, of 2001 to 2033: how programs write JSON out as CSV. #}
{% macro is_epoch(text) -%}
    {{ regex_matches(text, '^1[0-9]{9}([0-9]{3})?$') }}
{%- endmacro %}

{% macro epoch_to_utc(text) -%}
    {{ milliseconds_to_utc('rpad(' ~ text ~ ", 13, '0')") }}
{%- endmacro %}

{# Text to the day that is written in it: no zone moves it. Only of a number of seconds is the day that of
   `time_zone`, since a program wrote midnight there - or that of UTC, where it is midnight in UTC. #}
{% macro parse_date(text, order='default', time_zone="'UTC'") -%}
    coalesce(
        cast({{ parse_local_timestamp(text, order) }} as date),
        cast(case
            when {{ is_epoch(text) }} and cast(substr({{ text }}, 1, 10) as bigint) % 86400 = 0 then {{ epoch_to_utc(text) }}
            when {{ is_epoch(text) }} then {{ utc_to_local(epoch_to_utc(text), time_zone) }}
        end as date),
        -- 2026-01-05 09:00:00 +0100: whatever the time is, the day is written
        {{ try_cast_to(
            regex_extract(text, '^((19|20|21)[0-9]{2}[-/][0-9]{1,2}[-/][0-9]{1,2})[T ,]+[0-9]{1,2}:'), 'date'
        ) }}
    )
{%- endmacro %}

{# Text to a timestamp of the clock on the wall; an offset in the text is ignored. Five digits, 20000 to
   79999, are Excel's number of a day (1954 to 2119), its fraction the time: so a workbook or its CSV
   holds dates whose cells are not formatted as such. #}
{% macro parse_local_timestamp(text, order='default') -%}
    coalesce(
        case
            when {{ regex_matches(text, '^(19|20|21)[0-9]{2}[-/]') }} then coalesce(
                {{ try_cast_to(text, 'timestamp') }},
                -- 2026-01-05, 2:30 PM: letters behind a time are the name of a zone to a cast
                {{ try_parse_time(without_commas(text), iso_formats()) }}
            )
            when {{ regex_matches(text, '^[2-7][0-9]{4}([.,][0-9]+)?$') }} then {{ excel_day_to_timestamp(text) }}
            else {{ try_parse_time(without_commas(text), time_formats(order)) }}
        end,
        {{ try_parse_formats(with_plain_noon(text), noon_formats(order)) }},
        {{ try_parse_formats(with_numbered_month(text), numbered_month_formats()) }}
    )
{%- endmacro %}

{# A time before or after noon as formats know it: browsers put a narrow no-break space before the PM, and in Canada
   and Latin America it is `p.m.` or `p. m.`. Null of other texts. #}
{% macro with_plain_noon(text) -%}
    case
        when {{ regex_matches(text, '(?i)[ap][.]?[ \\x{00A0}]?m[.]$|[\\x{00A0}\\x{202F}][ap]m$') }} then
            {{ regex_replace(
                'upper(' ~ without_commas(text) ~ ')', '[ \\x{00A0}\\x{202F}]*([AP])[. \\x{00A0}\\x{202F}]*M[.]?$', ' \\1M'
            ) }}
    end
{%- endmacro %}

{# The formats of time_formats and iso_formats with an hour before or after noon, in one list. #}
{% macro noon_formats(order) %}
    {%- set formats = [] -%}
    {%- for shape, found in iso_formats() + time_formats(order) -%}
        {%- for format in found if ' %p' in format -%}
            {%- do formats.append(format) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(formats) }}
{% endmacro %}

{# `12-05-2026 14:30` of a day whose month has a name in one of the languages of month_names: 12 de mayo de 2026,
   5. Januar 2026, 05-Dez-25 14:30 Uhr, 4 Sept 2026, Monday, January 5th, 2026 2:30 PM. Null of other texts, and
   where something else stands behind the time, such as a zone. #}
{% macro with_numbered_month(text) -%}
    {%- set month_first = '^(?:[a-z]+[., ]+)?([a-z]{3,10})[. ]+([0-9]{1,2})(?:st|nd|rd|th)?[, ]+((?:19|20|21)[0-9]{2})' -%}
    {%- set day_first = '^(?:[a-z]+[., ]+)?([0-9]{1,2})(?:st|nd|rd|th|er)?[. /-]+(?:de |of )?([a-z]{3,10})[. ,/-]+(?:de |del )?'
        ~ '((?:19|20|21)?[0-9]{2})(?:[ ,t]+(?:(?:um|at|a las|a|alle|om|kl[.]?) )?([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)'
        ~ '[ \\x{00A0}\\x{202F}]?(?:([ap])[. \\x{00A0}]*m[.]?)?(?:uhr|h|hrs)?)?$' -%}
    {%- set ordered = regex_replace('lower(' ~ without_accents(text) ~ ')', month_first, '\\2 \\1 \\3') -%}
    {%- set parts = regex_replace(ordered, day_first, '\\1|\\2|-\\3 \\4 \\5') -%}
    {%- set name = dbt.split_part(parts, "'|'", 2) -%}
    {#- a text to search, since of a case or a list with as many entries the planning takes milliseconds; what is
       not found is read in the blanks -#}
    {%- set known = namespace(text=' ' * 14) -%}
    {%- for month, names in month_names().items() -%}
        {%- set known.text = known.text ~ '|' ~ names.split() | join('=' ~ month ~ '|') ~ '=' ~ month -%}
    {%- endfor -%}
    case
        when {{ regex_matches(text, '[A-Za-z].*[0-9]|[0-9].*[A-Za-z]') }} then
            {{ dbt.split_part(parts, "'|'", 1) }} || '-'
            || substr('{{ known.text }}', {{ dbt.position("'|' || " ~ name ~ " || '='", "'" ~ known.text ~ "'") }} + length({{ name }}) + 2, 2)
            || {{ regex_replace('rtrim(' ~ dbt.split_part(parts, "'|'", 3) ~ ')', '([ap])$', '\\1m') }}
    end
{%- endmacro %}

{% macro numbered_month_formats() %}
    {%- set formats = [] -%}
    {%- for year in ['%y', '%Y'] -%}
        {%- for time in ['', ' %H:%M', ' %H:%M:%S', ' %I:%M %p', ' %I:%M:%S %p'] -%}
            {%- do formats.append('%d-%m-' ~ year ~ time) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(formats) }}
{% endmacro %}

{% macro without_commas(text) -%}
    replace({{ text }}, ',', '')
{%- endmacro %}

{# `time_formats` of texts that begin with a year and `-` or `/`, which a cast could not read. #}
{% macro iso_formats() %}
    {{ return(with_times([('^[0-9]{4}-', ['%Y-%m-%d']), ('^[0-9]{4}/', ['%Y/%m/%d'])])) }}
{% endmacro %}

{# Formats in which people and exports write times, by the mark that tells them apart:
   [(regular expression, [formats])], the text without its commas. Two-digit years stand before four-digit
   ones, which would read `26` as the year 26. #}
{% macro time_formats(order) %}
    {%- set slashed = ['%d', '%m'] if order == 'dmy' else ['%m', '%d'] -%}
    {%- set dotted = ['%m', '%d'] if order == 'mdy' else ['%d', '%m'] -%}
    {%- set year = '(19|20|21)?[0-9]{2}([^0-9]|$)' -%}
    {%- set shapes = [
        ('^[0-9]{1,2}/[0-9]{1,2}/' ~ year, [(slashed + ['%y']) | join('/'), (slashed + ['%Y']) | join('/')]),
        ('^[0-9]{1,2}[.][0-9]{1,2}[.]' ~ year, [(dotted + ['%y']) | join('.'), (dotted + ['%Y']) | join('.')]),
        ('^[0-9]{1,2}-[0-9]{1,2}-' ~ year, [(slashed + ['%y']) | join('-'), (slashed + ['%Y']) | join('-')]),
        ('^(19|20|21)[0-9]{2}[.]', ['%Y.%m.%d']),
        ('^(19|20|21)[0-9]{6}T', ['%Y%m%dT%H%M%S']),
        ('^(19|20|21)[0-9]{10}([0-9]{2})?$', ['%Y%m%d%H%M%S', '%Y%m%d%H%M']),
        ('^(19|20|21)[0-9]{6}([^0-9]|$)', ['%Y%m%d']),
        (
            '^[0-9]{1,2}[^0-9]+' ~ year,
            ['%d %b %y', '%d-%b-%y', '%d %B %y', '%d %b %Y', '%d-%b-%Y', '%d %B %Y'],
        ),
        (
            '^[A-Za-z][^0-9]*[0-9]{1,2}[^0-9]+(19|20|21)[0-9]{2}([^0-9]|$)',
            ['%b %d %Y', '%B %d %Y', '%a %d %b %Y', '%a %b %d %Y'],
        ),
    ] -%}
    {{ return(with_times(shapes)) }}
{% endmacro %}

{# Formats of days, each with every way to write a time behind it; those with a time of their own stay. #}
{% macro with_times(shapes) %}
    {%- set times = ['', ' %H:%M', ' %H:%M:%S', ' %I:%M %p', ' %I:%M:%S %p', ' %I:%M%p'] -%}
    {%- set formats = [] -%}
    {%- for shape, days in shapes -%}
        {%- set combined = [] -%}
        {%- for day in days -%}
            {%- for time in ([''] if '%H' in day else times) -%}
                {%- do combined.append(day ~ time) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- do formats.append((shape, combined)) -%}
    {%- endfor -%}
    {{ return(formats) }}
{% endmacro %}

{# Text to the first day of a month: 2026-01, 01/2026, Jan 2026, Mrz 26, Jan-26 (which a spreadsheet makes of
   it), or any day of the month. #}
{% macro parse_month(text, order='default', time_zone="'UTC'") -%}
    cast({{ dbt.date_trunc('month',
        'coalesce(' ~ try_parse_time(text, month_formats()) ~ ', '
        ~ try_cast_to(named_month(text) ~ " || '-01'", 'timestamp') ~ ', ' ~ parse_date(text, order, time_zone) ~ ')'
    ) }} as date)
{%- endmacro %}

{# `2026-01` of a text in which the month has a name, in the languages of month_names, and nothing else but the
   year: Januar 2026, févr. 26, 2026-May. Else null. #}
{% macro named_month(text) -%}
    {%- set plain = 'lower(' ~ without_accents(text) ~ ')' -%}
    {%- set shape = '^([a-z]{3,10})[^a-z0-9]*((20)?[0-9]{2})$|^(20[0-9]{2})[^a-z0-9]*([a-z]{3,10})[.]?$' -%}
    case
        when {{ regex_matches(plain, shape) }} then
            '20' || {{ regex_extract(plain, '(?:20)?([0-9]{2})(?:[^0-9]|$)') }}
            || {{ number_of_month(regex_extract(plain, '([a-z]+)')) }}
    end
{%- endmacro %}

{# `-01` of a month's name; null where it is none. #}
{% macro number_of_month(name) -%}
    {%- set cases = [] -%}
    {%- for month, names in month_names().items() -%}
        {%- for known in names.split() -%}
            {%- do cases.append("when '" ~ known ~ "' then '-" ~ month ~ "'") -%}
        {%- endfor -%}
    {%- endfor -%}
    case {{ name }} {{ cases | join(' ') }} end
{%- endmacro %}

{# Names of the months in English, German, French, Spanish, Italian, Portuguese and Dutch, in lower case
   without accents. #}
{% macro month_names() %}
    {{ return({
        '01': 'jan january januar janner jaenner janvier janv ene enero gen gennaio janeiro januari',
        '02': 'feb february februar fevrier fev fevr febrero febbraio fevereiro februari',
        '03': 'mar march marz maerz mrz mars marzo marco maart mrt',
        '04': 'apr april avril avr abril abr aprile',
        '05': 'may mai mayo maggio mag maio mei',
        '06': 'jun june juni juin junio giugno giu junho',
        '07': 'jul july juli juillet juil julio luglio lug julho',
        '08': 'aug august aout agosto ago augustus',
        '09': 'sep sept september septembre septiembre setiembre settembre set setembro',
        '10': 'oct october okt oktober octobre octubre ottobre ott outubro out',
        '11': 'nov november novembre noviembre novembro',
        '12': 'dec december dez dezember decembre diciembre dic dicembre dezembro',
    }) }}
{% endmacro %}

{% macro month_formats() %}
    {{ return([
        ('^(19|20|21)[0-9]{2}[-/.][0-9]{1,2}$', ['%Y-%m', '%Y/%m', '%Y.%m']),
        ('^[0-9]{1,2}[-/.](19|20|21)[0-9]{2}$', ['%m-%Y', '%m/%Y', '%m.%Y']),
        (
            '^[A-Za-z]{3,9}[ -](19|20|21)?[0-9]{2}$',
            ['%b-%y', '%b %y', '%b-%Y', '%b %Y', '%B-%y', '%B %y', '%B-%Y', '%B %Y'],
        ),
    ]) }}
{% endmacro %}

{# Text to a time of the day as people and spreadsheets write it: 09:00, 9, 9 AM, 5:30 p.m., 8.30, 17h30,
   9 Uhr, 0.375 (the part of a day that a cell holds which nobody formatted). #}
{% macro parse_time_of_day(text) -%}
    {%- set plain = regex_replace('upper(' ~ text ~ ')', "[.]M[.]?$", 'M') -%}
    {%- set plain = regex_replace(plain, "(UHR|HRS|O'CLOCK)$| +", '') -%}
    {%- set colons = regex_replace(plain, '^([0-9]{1,2})[.H]([0-9]{2})', '\\1:\\2') -%}
    {%- set minutes = regex_replace(colons, '^([0-9]{1,2})H?(AM|PM)?$', '\\1:00\\2') -%}
    case
        when {{ regex_matches(text, '^0[.,][0-9]+$') }} then cast({{ excel_day_to_timestamp(text) }} as time)
        else coalesce(
            cast({{ try_parse_time(minutes, [('[AP]M$', ['%I:%M:%S%p', '%I:%M%p'])]) }} as time),
            {{ try_cast_to(minutes, 'time') }}
        )
    end
{%- endmacro %}
