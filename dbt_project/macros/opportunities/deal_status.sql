{# open, won or lost, as a status says it in one of its usual words, or no_decision in this one; null for an empty or an unknown one, and
   where the word is denied or in doubt (`not yet won`, `likely won`, `nicht verloren`, `won?`). What is plainly
   not won is lost; what is called off, too. #}
{% macro deal_status(text) -%}
    {%- set words = "lower(' ' || " ~ text ~ " || ' ')" -%}
    {%- set meanings = {
        'lost': 'lost|closedlost|verloren|perdue?|perdid[oa]|pers[oa]|cancell?ed|abandoned|'
            ~ 'disqualified|storniert|abgebrochen|'
            ~ 'disqualifiziert|annul[ée]e?|abandonn[ée]e?|cancelad[oa]|anulad[oa]|abandonad[oa]|descartad[oa]|'
            ~ 'annullat[oa]|abbandonat[oa]|geannuleerd',
        'won': 'won|closedwon|gewonnen|gagn[ée]e?|ganad[oa]|ganh[oa]|vint[oa]',
        'open': 'open|active|in progress|offen|ouverte?|abiert[oa]|abert[oa]|apert[oa]',
    } -%}
    {%- set any_word = '(' ~ meanings.values() | join('|') ~ ')' -%}
    {%- set negation = '(not|no|nicht|non|pas|n[ãa]o|niet)' -%}
    {%- set doubts = [
        'won.t ',
        '[^a-z]' ~ any_word ~ '[^a-z]*\\?',
        '[^a-z](never|likely|probably|maybe|perhaps|possibly|almost|nearly|soon|expected|nie|wahrscheinlich|'
        ~ 'vermutlich|fast|bald|jamais|probablement|presque|bient[ôo]t|nunca|probable(mente)?|casi|mai|probabilmente|'
        ~ 'quasi|quase|provavelmente|nooit|waarschijnlijk|bijna)[^a-z]+((to|be|being) )*' ~ any_word ~ '[^a-z]',
        '[^a-z](noch nicht|(todav[íi]a|a[úu]n|ainda) n([ãa]o|o)|nog niet|no longer|' ~ negation
        ~ ' (yet|been|being|encore|ancora|todav[íi]a|a[úu]n|really|quite|fully|mehr|plus|longer))[^a-z]+'
        ~ any_word ~ '[^a-z]',
        '[^a-z]' ~ negation ~ '[^a-z]+' ~ any_word ~ ' (yet|encore|ancora|todav[íi]a|a[úu]n|ainda) ',
        '[^a-z]' ~ negation ~ '[^a-z]+(' ~ meanings.lost ~ '|' ~ meanings.open ~ ')[^a-z]',
    ] -%}
    case
        when {{ words }} = ' no_decision ' then 'no_decision'
        when {{ regex_matches(words, doubts | join('|')) }} then null
        when {{ regex_matches(words, '[^a-z]' ~ negation ~ '[^a-z]+(' ~ meanings.won ~ ')[^a-z]') }} then 'lost'
        {%- for meaning, spellings in meanings.items() %}
        when {{ regex_matches(words, '[^a-z](' ~ spellings ~ ')[^a-z]') }} then '{{ meaning }}'
        {%- endfor %}
    end
{%- endmacro %}
