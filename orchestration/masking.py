"""Texts that leave the private rooms, without what identifies a person in them."""

import re
from typing import Any

_ADDRESS = re.compile(r"""([^\s@<>"'(),;:=|/]?)[^\s@<>"'(),;:=|/]*@(\w[\w-]*(?:\.[\w-]+)+)""")
# International form only: any other run of digits may be an id.
_NUMBER = re.compile(r"(?<![\w.:+-])(\+\d{1,2})[\d ().\-/]{5,}\d")


def masked(text: str) -> str:
    """`jane@acme.io` becomes `j***@acme.io`, and of `+49 30 1234567` stays `+49***`."""
    return _NUMBER.sub(r"\1***", _ADDRESS.sub(r"\1***@\2", text))


def masked_values(value: Any) -> Any:
    """Dictionaries, lists and texts, every text in them masked."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {key: masked_values(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked_values(item) for item in value]
    return value
