"""From an id of the marts to the record in the CRM: for the UI, so that a failing row is one click away."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from orchestration.sources_file import SourceEntry

_KINDS = {
    "lead_id": "lead",
    "duplicate_of": "lead",
    "contact_id": "contact",
    "account_id": "account",
    "opportunity_id": "opportunity",
    "rep_id": "user",
    "owner_id": "user",
    "manager_id": "user",
}
_KEY = re.compile(r"\b(\w+)=([a-z0-9_]+):([^\s,|]+)")
_MARKUP = re.compile(r"([\\`*_\[\]<>|~#])")


class RecordLinks:
    """`record_url` of each source instance: kind of record to a pattern with `{id}`."""

    def __init__(self, sources: Iterable[SourceEntry]) -> None:
        self._patterns: dict[str, Mapping[Any, str]] = {entry.name: entry.record_url for entry in sources}

    def markdown(self, text: str) -> str:
        """The text as Markdown, in which `lead_id=crm:00Q…` is a link where a pattern is configured."""
        parts, end = [], 0
        for found in _KEY.finditer(text):
            column, instance, native = found.groups()
            pattern = self._patterns.get(instance, {}).get(_KINDS.get(column, ""))
            if pattern:
                shown = _escaped(f"{instance}:{native}")
                address = pattern.replace("{id}", quote(native, safe=""))
                parts += [_escaped(text[end : found.start(2)]), f"[{shown}]({address})"]
                end = found.end()
        return "".join([*parts, _escaped(text[end:])])


def markdown_table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Rows of finished Markdown as a table."""
    names = list(header)
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join("| " + " | ".join(cell.replace("\n", " ") for cell in line) + " |" for line in lines)


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)
