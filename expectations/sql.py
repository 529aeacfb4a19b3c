"""Values of a build inside the SQL of a suite: `${name}` becomes a literal or a relation.

Great Expectations itself replaces nothing but `{batch}` there. Belongs here: rendering only.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestration.errors import PipelineError

_PLACEHOLDER = re.compile(r"\$\{([a-z_]+)\}")


@dataclass(frozen=True)
class Relation:
    """Rows to select from in SQL. `columns`: name to SQL type."""

    columns: dict[str, str]
    rows: tuple[tuple[Any, ...], ...]

    def sql(self) -> str:
        """A parenthesised select with the declared names and types, also where there is no row."""
        empty = ", ".join(f"null::{kind} as {name}" for name, kind in self.columns.items())
        selects = [f"select {empty} where false"]
        for row in self.rows:
            selects.append("select " + ", ".join(literal(value) for value in row))
        return "(" + " union all ".join(selects) + ")"


Value = str | int | float | datetime | Relation | None


def literal(value: Any) -> str:
    """One value as SQL text. Braces are doubled and colons escaped: the text passes through
    `str.format` and SQLAlchemy's bind parameters on its way to DuckDB."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, datetime):
        return f"timestamp '{value.isoformat(sep=' ')}'".replace(":", "\\:")
    quoted = str(value).replace("'", "''").replace("{", "{{").replace("}", "}}")
    return "'" + quoted.replace(":", "\\:") + "'"


def render(template: str, parameters: Mapping[str, Value]) -> str:
    """Replace every `${name}`. Raises PipelineError where a name has no value."""

    def replace(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in parameters:
            raise PipelineError(
                f"a suite asks for the parameter {name}, which no build gives",
                f"Use one of: {', '.join(sorted(parameters)) or 'none'}.",
            )
        value = parameters[name]
        return value.sql() if isinstance(value, Relation) else literal(value)

    return _PLACEHOLDER.sub(replace, template)
