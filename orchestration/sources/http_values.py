"""What stands in HTTP answers, read without changing it: JSON, Retry-After, vendors' own words on errors.

Belongs here: text to values. When an answer counts as one is `transport`'s.
"""

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any


class Number(str):
    """A JSON number with a fraction or exponent, as it was written: it never passes through a float."""

    __slots__ = ()


def parsed_json(body: bytes) -> Any:
    """JSON with numbers as written: integers of any length, fractions as `Number`. Bytes that are no
    UTF-8 come as lone surrogates, so that only the rows that hold one are lost. Raises ValueError."""
    text = body.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    return json.loads(text, parse_float=Number, parse_constant=Number)


def retry_after_seconds(header: str | None, now: datetime | None = None) -> float | None:
    """Retry-After in seconds from now: a number or an HTTP date; None where absent or unreadable."""
    text = (header or "").strip()
    if re.fullmatch(r"[0-9]{1,12}([.][0-9]+)?", text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def messages(value: Any) -> list[str]:
    """What vendors put their words into: message, error (text, or an object with a code and a message),
    error_description, errorCode, detail."""
    if isinstance(value, list):
        return [text for item in value[:3] for text in messages(item)]
    if not isinstance(value, dict):
        return []
    names = ("errorCode", "category", "error", "error_description", "message", "error_info", "detail")
    found = [value[name] for name in names if isinstance(value.get(name), str)]
    inner = value.get("error")
    if isinstance(inner, dict):
        found += [inner["code"]] if isinstance(inner.get("code"), str) else []
        found += messages(inner)
    return found


def dav_conditions(body: bytes) -> str:
    """Names of the conditions that a WebDAV server says were not met (RFC 4918 16), for example
    `valid-sync-token`; its free text is left out."""
    text = body[:10_000].decode("utf-8", "replace")
    names = re.findall(r"<(?:[\w.-]+:)?([a-z][a-z-]*)[\s/>]", text)
    return " ".join(name for name in names if "-" in name)
