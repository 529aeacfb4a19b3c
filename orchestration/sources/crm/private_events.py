"""Private meetings that a CRM keeps: only that the time is busy lands, as from calendars.

Belongs here: dropping what such a record says, before landing. Which columns say that it is private and
which are kept, the systems' own modules.
"""

from collections.abc import Collection
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.records import SOURCE_FILE, SOURCE_ROW, Batch, ObjectFeed

# Outlook's export writes Normal in a column of sensitivities. Whatever else is filled counts as private.
_PUBLIC = (
    ",false,f,no,n,0,0.0,off,normal,public,default,nein,falsch,non,faux,falso,não,nao,nee,onwaar,nej,falskt,falsk,"
    "nei,nie,fałsz,ne,"
    "öffentlich,nicht privat,offen,publique,normale,público,publico,pública,publica,pubblico,pubblica,"
    "openbaar,normaal,offentlig,offentligt,publiczny,publiczne,normalny,veřejné,normální,публичный,общедоступный,обычный,"
    "not private,open,standard"
)
# Words that are meant to hide; one that is in neither list hides too, and is told of.
_PRIVATE = (
    "true,t,yes,y,1,1.0,on,x,private,personal,confidential,hidden,ja,j,wahr,privat,persönlich,vertraulich,oui,"
    "vrai,privé,privée,personnel,confidentiel,sí,si,sì,s,verdadero,verdadeiro,vero,sim,privado,privada,personale,"
    "confidencial,privato,privata,riservato,waar,privé,persoonlijk,vertrouwelijk,sant,sand,privat,konfidentiell,"
    "fortrolig,tak,prawda,prywatny,prywatne,poufne,ano,soukromé,да,истина,частный,личный"
)
_FEWEST_TO_TELL = 5  # events: a word of a few may be of the events themselves
_OF_SALESFORCE = (
    "id isdeleted ownerid whoid whatid accountid startdatetime enddatetime activitydate activitydatetime"
    " durationinminutes isalldayevent ischild isgroupevent isrecurrence isarchived groupeventtype"
    " recurrenceactivityid showas createddate lastmodifieddate systemmodstamp"
)
# Of Salesforce's events: keys, times, flags; in lower case.
KEPT_OF_SALESFORCE = frozenset(_OF_SALESFORCE.split())


def without_private_events(feed: ObjectFeed) -> ObjectFeed:
    """A feed of Salesforce's as it may land, whichever way it came."""
    if feed.object != "Event":
        return feed
    batches = (without_private(batch, "IsPrivate", KEPT_OF_SALESFORCE) for batch in feed.batches)
    return replace(feed, batches=batches)


def without_private(
    batch: Batch,
    flag: str,
    kept: Collection[str],
    public: Collection[str] = (),
    private: Collection[str] = (),
) -> Batch:
    """A batch in which private events hold nothing but the columns `kept` (in lower case: keys, times, what
    else betrays nothing) and `flag`, the column that says so. `public`: further words, in lower case, that
    say the opposite; `private`: further ones that say so. A warning tells of a word that is neither and hides
    most events. What could not be read keeps its place and reason, without its text."""
    names = {name.lower(): name for name in batch.rows.column_names}
    if flag.lower() not in names:
        return batch
    batch = replace(batch, rejected=tuple(replace(item, record="") for item in batch.rejected))
    said = pc.utf8_lower(pc.utf8_trim_whitespace(pc.fill_null(batch.rows[names[flag.lower()]], "")))
    is_private = pc.invert(pc.is_in(said, pa.array([*_PUBLIC.split(","), *public])))
    if not pc.any(is_private).as_py():
        return batch
    rows = batch.rows
    for name in rows.column_names:
        if name.lower() not in (*kept, flag.lower(), SOURCE_FILE, SOURCE_ROW):
            emptied = pc.if_else(is_private, pa.scalar(None, rows.schema.field(name).type), rows[name])
            rows = rows.set_column(rows.column_names.index(name), name, emptied)
    told = _unknown_word(said.filter(is_private), batch.rows.num_rows, {*_PRIVATE.split(","), *private})
    if told:
        text = (
            f"{flag} says {told!r} of most events, which is not known as a word for public: they land as"
            " busy time, without what they are about. If it means public, say so:"
            f" `values: {{is_private: {{{told}: false}}}}`"
        )
        return replace(batch, rows=rows, warnings=(*batch.warnings, text))
    return replace(batch, rows=rows)


def _unknown_word(said: pa.ChunkedArray, events: int, known: Collection[str]) -> str:
    """The word that is not known and hides more than half of the events; empty where there is none."""
    if events < _FEWEST_TO_TELL:
        return ""
    for count in pc.value_counts(said).to_pylist():
        if 2 * count["counts"] > events and count["values"] not in known:
            return str(count["values"])
    return ""
