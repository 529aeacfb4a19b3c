{# What form robots leave in a text: the kind in words, null where there is nothing of it. In a name a bare
   domain, a run of digits or an address is out of place too; companies are called booking.com and 1&1. #}
{% macro injected_kind(text, is_name=false) -%}
    {%- set link = '(?i)https?:|www\\.|\\[url=|[a-z0-9-]{3,}'
        ~ '\\.(com|net|org|info|xyz|top|club|site|online|shop|ru|cn|biz|vip|icu|link|click|buzz|live|pro)\\b' -%}
    {%- set page = '(?i)(https?:|www\\.)[^\\s/]*/*[^\\s/]+/\\S|\\[url=|\\b(bit\\.ly|t\\.me|tinyurl\\.com|cutt\\.ly|goo\\.gl)/' -%}
    {%- set tag = '[a-z!][^>]*' if is_name else '(script|a|b|i|u|p|br|hr|h[1-6]|img|iframe|svg|div|span|html|body|form|input|style|font|table|marquee|!)\\b[^>]*' -%}
    {%- set markup = '(?i)<\\s*/?\\s*' ~ tag ~ '>|&lt;|javascript:|\\$[{(]|#\\{|\\{\\{|%3c|<\\?php|<%|\\]\\]>|'
        ~ '<\\s*(script|img|svg|iframe)\\b|\\bon(load|click|error|mouseover|focus)\\s*=|\\balert\\(' -%}
    {#- SQL by its signs, not by its words alone: Drop Table Tennis Ltd, Union Select Foods from Italy, Kids' -- #}
    {%- set command = "(?i)('|\")\\s*(or|and)\\s+('[^']*'|\"[^\"]*\"|'?[0-9]+)\\s*=|"
        ~ "('|\")\\s*(or|and)\\s+[a-z]+\\s*=\\s*[a-z0-9'\"]+\\s*(--|;|#)|"
        ~ ";\\s*(drop|delete|select|insert|update)\\s+(table|from|into|\\*|[a-z_]+\\s+(from|set)\\b)|"
        ~ "['\")]\\s*drop\\s+table\\s|drop\\s+table\\s+(if\\s+exists\\s+)?[a-z_.]+\\s*(;|--)|"
        ~ "['\")0-9]\\s+union\\s+(all\\s+)?select\\s|union\\s+(all\\s+)?select\\s+(null\\b|\\*|@@|[0-9]+\\s*(,|;|--)|"
        ~ ".*\\bfrom\\s+([a-z_.]+\\s*(--|;|\\bwhere\\b)|information_schema|users\\b))|"
        ~ "[a-z0-9]{2,}'--\\s*$|[0-9]'\\s*--|\\badmin'\\s*--|"
        ~ "^[=+@-]\\s*(cmd|sum|hyperlink|importxml|importdata|webservice|dde)\\s*[|(]|waitfor\\s+delay|"
        ~ "benchmark\\s*\\(\\s*[0-9]|or\\s+1\\s*=\\s*1|xp_cmdshell|sleep\\s*\\(\\s*[0-9]|\\.\\./\\.\\./|/etc/passwd" -%}
    {%- set leftover = '(?i)^#(ref|value|name|null|num|div/0|n/a)[!?]?|\\[object |%[a-z_]{3,}%|^\\$[a-z_]{3,}|\\bfunction\\s*\\(' -%}
    {%- set emoji_run = '([\\x{1F000}-\\x{1FAFF}\\x{2600}-\\x{27BF}][\\x{FE0F}\\x{200D}]*){2,}' -%}
    case
        {%- if is_name %}
            when {{ regex_matches(text, '[^\\s@]+@[^\\s@]+\\.[^\\s@]+') }} then 'an e-mail address'
        {%- endif %}
        when {{ regex_matches(text, link if is_name else page) }} then 'a link'
        when {{ regex_matches(text, markup) }} then 'markup or a script'
        when {{ regex_matches(text, command) }} then 'a command to a database or system'
        when {{ regex_matches(text, leftover) }} then 'a leftover of a template or a spreadsheet'
        when {{ regex_matches(text, emoji_run) }} then 'a run of emoji'
        {%- if is_name %}
            when
                {{ regex_matches(text, '\\p{L}') }} and {{ regex_matches(text, '([0-9][\\s().+/-]*){7,}') }}
                then 'a long number'
            when {{ regex_matches(text, '[$€£]\\s?[0-9]{2}|[0-9]\\s?%') }} then 'a price or a share'
        {%- endif %}
    end
{%- endmacro %}

{# Whether a name has more words than a name has, titles and particles (Abdullah bin Abdulaziz bin Abdulrahman bin
   Faisal Al Saud) left out. People of noble and of Iberian families have as many. #}
{% macro is_sentence(name) -%}
    {%- set particles = 'bin|ibn|bint|binti|al|el|abu|de|da|do|dos|das|del|la|las|los|y|e|van|von|zu|und|der|den|ter' -%}
    {%- set titles = '(dr|prof|professor|med|univ|phil|dipl|ing|mag|rer|nat|pol|jur|mr|mrs|ms|mx|sir|dame|lord|lady|herr|'
        ~ 'frau|don|doña|dom|dona|h\\.?\\s*c)\\.?' -%}
    {{ regex_matches(
        regex_replace(name, '(?i)\\b(' ~ particles ~ '|' ~ titles ~ ')\\s+', ''), '^\\S+(\\s+\\S+){8,}'
    ) }}
{%- endmacro %}
