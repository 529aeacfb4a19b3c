"""Text files of any usual encoding as one stream of valid UTF-8.

Belongs here: encodings. Bytes that cannot be decoded do not stop a file: each becomes `BAD_BYTE` and
two hex digits, so that the reader can reject just the rows that hold one.
"""

import codecs
import io
import re
from collections.abc import Callable, Generator
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from orchestration.sources.read_ahead import read_ahead

# Unicode noncharacters: never part of text that is interchanged, so they cannot stand in a file.
BAD_BYTE = "\ufdd0"
END_OF_FILE = "\ufdd1"

_CHUNK = 1 << 20
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_ASCII = bytes(range(128))
# No character at all, and one that hardly any word has: signs of damage rather than of cp1252.
_NOT_CP1252 = b"\x81\x8d\x8f\x90\x9d\xff"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16's, with which it begins
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    marked = "".join(f"{BAD_BYTE}{byte:02x}" for byte in error.object[error.start : error.end])
    return marked, error.end


codecs.register_error("mark_bad_bytes", _mark)


def unmarked(text: str) -> str:
    """Text as received, with bytes that could not be decoded as \\xNN."""
    return text.replace(BAD_BYTE, "\\x").replace(f"\n{END_OF_FILE}", "").rstrip("\r\n")


def detect_encoding(opener: Callable[[], BinaryIO], otherwise: str | None = None) -> str:
    """Encoding of a text file: utf-8, utf-16-le, utf-16-be, utf-32-le, utf-32-be, else `otherwise`, which is
    mac_roman or cp1252 where it is not said.

    A byte order mark decides. Without one, zero bytes on every other place mean UTF-16. Text of cp1252
    hardly ever happens to be UTF-8 too, so ten stray bytes for each good character beyond ASCII mean
    cp1252, fewer leave it UTF-8 with bad rows. Where lines end in carriage returns alone, Excel wrote it as
    `CSV (Macintosh)`, and they mean Mac Roman.
    """
    valid = invalid = damaged = 0
    with opener() as stream:
        head = stream.read(4096)
        for bom, encoding in _BOMS:
            if head.startswith(bom):
                return encoding
        pairs = max(1, len(head) // 2)
        for encoding, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
            if zeros.count(0) > 0.4 * pairs:
                return encoding
    if _is_utf8(opener):
        return "utf-8"
    with opener() as stream:
        decoder = codecs.getincrementaldecoder("utf-8")()
        while chunk := stream.read(_CHUNK):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                decoder.reset()
                rest, count = _MULTIBYTE.subn(b"", chunk)
                high = rest.translate(None, _ASCII)
                valid, invalid = valid + count, invalid + len(high)
                damaged += len(high) - len(high.translate(None, _NOT_CP1252))
            else:
                if not chunk.isascii():
                    valid += len(chunk) - len(chunk.translate(None, bytes(range(0xC2, 0xF5))))
    if otherwise:
        return otherwise if invalid > 10 * valid else "utf-8"
    if b"\r" in head and b"\n" not in head:
        return "mac_roman" if invalid > 10 * valid else "utf-8"
    return "cp1252" if invalid > 10 * max(valid, 2 * damaged) else "utf-8"


def _is_utf8(opener: Callable[[], BinaryIO]) -> bool:
    """Whether a file is UTF-8 throughout, as nearly every one is; told at a fifth of what counting its
    characters costs."""
    rest = b""
    for chunk in read_ahead(_chunks(opener), 2):
        whole, rest = _at_a_character(rest + chunk)
        if not _is_valid(whole):
            return False
    return _is_valid(rest)


def _chunks(opener: Callable[[], BinaryIO]) -> Generator[bytes, None, None]:
    with opener() as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _at_a_character(data: bytes) -> tuple[bytes, bytes]:
    """Bytes of UTF-8, and the beginning of a character that is cut off at their end: mostly none, and
    then they are not copied."""
    for back in range(1, min(4, len(data) + 1)):
        byte = data[-back]
        if byte >= 0xC0:  # a character of as many bytes as it begins with ones
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return (data[:-back], data[-back:]) if back < length else (data, b"")
        if byte < 0x80:
            break
    return data, b""


def _is_valid(data: bytes) -> bool:
    """Whether bytes are whole characters of UTF-8. By Arrow: several times as fast as decoding them."""
    if data.isascii():
        return True
    ends = pa.py_buffer(np.array([0, len(data)], dtype=np.int64))
    try:
        pa.Array.from_buffers(pa.large_utf8(), 1, [None, ends, pa.py_buffer(data)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _is_unmarked_utf8(data: bytes) -> bool:
    """Whether bytes are UTF-8 that holds neither of the marks; both begin with a byte that is rare."""
    if not _is_valid(data):
        return False
    return b"\xef" not in data or not any(mark in data.decode() for mark in (BAD_BYTE, END_OF_FILE))


class Utf8Stream(io.RawIOBase):
    """A file's text as UTF-8 bytes, without byte order mark, ended by `END_OF_FILE` on a line of its own.

    The end mark shows whether the last quote was ever closed: if not, it stands inside the last field.
    """

    def __init__(self, raw: BinaryIO, encoding: str) -> None:
        super().__init__()
        self._raw = raw
        self._is_utf8 = encoding == "utf-8"
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="mark_bad_bytes")
        self._pending = b""
        self._cut = b""  # read, but not yet known to end with a whole character
        self._is_start = True
        self._is_end = False
        self._last = b""  # byte that was read, before the end mark
        self.has_bad_bytes = False  # so far; reading goes ahead of parsing

    def read_record(self, limit: int = 1 << 20) -> str:
        """The first record that is not blank, without its line end; `""` at the end of the file.

        Raises ValueError where a record is longer than `limit` bytes.
        """
        while True:
            end = _record_end(self._pending)
            if end is not None:
                record, self._pending = self._pending[: end[0]], self._pending[end[1] :]
                text = record.decode()
                if text == END_OF_FILE:
                    self._pending = record
                    return ""
                if text.strip():
                    return text
            elif not self._fill():
                return ""
            elif len(self._pending) > limit + _CHUNK:
                raise ValueError(f"its first record is longer than {limit:,} bytes")

    def peek_records(self, count: int) -> list[str]:
        """Up to `count` of the records that `read_record` gives next, fewer at the end or before one that is
        too long; they are read again."""
        records: list[str] = []
        try:
            while len(records) < count and (record := self.read_record()):
                records.append(record)
        except ValueError:
            pass  # told where it is read
        self._pending = "".join(f"{record}\n" for record in records).encode() + self._pending
        return records

    @property
    def is_line_ended(self) -> bool:
        """Whether the file ends with a line end; once all of it has been read."""
        return self._last in b"\r\n"

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes (all there are where negative), short of it by no more than a cut character,
        which spares a copy, or a carriage return; empty only at the end."""
        parts, found = [self._pending] if self._pending else [], len(self._pending)
        while size < 0 or found < max(1, size - 3):
            self._pending = b""
            if not self._fill(max(_CHUNK, size - found)):
                break
            parts.append(self._pending)
            found += len(self._pending)
        taken = b"".join(parts)  # once: growing one piece by piece copies a block of 32 MB 16 times over
        size = len(taken) if size < 0 else min(size, len(taken))
        if size > 1 and taken[size - 1 : size] == b"\r":
            # Arrow leaves out a line feed with which a block begins after one that ended so, in quotes too
            size -= 1
        taken, self._pending = taken[:size], taken[size:]
        return taken

    def close(self) -> None:
        self._raw.close()
        super().close()

    def _fill(self, size: int = _CHUNK) -> bool:
        if self._is_end:
            return False
        chunk = self._raw.read(size - len(self._cut))
        data, self._cut = self._cut + chunk, b""
        if chunk and self._is_utf8 and not self._decoder.getstate()[0]:
            whole, rest = _at_a_character(data)
            if whole and _is_unmarked_utf8(whole):  # already what it would be decoded and encoded to
                if self._is_start:
                    whole, self._is_start = whole.removeprefix(codecs.BOM_UTF8), False
                self._pending += whole
                self._cut = rest
                self._last = whole[-1:]
                return True
        text = self._decoder.decode(data, final=not chunk)
        if self._is_start and text:
            text, self._is_start = text.removeprefix("\ufeff"), False
        self.has_bad_bytes |= BAD_BYTE in text
        self._last = text[-1:].encode()[-1:] or self._last
        if not chunk:
            self._is_end = True
            text += f"\n{END_OF_FILE}\n"
        self._pending += text.encode()
        return True


def _record_end(data: bytes) -> tuple[int, int] | None:
    """Where the first record ends and the next begins; line ends inside quotes do not count."""
    quotes = position = 0
    for match in re.finditer(rb"\r\n|\n|\r(?=.)", data, re.DOTALL):
        quotes += data.count(b'"', position, match.start())
        position = match.start()
        if quotes % 2 == 0:
            return match.start(), match.end()
    return None
