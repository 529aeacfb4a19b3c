"""Lines that programs of the field write and a parser refuses or misreads, rewritten to what they mean.

Belongs here: one line at a time, and only what has one plausible meaning. Runs in the expansion process.
"""

import quopri
import re

# Anchored to the first line break of a run: `(\r?\n)+[ \t]` takes minutes over a megabyte of empty lines.
_FOLD = re.compile(r"(?:(?<!\n)\r\n|(?<![\r\n])\n)(?:\r?\n)*[ \t]")
_SPACED_BEGIN_OR_END = re.compile(
    r"^(BEGIN|END)[ \t]*:[ \t]*([\w-]+)[ \t]*(?=\r?$)", re.IGNORECASE | re.MULTILINE
)
_REPAIRED = re.compile(
    r"^(ATTENDEE|ORGANIZER|RRULE|EXDATE|RDATE|DTSTART|DTEND|DURATION|RECURRENCE-ID)([;:][^\r\n]*)",
    re.I | re.M,
)
_ZONE_PARAMETER = re.compile(r';TZID=(?:"[^"]*"|[^;:"]*)', re.IGNORECASE)
_UNQUOTED_ZONE = re.compile(r';TZID=([^";=]*[:,][^";=]*):(\d{8}[^:]*)', re.IGNORECASE)
_MOMENTS = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID"})
_DATE = re.compile(r"\d{8}")
_UTC_VALUES = re.compile(r"\d{8}T\d{6}Z(?:/[^,]*)?(?:,\d{8}T\d{6}Z(?:/[^,]*)?)*[ \t]*", re.IGNORECASE)
_PARAMETER_VALUE = r'(?:"[^"]*"|[^";:,]*)'
_PARAMETERS = re.compile(r'(?:"[^"]*"|[^":])*')
# A person as RFC 5545 writes it. An address further on than where the value starts: what stands before it is
# parameters of which one is broken.
_PERSON = re.compile(
    rf"(?:;[\w-]+={_PARAMETER_VALUE}(?:,{_PARAMETER_VALUE})*)*"
    r":(?:[ \t]*mailto:(?!.*mailto:)|(?!.*mailto:)).*",
    re.IGNORECASE,
)
_LAST_ADDRESS = re.compile(r"(.*)(mailto:.*)", re.IGNORECASE)
_COMMON_NAME = re.compile(r";CN=(.*?)(?=;[A-Z][A-Z-]*(?:[=;]|$)|$)", re.IGNORECASE)
_PERSON_WORDS = re.compile(r';(PARTSTAT|ROLE|CUTYPE)="?([\w-]+)', re.IGNORECASE)
# vCalendar 1.0: a line that ends in `=` goes on in the next one, which is not indented.
_QUOTED_PRINTABLE = re.compile(
    r"^([\w-]+)((?:;[^;:\r\n]*)*;(?:ENCODING=)?QUOTED-PRINTABLE(?:;[^:\r\n]*)?):"
    r"((?:[^\r\n]*=\r?\n)*[^\r\n]*)",
    re.IGNORECASE | re.MULTILINE,
)
_CHARSET = re.compile(r";CHARSET=([\w-]+)", re.IGNORECASE)


def plain_lines(text: str) -> str:
    """The text with one way of ending lines and of writing BEGIN and END, and without padding at its end.

    `BEGIN:VEVENT` with a blank behind it is another component to the parser, which nobody would ask for.
    """
    text = text.rstrip(" \t\r\n\0\x1a").replace("\r\r\n", "\r\n")
    if "\n" not in text:
        text = text.replace("\r", "\n")
    if _is_quoted_printable(text):
        text = _QUOTED_PRINTABLE.sub(_decoded, text)
    return _SPACED_BEGIN_OR_END.sub(r"\1:\2", text)


def unfold(text: str) -> str:
    """The text with every property on a line of its own."""
    return _FOLD.sub("", text)


def repaired(unfolded: str) -> str:
    """The text with its times, rules and people in a form that the parser takes for what they mean."""
    return _REPAIRED.sub(_repaired_line, unfolded)


def _repaired_line(found: re.Match[str]) -> str:
    name, rest = found[1], found[2]
    if name.upper() in ("ATTENDEE", "ORGANIZER"):
        return name + (rest if _PERSON.fullmatch(rest) else _person(rest))
    rest = _UNQUOTED_ZONE.sub(r';TZID="\1":\2', rest)  # (UTC+01:00) Amsterdam, Berlin
    parameters, colon, value = _head_and_value(rest)
    value = value.strip()
    if name.upper() == "RRULE":
        parts = [part for part in re.sub(r"[ \t]", "", value).split(";") if part.partition("=")[2]]
        return f"{name}{parameters}{colon}{';'.join(parts)}" if parts else found[0]
    if name.upper() in ("EXDATE", "RDATE") and "," in value:
        value = ",".join(filter(None, map(str.strip, value.split(","))))
    if name.upper() in _MOMENTS and _DATE.fullmatch(value) and "VALUE=" not in parameters.upper():
        # what is written as a date is one; with a zone the parser would take it for midnight there
        parameters = _ZONE_PARAMETER.sub("", parameters) + ";VALUE=DATE"
    if _UTC_VALUES.fullmatch(value):
        # RFC 5545 3.2.19: a time in UTC has no zone; the parser would give it that zone's clock instead
        parameters = _ZONE_PARAMETER.sub("", parameters)
    return f"{name}{parameters}{colon}{value}"


def _head_and_value(rest: str) -> tuple[str, str, str]:
    """Parameters, colon and value of a line without its name; a colon in quotes is part of a parameter."""
    value_at = _PARAMETERS.match(rest)
    end = value_at.end() if value_at else 0
    return rest[:end], rest[end : end + 1], rest[end + 1 :]


def _person(rest: str) -> str:
    """The address behind the last `mailto:`, and of the parameters those that are read."""
    address = _LAST_ADDRESS.fullmatch(rest)
    if not address:
        return rest
    written = address[1].rstrip(" \t:")
    name = _COMMON_NAME.search(written)
    common_name = name[1].replace('"', "").strip() if name else ""
    words = "".join(f";{word[1]}={word[2]}" for word in _PERSON_WORDS.finditer(written))
    return (f';CN="{common_name}"' if common_name else "") + f"{words}:{address[2]}"


def _is_quoted_printable(text: str) -> bool:
    return re.search("QUOTED-PRINTABLE", text, re.IGNORECASE) is not None


def _decoded(found: re.Match[str]) -> str:
    content = quopri.decodestring(found[3].encode("utf-8", "surrogatepass"))
    charset = _CHARSET.search(found[2])
    for encoding in (charset[1] if charset else "utf-8", "cp1252"):
        try:
            value = content.decode(encoding)
            break
        except (UnicodeDecodeError, LookupError):
            continue
    else:
        return found[0]
    return f"{found[1]}:" + re.sub(r"\r\n|\r|\n", r"\\n", value)
