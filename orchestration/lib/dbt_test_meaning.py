"""What a dbt test asks for, in words: for the UI, the reports and the documentation."""

import re
from collections.abc import Callable, Mapping
from typing import Any

_COMMENT = re.compile(r"\A(?:\s*--[^\n]*\n)+")


def meaning_of_test(node: Mapping[str, Any]) -> str:
    """One or two sentences: the test's own description, else the comment at the top of its SQL, else what
    its kind means."""
    if said := str(node.get("description") or "").strip():
        return said
    kind = (node.get("test_metadata") or {}).get("name")
    if kind in _KINDS:
        return _KINDS[kind](node["test_metadata"]["kwargs"])
    comment = _COMMENT.match(node.get("raw_code") or "")
    if comment:
        return " ".join(line.strip().removeprefix("--").strip() for line in comment[0].splitlines())
    return "A rule of the model, stated in its YAML."


def _columns(arguments: Mapping[str, Any]) -> str:
    return ", ".join(arguments.get("columns") or [arguments["column_name"]])


def _related(arguments: Mapping[str, Any]) -> str:
    table = re.sub(r"\W*ref\W+(\w+)\W*", r"\1", str(arguments["to"]))
    return f"Every {arguments['column_name']} that is not null is a {arguments['field']} of {table}."


def _accepted(arguments: Mapping[str, Any]) -> str:
    values = ", ".join(str(value) for value in arguments["values"])
    return f"{arguments['column_name']} is one of {values}."


_KINDS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "never_null": lambda arguments: f"Never null: {_columns(arguments)}.",
    "not_null": lambda arguments: f"Never null: {_columns(arguments)}.",
    "unique": lambda arguments: f"No two rows have the same {_columns(arguments)}.",
    "one_row_per": lambda arguments: f"One row per {_columns(arguments)}.",
    "primary_key": lambda arguments: f"One row per {_columns(arguments)}, and none without it.",
    "relationships": _related,
    "accepted_values": _accepted,
}
