"""Text as valid UTF-8, wherever the pieces are cut in which it is read."""

import io

import pytest

from orchestration.sources.text_stream import END_OF_FILE, Utf8Stream, detect_encoding

_TEXT = "ascii äöü ßé\n€uro 名前 𝄞𝄞 😀,\nlast é"


@pytest.mark.parametrize("chunk", range(4, 13))
@pytest.mark.parametrize("size", [1, 4, 5, 7, 64, -1])
def test_characters_may_be_cut_by_the_pieces(chunk: int, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.sources.text_stream._CHUNK", chunk)
    data = _TEXT.encode()
    assert detect_encoding(lambda: io.BytesIO(data)) == "utf-8"
    stream = Utf8Stream(io.BytesIO(data), "utf-8")
    pieces = list(iter(lambda: stream.read(size), b""))
    assert b"".join(pieces).decode() == f"{_TEXT}\n{END_OF_FILE}\n"
    assert size < 0 or all(len(piece) <= size for piece in pieces)
    assert not stream.has_bad_bytes


@pytest.mark.parametrize("chunk", range(4, 13))
def test_bytes_that_are_no_characters_are_found_wherever_they_are_cut(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.sources.text_stream._CHUNK", chunk)
    data = "äöü 名前\n".encode() * 3 + b"x\xe2\x82\n" + "äöü 名前".encode() + b"\xf0\x9d"
    assert detect_encoding(lambda: io.BytesIO(data)) == "utf-8"
    stream = Utf8Stream(io.BytesIO(data), "utf-8")
    text = b"".join(iter(lambda: stream.read(16), b"")).decode()
    assert text.count("\ufdd0") == 4
    assert stream.has_bad_bytes
    assert text.replace("\ufdd0e2\ufdd082", "").replace("\ufdd0f0\ufdd09d", "") == (
        "äöü 名前\n" * 3 + "x\n" + "äöü 名前" + f"\n{END_OF_FILE}\n"
    )
