"""CalDAV's XML: the four requests that are sent, and what their answers say.

Belongs here: text to values. RFC 4918 (WebDAV), 4791 (CalDAV), 6578 (sync-collection). Answers are
parsed by expat, which has bounded entity expansion since 2.4.1; one with a DOCTYPE is refused all the
same, because no server needs it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

_DAV, _CALDAV = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
_HEAD = '<?xml version="1.0" encoding="utf-8"?>'
_SPACES = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'


@dataclass(frozen=True)
class Resource:
    """One answer of several: its path on the server, its status (404: gone), and what was asked for."""

    path: str
    status: int
    etag: str | None = None
    data: str | None = None
    is_collection: bool = False


@dataclass(frozen=True)
class Multistatus:
    resources: tuple[Resource, ...]
    sync_token: str | None


def sync_request(token: str) -> bytes:
    """What changed since `token`; with an empty one everything there is."""
    return (
        f"{_HEAD}<sync-collection {_SPACES}><sync-token>{escape(token)}</sync-token>"
        "<sync-level>1</sync-level><prop><getetag/></prop></sync-collection>"
    ).encode()


def listing_request() -> bytes:
    """For servers without sync-collection: a PROPFIND of what a collection holds."""
    return f"{_HEAD}<propfind {_SPACES}><prop><getetag/><resourcetype/></prop></propfind>".encode()


def multiget_request(paths: Sequence[str]) -> bytes:
    """The calendar text of some resources."""
    hrefs = "".join(f"<href>{escape(path)}</href>" for path in paths)
    return (
        f"{_HEAD}<C:calendar-multiget {_SPACES}><prop><getetag/><C:calendar-data/></prop>{hrefs}"
        "</C:calendar-multiget>"
    ).encode()


def parse_multistatus(body: bytes) -> Multistatus:
    """A 207's body. Raises ValueError where it is none."""
    if b"<!DOCTYPE" in body[:1000] or b"<!ENTITY" in body:
        raise ValueError("it declares entities")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - no entities, see above
    except ElementTree.ParseError as error:
        raise ValueError(f"it is no XML: {error}") from None
    if root.tag != f"{_DAV}multistatus":
        raise ValueError("it is no multistatus")
    token = root.findtext(f"{_DAV}sync-token")
    found = [_resource(response) for response in root.findall(f"{_DAV}response")]
    return Multistatus(tuple(item for item in found if item), (token or "").strip() or None)


def _resource(response: ElementTree.Element) -> Resource | None:
    href = (response.findtext(f"{_DAV}href") or "").strip()
    if not href:
        return None
    status = _status(response.findtext(f"{_DAV}status"))
    etag = data = None
    is_collection = False
    for part in response.findall(f"{_DAV}propstat"):
        if _status(part.findtext(f"{_DAV}status")) == 200:
            etag = part.findtext(f"{_DAV}prop/{_DAV}getetag") or etag
            data = part.findtext(f"{_DAV}prop/{_CALDAV}calendar-data") or data
            kind = f"{_DAV}prop/{_DAV}resourcetype/{_DAV}collection"
            is_collection = is_collection or part.find(kind) is not None
    return Resource(plain_path(href), status or 200, etag, data, is_collection)


def _status(line: str | None) -> int:
    parts = (line or "").split()
    return int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0


def plain_path(href: str) -> str:
    """The path of an address or path, percent-encoded in one way: servers are free to choose theirs, and
    the same resource must have one name."""
    return quote(unquote(urlsplit(href).path), safe="/@:!$&'()*+,;=~-._")
