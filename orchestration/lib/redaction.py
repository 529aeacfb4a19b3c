"""Taking one person's texts out of values, the same way in SQL and in Python.

Belongs here: what is replaced by what. Which files hold such values is `erasure`.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.lib.content import quoted, text
from orchestration.lib.person import Person

# An address stays one, so that a meeting with the person stays one with somebody outside.
ERASED_ADDRESS = "erased@erased.invalid"
ERASED = "[erased]"
_REFERENCE = re.compile(r"(lead|contact|person|who)[ _]?ids?$", re.IGNORECASE)
_SHORTEST_PART = 3  # "Al" and "Li" are in too many words


@dataclass(frozen=True)
class Redaction:
    """`everywhere`: (pattern, replacement) for any text; `own`: for texts of rows that name the person by
    id or address, where the parts of the name are theirs too; `shared`: how many texts belong to others."""

    person: Person
    everywhere: tuple[tuple[str, str], ...]
    own: tuple[tuple[str, str], ...]
    probes: tuple[str, ...]  # lower case; none of them may be found afterwards
    shared: int

    def text(self, value: str, *, is_own: bool = False) -> str:
        """`value` without the person."""
        for pattern, replacement in self.everywhere + (self.own if is_own else ()):
            value = re.sub(pattern, replacement, value)
        return value

    def document(self, value: str) -> str:
        """As `text`; of a JSON text every string in it, however it is escaped."""
        try:
            parsed = json.loads(value)
        except ValueError:
            return self.text(value)
        redacted = redact_json(self, parsed)
        return value if redacted == parsed else json.dumps(redacted, ensure_ascii=False)

    def own_column(self, name: str) -> str:
        """SQL of a text column of a row that names the person."""
        return self._sql(quoted(name), self.everywhere + self.own)

    def is_named(self, columns: Iterable[str]) -> str:
        """SQL: one of the text columns holds a text of the person's."""
        joined = f"lower(concat_ws(chr(10), {', '.join(quoted(column) for column in columns)}))"
        return "(" + (" or ".join(f"contains({joined}, {text(p)})" for p in self.probes) or "false") + ")"

    @staticmethod
    def _sql(expression: str, replacements: tuple[tuple[str, str], ...]) -> str:
        for pattern, replacement in replacements:
            expression = f"regexp_replace({expression}, {text(pattern)}, {text(replacement)}, 'g')"
        return expression


def is_reference(column: str) -> bool:
    """Does a column of this name hold the id of a lead, contact or person?"""
    return bool(_REFERENCE.search(column))


def redaction_of(person: Person, shared: set[str]) -> Redaction:
    """What is to be replaced for a person; `shared` texts (lower case) only in rows of their own."""
    emails = sorted(person.emails, key=len, reverse=True)
    others = sorted(person.names | person.phones, key=len, reverse=True)
    ids = sorted(person.record_ids, key=len, reverse=True)
    unique = [item for item in emails + others if item.lower() not in shared]
    everywhere = [(_bounded(item), _around(ERASED_ADDRESS if "@" in item else ERASED)) for item in unique]
    everywhere += [(_bounded(item), _around(ERASED)) for item in ids]
    held_back = [item for item in emails + others if item.lower() in shared]
    parts = sorted((p for p in person.name_parts if len(p) >= _SHORTEST_PART), key=len, reverse=True)
    own = [(_bounded(item), _around(ERASED_ADDRESS if "@" in item else ERASED)) for item in held_back + parts]
    return Redaction(
        person,
        tuple(everywhere),
        tuple(own),
        tuple(sorted({item.lower() for item in unique})),
        len({item.lower() for item in held_back}),
    )


def redact_json(redaction: Redaction, value: Any) -> Any:
    """A JSON value without the person, whatever its depth."""
    if isinstance(value, str):
        return redaction.text(value)
    if isinstance(value, Mapping):
        return {key: redact_json(redaction, item) for key, item in value.items()}
    if isinstance(value, list):
        return [redact_json(redaction, item) for item in value]
    return value


def text_columns(connection: duckdb.DuckDBPyConnection, relation: str) -> list[tuple[str, bool]]:
    """(name, is it text) of every column of a relation, in order."""
    described = connection.execute(f"describe select * from {relation}").fetchall()
    return [(name, kind == "VARCHAR") for name, kind, *_ in described]


def _bounded(item: str) -> str:
    """A whole word, number or address in any case. RE2 and Python read it alike: no look-around."""
    return rf"(?i)(^|[^\w.+@-]){re.escape(item)}($|[^\w@-])"


def _around(token: str) -> str:
    return rf"\1{token}\2"
