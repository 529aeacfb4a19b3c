{# What is asked of a title: the words of event_title_rules, and what became of the event. #}

{# The title as it is compared: ` comparable text `. 1:1 and 1-1 are one word, `1on1`: without their marks they could not
   be told from a day (`Kickoff 1.1.`, `Plan 1/1`) or a number (`1:10`). #}
{% macro title_words(title) -%}
    ' ' || {{ comparable_text(regex_replace(
        title, '(^|[^0-9.,:/–-])1(?: ?: ?|[–-])1($|[^0-9.,:/–-]|[.,:/–-](?:$|[^0-9]))', '\\1 1on1 \\2'
    )) }} || ' '
{%- endmacro %}

{# What such a title has in it where it has a word of the list. A `*` of the word stands for the rest of a longer one. #}
{% macro title_pattern(word) -%}
    replace(replace(' ' || {{ word }} || ' ', ' *', ''), '* ', '')
{%- endmacro %}

{# What a title says became of its event, `cancelled` or `no_show`, else null. Outlook leaves what was cancelled in
   the calendar with such a word before its title, in the language of who cancelled, and its files and feeds
   call it confirmed all the same; people mark who did not come likewise. A word without a mark after it (`Cancelled
   orders`) is what the event is about. #}
{% macro title_fate(title) -%}
    {%- set words = {
        'cancelled': 'cancell?ed|abgesagt|annul[ée]e?s?|cancelad[oa]|anulad[oa]|annullat[oa]|geannuleerd|inställt|avbokat',
        'no_show': 'no[ -]?show|nicht erschienen',
    } -%}
    case
    {%- for fate, spellings in words.items() %}
        {%- set before = '^[^\\p{L}]*(?:' ~ spellings ~ ')(?: event| meeting)?(?:[])]|[\\s\\x{00A0}\\x{202F}]*:| [-–—] )' %}
        {%- set behind = '[[(](?:' ~ spellings ~ ')[])]\\s*$' %}
        when {{ regex_matches('lower(' ~ title ~ ')', before ~ '|' ~ behind) }} then '{{ fate }}'
    {%- endfor %}
    end
{%- endmacro %}
