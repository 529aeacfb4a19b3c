{# Kinds of activity by which a person is reached. #}
{% macro touch_kinds() -%}
    'call', 'email', 'message', 'meeting'
{%- endmacro %}

{# Statuses, in lower case, that say an activity took place. #}
{% macro done_statuses() -%}
    'completed', 'complete', 'done', 'finished', 'held', 'sent', 'delivered', 'opened', 'clicked', 'replied',
    'closed', 'true', 'erledigt', 'abgeschlossen'
{%- endmacro %}

{# True where a status in lower case says that an activity did not take place (yet): `planned`, `cancelled by
   customer`, `pas encore fait`. A negation alone does not: `no answer`, `nicht erreicht` and `not interested`
   were attempts; nor do a word further on and what an answer is awaited to: `meeting scheduled` and
   `waiting for reply` are how it went. #}
{% macro says_not_done(status) -%}
    {%- set whole = [
        'open|new|due|failed|bounced|declined|rejected|undelivered|skipped|missed|false|no|draft|sending|queued|ringing',
        'pending|a?waiting|waiting (on|for) (someone else|someone|others|approval)',
        'connecting|calling crm user|assigned|unassigned|backlog|undone|unsent|tentative|expired|aborted|incomplete|0',
        'wartet|wartend|wartet auf jemand anderen|offen|neu|nein|fällig|abgelehnt|fehlgeschlagen|verpasst|zugewiesen|'
        ~ 'entwurf|abgebrochen|unerledigt',
        'en attente|ouverte?|nouveau|nouvelle|brouillon|manquée?|refusée?|échouée?|non|faux',
        'pendiente|pendente|en espera|em espera|abiert[oa]|nuev[oa]|borrador|perdid[oa]|rechazad[oa]|'
        ~ 'vencid[oa]|atrasad[oa]|próxim[oa]|fallid[oa]',
        'in attesa|apert[oa]|nuov[oa]|bozza|mancat[oa]|rifiutat[oa]|scadut[oa]|abert[oa]|nov[oa]',
        'wachtend|in afwachting|nieuw|nee|concept|gemist|afgewezen|mislukt|openstaand|vervallen|toegewezen',
    ] -%}
    {%- set beginning = [
        'planned|(re|un)?scheduled|postponed|deferred|cancell?ed|cancellation|on hold|overdue',
        'in progress|to ?do|to be|yet to|upcoming|no ?show|not (yet )?(done|held|made|sent|started|begun|completed?|'
        ~ 'finished|closed|delivered|executed|performed|attended|due|taken place)|(did not|didn.t|never) (take place|'
        ~ 'happen|attend|show|start|took place|happened|held|attended|showed)',
        '(ein)?geplant|terminiert|vorgemerkt|verschoben|vertagt|abgesagt|storniert|ausstehend|anstehend|bevorstehend',
        'ausgefallen|entfallen|überfällig|zurückgestellt|in (bearbeitung|arbeit|planung)|zu erledigen',
        '(noch )?nicht (begonnen|angefangen|gestartet|erledigt|abgeschlossen|beendet|fertig|gemacht|durchgeführt|'
        ~ 'gehalten|stattgefunden|gesendet|zugestellt|erschienen|wahrgenommen)',
        'planifiée?|prévue?|programmée?|annulée?|reportée?|en (cours|retard)|à (faire|venir|planifier)',
        '(pas|non)( encore)? (faite?|réalisée?|effectuée?|commencée?|démarrée?|terminée?|'
        ~ 'achevée?|tenue?|envoyée?|livrée?)',
        '(pendiente|pendente) de (hacer|realizar|fazer)|planificad[oa]|programad[oa]|agendad[oa]|'
        ~ 'previst[oa]|cancelad[oa]|anulad[oa]|aplazad[oa]',
        'pospuest[oa]|reprogramad[oa]|por hacer|sin (hacer|realizar|empezar|iniciar)|en (curso|progreso|proceso)',
        '(todavía |aún |ainda )?(no|não) (hech[oa]|realizad[oa]|celebrad[oa]|iniciad[oa]|empezad[oa]|completad[oa]|'
        ~ 'terminad[oa]|enviad[oa]|entregad[oa]|feit[oa]|concluíd[oa])',
        'planejad[oa]|planead[oa]|adiad[oa]|a fazer|em (andamento|curso)',
        'pianificat[oa]|programmat[oa]|annullat[oa]|cancellat[oa]|rinviat[oa]|rimandat[oa]|posticipat[oa]|da fare',
        'in (corso|ritardo)|non( ancora)? (fatt[oa]|svolt[oa]|eseguit[oa]|completat[oa]|iniziat[oa]|tenut[oa]|'
        ~ 'inviat[oa]|avvenut[oa])',
        '(in)?gepland|uitgesteld|geannuleerd|afgezegd|verplaatst|verzet|in (behandeling|uitvoering)',
        'te (doen|laat|plannen)|(nog )?niet (gestart|begonnen|gedaan|uitgevoerd|voltooid|afgerond|gehouden|doorgegaan|'
        ~ 'verzonden|verstuurd|verschenen)',
    ] -%}
    {{ regex_matches(
        "translate(" ~ status ~ ", '_-', '  ')",
        '^(' ~ whole | join('|') ~ ')$|^(' ~ beginning | join('|') ~ ')($|\\P{L})'
    ) }}
{%- endmacro %}

{# True where an activity took place. CRMs have words of their own for how it went (`No answer`, `Left
   voicemail`): where the source says when it was, it was, unless the status denies it. #}
{% macro took_place(status='status', precision='occurred_at_precision') -%}
    {#- one by one: most activities are done, and the words of the others cost most -#}
    case
        when coalesce({{ status }}, 'completed') in ({{ done_statuses() }}) then true
        when coalesce({{ precision }}, 'logged') = 'logged' then false
        else not {{ says_not_done(status) }}
    end
{%- endmacro %}

{# True where the disposition of a call says that a person was reached (`Not interested` does,
   `No answer` and `Left voicemail` do not). #}
{% macro says_connected(disposition) -%}
    {%- set no_one = '(no|not|never|un|dis)[^a-z]*(answer|connect|reach|talk|available)|left|voice|machine|busy|wrong' -%}
    {{ regex_matches('lower(' ~ disposition ~ ')', 'connect|answer|spoke|reach|talk|meeting|interest|convers') }}
    and not {{ regex_matches('lower(' ~ disposition ~ ')', no_one) }}
{%- endmacro %}

{# True where the subject of a message is that of an automatic reply: nobody has answered. #}
{% macro says_automatic_reply(subject) -%}
    {{ regex_matches('lower(' ~ subject ~ ')', '^(re: ?)?(automatic reply|auto[- ]?reply|out of office)') }}
{%- endmacro %}
