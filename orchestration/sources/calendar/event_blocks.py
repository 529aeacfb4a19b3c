"""A text that does not parse, cut into its events, so that each can be tried by itself.

Belongs here: finding where things begin and end. No parsing. Runs in the expansion process.
"""

import re
from dataclasses import dataclass, field

BEGIN_OR_END = re.compile(r"^(BEGIN|END)[ \t]*:[ \t]*([\w-]+)[ \t\r]*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One event as written. `head`: number of its calendar; `is_ended`: it has its END:VEVENT."""

    head: int
    text: str
    is_ended: bool


@dataclass
class Blocks:
    """`heads`: of each calendar the lines that belong to no component; `is_cut_off`: the text ends within
    a calendar."""

    events: list[Block] = field(default_factory=list)
    zones: list[str] = field(default_factory=list)
    heads: list[list[str]] = field(default_factory=list)
    is_cut_off: bool = False


def cut_into_events(unfolded: str) -> Blocks:
    """The events in the order written, whatever is broken between them. What lies outside of a calendar, or
    in components that nobody reads, is left out."""
    found = Blocks()
    opened: str | None = None  # the component within the calendar
    lines: list[str] = []
    is_calendar = False
    for line in re.split(r"\r?\n", unfolded):
        mark = BEGIN_OR_END.fullmatch(line)
        kind, name = (mark[1].upper(), mark[2].upper()) if mark else ("", "")
        is_event_or_calendar = name == "VCALENDAR" or (kind == "BEGIN" and name == "VEVENT")
        if opened and (is_event_or_calendar or (kind == "END" and name == opened)):
            is_ended = kind == "END" and name == opened
            _close(found, opened, [*lines, line] if is_ended else lines, is_ended=is_ended)
            opened, lines = None, []
            if is_ended:
                continue
        if opened:
            lines.append(line)
        elif name == "VCALENDAR":
            is_calendar = kind == "BEGIN"
            if is_calendar:
                found.heads.append([])
        elif kind == "BEGIN" and is_calendar:
            opened, lines = name, [line]
        elif is_calendar:
            found.heads[-1].append(line)
    if opened and is_calendar:
        _close(found, opened, lines, is_ended=False)
    found.is_cut_off = is_calendar
    return found


def _close(found: Blocks, name: str, lines: list[str], *, is_ended: bool) -> None:
    text = "\r\n".join(lines)
    if name == "VEVENT":
        found.events.append(Block(len(found.heads) - 1, text, is_ended))
    elif name == "VTIMEZONE" and is_ended:
        found.zones.append(text)
    elif not is_ended:
        # where it should have ended nobody knows: some lines may be the calendar's own, as that it is private
        found.heads[-1].extend(lines)
