"""CSVs as people send them: every row is either read or rejected with its number and its text."""

import io
import random
from collections.abc import Callable
from typing import BinaryIO

import pyarrow.compute as pc
import pytest

from orchestration.errors import PipelineError
from orchestration.records import Rejected
from orchestration.sources import csv_reader
from orchestration.sources.csv_reader import read_csv
from orchestration.sources.headers import named_twice
from orchestration.sources.text_stream import detect_encoding

Row = dict[str, str | int | None]


def opener(data: bytes) -> Callable[[], BinaryIO]:
    return lambda: io.BytesIO(data)


def read(data: bytes) -> tuple[list[Row], list[Rejected]]:
    rows: list[Row] = []
    rejected: list[Rejected] = []
    for batch in read_csv(opener(data), "f.csv", "crm"):
        rows.extend(batch.rows.drop_columns("_source_file").to_pylist())
        rejected.extend(batch.rejected)
    return rows, rejected


def message(data: bytes) -> str:
    with pytest.raises(PipelineError) as error:
        read(data)
    assert "crm" in str(error.value)
    assert "f.csv" in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_encodings_separators_and_line_ends(encoding: str, separator: str, line_end: str) -> None:
    lines = ["Id", "Name"], ["0012345678901234567", "Zoë"], ["2", '"a\nb"'], ["3", ""]
    text = line_end.join(separator.join(line) for line in lines)
    rows, rejected = read(text.encode(encoding))
    assert rejected == []
    assert rows == [
        {"Id": "0012345678901234567", "Name": "Zoë", "_source_row": 1},
        {"Id": "2", "Name": "a\nb", "_source_row": 2},
        {"Id": "3", "Name": None, "_source_row": 3},
    ]


def test_what_excel_writes_on_a_macintosh() -> None:
    rows, rejected = read('Id;Name\r1;"Müller; Søn"\r2;Chère\r'.encode("mac_roman"))
    assert rejected == []
    assert [row["Name"] for row in rows] == ["Müller; Søn", "Chère"]


@pytest.mark.parametrize(
    "above",
    [
        "Pipeline report, March\n",
        '"Pipeline\nreport"\r\n\r\nAs of;2026-03-01\r\n',
        "Pipeline report;;;;\n;;;;\n",
        "sep=;\nPipeline report\n",
    ],
)
@pytest.mark.parametrize("count", [0, 1, 40])
def test_what_stands_above_the_column_names_is_told_and_left_out(above: str, count: int) -> None:
    records = "".join(f"00{n};Acme;;{n},5;a, b and c\r\n" for n in range(count))
    text = f"{above}Id;Account;Owner;Amount;Next step\r\n{records}"
    batches = list(read_csv(opener(text.encode()), "f.csv", "crm"))
    assert batches[0].rows.column_names[:5] == ["Id", "Account", "Owner", "Amount", "Next step"]
    rows = [row for batch in batches for row in batch.rows.to_pylist()]
    assert [(row["Id"], row["Amount"], row["_source_row"]) for row in rows] == [
        (f"00{n}", f"{n},5", n + 1) for n in range(count)
    ]
    (told,) = batches[0].warnings
    assert "Pipeline" in told
    assert "report" in told
    assert not any(batch.rejected for batch in batches)


def test_titles_of_a_file_that_is_cut_off_are_told_too() -> None:
    batches = list(read_csv(opener(b"Report\nId,Name,Town\n1,a,b\n2,b"), "f.csv", "crm"))
    assert [item.code for batch in batches for item in batch.rejected] == ["cut_off"]
    told = [text.split(": ")[0] for batch in batches for text in batch.warnings]
    assert told == ["f.csv", "f.csv, row 2"]


@pytest.mark.parametrize(
    "text",
    [
        "Id,Note\n1,a\n2,b\nthree,is,cut,at,commas\n3,c\n4,d\n",
        "Id;Note\n1;a, b, c, d and e\n2;a, b, c, d and f\n",
        "day,name\n2026-01-01,New Year\n",
        "Id,Name,Town\n1,a,b,c,d,e,f,g\n",
        "Id\n1\n2\n",
    ],
)
def test_a_first_line_that_may_name_the_columns_does(text: str) -> None:
    batches = list(read_csv(opener(text.encode()), "f.csv", "crm"))
    first = text.split("\n", 1)[0]
    names = [name for name in batches[0].rows.column_names if name[0] != "_"]
    assert names == first.split(";" if ";" in first else ",")
    assert not any(batch.warnings for batch in batches)


def test_utf16_big_endian_with_mark() -> None:
    assert read("\ufeffId\n1\n".encode("utf-16-be"))[0] == [{"Id": "1", "_source_row": 1}]


def test_ragged_rows_are_rejected_whole() -> None:
    rows, rejected = read(b'a,b\n1,x\n2\n3,y\n\n4,"p\nq"\n5,z,"ex,tra"\n6,w\n')
    assert [(row["a"], row["_source_row"]) for row in rows] == [("1", 1), ("3", 3), ("4", 4), ("6", 6)]
    assert rejected == [
        Rejected("f.csv", 2, "ragged", "1 fields, the header has 2", "2"),
        Rejected("f.csv", 5, "ragged", "3 fields, the header has 2", '5,z,"ex,tra"'),
    ]


def test_a_ragged_row_with_a_huge_field_is_rejected() -> None:
    rows, rejected = read(f"a,b\n1,x\n2,y,{'z' * 200_000}\n".encode())
    assert (len(rows), [(item.row, item.code) for item in rejected]) == (1, [(2, "ragged")])


def test_row_numbers_hold_over_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_reader, "BLOCK_BYTES", 4096)
    monkeypatch.setattr(csv_reader, "BATCH_ROWS", 50)
    dice = random.Random(7)  # noqa: S311 - the same rows every time
    lines, bad = ["n,text"], set()
    for number in range(1, 5001):
        if dice.random() < 0.03:
            bad.add(number)
            lines.append(dice.choice([f"{number}", f"{number},a,b"]))
        else:
            lines.append(f'{number},"line\nbreak, {"x" * dice.randrange(60)}"')
    rows, rejected = read("\r\n".join(lines).encode())
    assert all(int(str(row["n"])) == row["_source_row"] for row in rows)
    assert [item.row for item in rejected] == sorted(bad)
    assert all(item.record.split(",")[0] == str(item.row) for item in rejected)
    assert len(rows) + len(rejected) == 5000


def test_only_rows_with_bad_bytes_are_rejected() -> None:
    data = "n,t\n1,é\n2,ü\n3,".encode() + b"\xff\xfe\n4,ok\n5\xff\n6,ok"
    rows, rejected = read(data)
    assert [row["n"] for row in rows] == ["1", "2", "4", "6"]
    assert [(item.row, item.code) for item in rejected] == [(3, "bad_encoding"), (5, "bad_encoding")]
    assert "\\xff" in rejected[0].record
    assert rejected[1].record == "5\\xff"


def test_utf16_with_a_lone_surrogate_rejects_that_row() -> None:
    data = "n,t\n1,".encode("utf-16-le") + b"\x00\xd8" + "\n2,ok\n".encode("utf-16-le")
    rows, rejected = read(b"\xff\xfe" + data)
    assert [row["n"] for row in rows] == ["2"]
    assert [item.row for item in rejected] == [1]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"plain", "utf-8"),
        ("é".encode("cp1252") * 3, "cp1252"),
        ("é".encode() * 3 + b"\xff", "utf-8"),
        (b"text \x81 text", "utf-8"),  # no character of cp1252 either: the row is rejected
        ("Zoë\rMüller, Chère\r".encode("mac_roman"), "mac_roman"),
        ("Zoë\rMüller\r".encode(), "utf-8"),
        ("Zoë\rMüller\r".encode() + b"\x8f\r", "utf-8"),
        ("Zoë\r\nMüller\r\n".encode("cp1252"), "cp1252"),
        ("a\tb\n".encode("utf-16-le"), "utf-16-le"),
        ("a\tb\n".encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_detected_encoding(data: bytes, encoding: str) -> None:
    assert detect_encoding(opener(data)) == encoding


def test_a_character_cut_by_a_chunk_is_no_bad_byte() -> None:
    filler = b"n\n" + b"x" * ((1 << 20) - 3 - 4092 - 4)
    for shift in range(4):
        data = filler + b"x" * shift + "€€€€".encode() * 2000 + b"\n"
        rows, rejected = read(data)
        assert (len(rows), rejected) == (1, [])


@pytest.mark.parametrize("row", [b'7,"x,y\n', b'7,"x\n'])
def test_lines_lost_behind_a_quote_are_told(row: bytes) -> None:
    batches = list(read_csv(opener(b"a,b\n1,2\n" + row + b"3,4\n" * 50), "f.csv", "crm"))
    (warning,) = [text for batch in batches for text in batch.warnings]
    assert "f.csv, row 2: a quote" in warning and "the 50 lines after it" in warning


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_file_that_ends_within_a_row_is_cut_off(encoding: str) -> None:
    whole = "a,b,c\n1,x,y\n2,x,y\n"
    batches = list(read_csv(opener((whole + "3,x").encode(encoding)), "f.csv", "crm"))
    assert [(item.row, item.code) for batch in batches for item in batch.rejected] == [(3, "cut_off")]
    (warning,) = [text for batch in batches for text in batch.warnings]
    assert "f.csv, row 3: the file ends within that row" in warning
    # with a line end a row is just too short, a footer has one field, a whole last row needs no line end
    for end, codes in (("3,x\n", ["ragged"]), ("the end", ["ragged"]), ("3,x,y", [])):
        assert [item.code for item in read((whole + end).encode(encoding))[1]] == codes


def test_unclosed_quote_swallows_nothing() -> None:
    rows, rejected = read(b'a,b\n1,x\n2,"oops\n3,y\n4,z\n')
    assert [row["a"] for row in rows] == ["1"]
    assert [(item.row, item.code) for item in rejected] == [(2, "unclosed_quote")]
    assert "4,z" in rejected[0].record
    _, rejected = read(b'a\n1\n"oops\n3\n')
    assert [(item.row, item.code) for item in rejected] == [(2, "unclosed_quote")]


@pytest.mark.parametrize("data", [b"a,b\n", b"a,b", b"a,b\n\n\n", "a,b\n".encode("utf-16")])
def test_header_only_still_names_the_columns(data: bytes) -> None:
    (batch,) = read_csv(opener(data), "f.csv", "crm")
    assert batch.rows.num_rows == 0
    assert batch.rows.column_names == ["a", "b", "_source_file", "_source_row"]
    assert {str(kind) for kind in batch.rows.schema.types[:3]} == {"string"}


def test_what_means_nothing_is_nothing_in_this_spelling_only() -> None:
    rows, _ = read(b'a,b,c\n1,NULL,#N/A\n2,\\N,"#REF!"\n3,Null,null\n4,#NAME?,x,\n')
    values = [(row["b"], row["c"]) for row in rows]
    assert values == [(None, None), (None, None), ("Null", "null"), (None, "x")]


def test_trailing_unnamed_columns() -> None:
    rows, rejected = read(b"a,b,,\n1,2,,\n3,4,,\n")
    assert rows == [{"a": "1", "b": "2", "_source_row": 1}, {"a": "3", "b": "4", "_source_row": 2}]
    rows, rejected = read(b"a,b,,\n1,2,,note\n")
    assert rows == [{"a": "1", "b": "2", "_unnamed_4": "note", "_source_row": 1}]
    # the header has no separator at its end, the rows have
    rows, rejected = read(b"a,b\n1,2,\n3,4,\n")
    assert [(row["b"], row["_source_row"]) for row in rows] == [("2", 1), ("4", 2)]
    assert rejected == []
    # the other way round; what lacks a named column is still no row
    rows, rejected = read(b"a,b,\n1,2\n3,4,\n5\n")
    assert [(row["b"], row["_source_row"]) for row in rows] == [("2", 1), ("4", 2)]
    assert [(item.row, item.code) for item in rejected] == [(3, "ragged")]


def test_a_field_of_ten_megabytes_lands() -> None:
    rows, rejected = read(b'a,b\n1,"' + b"x" * 10_000_000 + b'"\n2,y\n')
    assert len(str(rows[0]["b"])) == 10_000_000
    assert (rows[1]["a"], rejected) == ("2", [])


def test_a_field_beyond_every_measure_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_reader, "BLOCK_BYTES", 1 << 20)
    assert "never closed" in message(b'a,b\n1,"' + b"x" * 3_000_000 + b'"\n2,y\n')


def test_nul_is_kept_for_the_row_boundary() -> None:
    rows, _ = read(b"a,b\n1,x\x00y\n")
    assert rows[0]["b"] == "x\x00y"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", ["empty"]),
        (b"\n\n", ["empty"]),
        (b",,\n1,2,3\n", ["names no column"]),
        (b"\x00\x01\x00\x00\x00,\n", ["no text"]),
        (b"PK\x03\x04\x00\x00\x00,\n", ["Excel workbook", ".xlsx"]),
        (b"\x1f\x8b\x08\x00", ["gzip", ".csv.gz"]),
        (b"\n<!doctype HTML><title>Login</title>", ["web page", "again"]),
        (b'[{"Id": 1}]', ["JSON"]),
    ],
)
def test_headers_that_cannot_be_used(data: bytes, told: list[str]) -> None:
    text = message(data)
    for words in told:
        assert words in text


@pytest.mark.parametrize("line", [b"sep=;", b'"sep=;"', b"SEP=; "])
def test_excels_own_separator_line(line: bytes) -> None:
    assert read(line + b"\na;b\n1;2,5\n")[0] == [{"a": "1", "b": "2,5", "_source_row": 1}]
    assert read(b"sep=\t\r\na\tb\r\n1\t2,5\r\n")[0] == [{"a": "1", "b": "2,5", "_source_row": 1}]


def test_a_name_that_stands_twice_gets_its_number() -> None:
    (row,), _ = read(b"Id,Name, name \n1,a,b\n")
    assert row == {"Id": "1", "Name": "a", "name (column 3)": "b", "_source_row": 1}
    assert named_twice(["Id", "Name", "name (column 3)", "Rest (column 9)"]) == {"name (column 3)": "name"}


def blocks(*widths: int) -> bytes:
    """A CSV with a row per width, numbered, and a header of four names."""
    rows = [",".join([str(number), *["x"] * (width - 1)]) for number, width in enumerate(widths, start=1)]
    return "\n".join(["Id,Name,Amount,Note", *rows, ""]).encode()


def test_separators_that_excel_left_out_are_filled_up() -> None:
    rows, rejected = read(blocks(*[4] * 15, *[3] * 16, *[4] * 16, *[2] * 40))
    assert rejected == []
    assert {row["_source_row"] for row in rows} == {int(str(row["Id"])) for row in rows} == set(range(1, 88))
    assert [row["Amount"] for row in rows if row["_source_row"] in (16, 31, 48, 87)] == ["x", "x", None, None]
    rows, rejected = read(blocks(*[4] * 15, *[3] * 5))  # the last block, cut off by the end of the file
    assert (len(rows), rejected) == (20, [])
    # The header is the first row of the first block.
    for widths in ([3] * 2, [3] * 9, [2] * 13, [*[3] * 15, *[4] * 4], [*[3] * 15, *[2] * 7]):
        rows, rejected = read(blocks(*widths))
        assert (len(rows), rejected) == (len(widths), [])
        assert [row["_source_row"] for row in rows if row.get("Note")] == [
            number for number, width in enumerate(widths, start=1) if width == 4
        ]


@pytest.mark.parametrize(
    "widths",
    [
        [*[4] * 15, 3],  # a file that was cut short
        [*[4] * 14, *[3] * 5],  # no block of Excel's
        [*[4] * 15, *[3] * 8, *[2] * 8, 4],
        [*[4] * 15, *[3] * 15, 4],
        [*[4] * 15, *[3] * 8, 5, *[3] * 8, 4],
        [*[3] * 14, 4],
        [4, *[3] * 9],
        [3],
    ],
)
def test_rows_that_are_short_for_another_reason_are_rejected(widths: list[int]) -> None:
    rows, rejected = read(blocks(*widths))
    assert [item.row for item in rejected] == [n for n, width in enumerate(widths, start=1) if width != 4]
    assert len(rows) == widths.count(4)


def test_halves_of_the_only_row_are_no_rows() -> None:
    assert [item.row for item in read(b"a,b,c\n1,x\ny,2\n")[1]] == [1, 2]
    assert len(read(b"a,b,c\n1,x\n2,y\n3,z\n")[0]) == 3


def test_invisible_characters_around_names_are_no_part_of_them() -> None:
    assert read("\u200bId,E\u2060Mail\u00a0\u200e\n1,a\n".encode())[0] == [
        {"Id": "1", "E\u2060Mail": "a", "_source_row": 1}
    ]


def test_quoted_line_end_in_the_header() -> None:
    assert read(b'"Close\nDate",b\n1,2\n')[0] == [{"Close\nDate": "1", "b": "2", "_source_row": 1}]
    assert read(b'a,"b\r\nc"\r\n1,2\r\n')[0] == [{"a": "1", "b\r\nc": "2", "_source_row": 1}]


@pytest.mark.parametrize("is_exact", [True, False])
def test_line_ends_in_quotes_stay_wherever_a_block_ends(
    is_exact: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_reader, "QUICK_BLOCK_BYTES", 512)
    monkeypatch.setattr(csv_reader, "BLOCK_BYTES", 512)
    monkeypatch.setattr("orchestration.sources.text_stream._CHUNK", 512)
    for shift in range(16):  # some block ends between the two characters of a line end
        records = "".join(f'{n},"{"é" * shift}x\r\ny"\r\n' for n in range(200))
        read_all = csv_reader._read(
            opener(f"a,b\r\n{records}".encode()), "f.csv", "crm", "utf-8", is_exact=is_exact
        )
        found = [value for batch, _ in read_all for value in batch.rows["b"].to_pylist()]
        assert found == [f"{'é' * shift}x\r\ny"] * 200


def test_a_quote_inside_a_field_is_text() -> None:
    assert read(b'a,b\n1,5" pipe\n2,x\n')[0][0]["b"] == '5" pipe'


def test_rows_keep_their_type_over_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_reader, "BATCH_ROWS", 2)
    batches = list(read_csv(opener(b"a,b\n1,\n2,\n3,x\n"), "f.csv", "crm"))
    assert [batch.rows.num_rows for batch in batches] == [2, 1]
    assert all(str(batch.rows.schema.field("b").type) == "string" for batch in batches)
    assert pc.count(batches[0].rows["b"]).as_py() == 0


def test_bad_bytes_in_plain_text_are_not_taken_for_letters() -> None:
    rows, rejected = read(b"n,t\n1,a\n2,\xff\xfe\n3,c\n")
    assert [row["n"] for row in rows] == ["1", "3"]
    assert [item.row for item in rejected] == [2]
    assert read(b"n,t\n1,Jos\xe9\n")[0] == [{"n": "1", "t": "José", "_source_row": 1}]


_FILLER = "".join(f'{number},"line\n{number}, é"\n' for number in range(400))


@pytest.mark.parametrize(
    "data",
    [
        f"a,b\n{_FILLER}".encode(),
        f"\ufeffa,b\n{_FILLER}".encode(),
        f"a,b\n{_FILLER}".encode("utf-16"),
        f"a,b\n{_FILLER}".encode("cp1252"),
        f"a,b\n{_FILLER}1\n{_FILLER}1,2,3\n{_FILLER}".encode(),  # ragged after blocks without fault
        f"a,b\n{_FILLER}1,2,\n{_FILLER}".encode(),  # one field too many, and empty
        f"a,b\n{_FILLER}1,".encode() + b"\xff\n" + _FILLER.encode(),  # bad bytes
        f"a,b\n{_FILLER}1,".encode() + b"\xff\n" + f"{_FILLER}1\n{_FILLER}".encode(),  # and a ragged row
        f'a,b\n{_FILLER}1,"never closed\n{_FILLER}'.encode(),
        f'a,b\n{_FILLER}"never closed\n{_FILLER}'.encode(),
        f'a\n1\n"never closed\n{_FILLER}'.encode(),
        f"a,b\n{_FILLER}1,x\0y\n{_FILLER}".encode(),
        f"a,b\n{_FILLER}1,{chr(0xFDD0)}41\n{_FILLER}".encode(),  # what marks a bad byte, in the file itself
        ("a,b,c\n" + "1,2,3\n" * 400 + "3,4\n" * 40 + "5\n").encode(),  # separators that Excel left out
        f"a,b,,\n1,2,,\n3,4,,note\n{'5,6,,' + chr(10)}".encode(),
        f'a,b\n{_FILLER}1,5" pipe\n2,"q"x\n\n\n3,""\n{_FILLER}'.encode(),
        f"a,b\n{_FILLER}1,{'x' * 9000}\n{_FILLER}2".encode(),  # a field beyond a small block
        f"a,b\n{_FILLER}".replace("\n", "\r\n").encode(),
    ],
)
def test_the_quick_road_reads_what_the_exact_one_does(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_reader, "QUICK_BLOCK_BYTES", 2048)
    monkeypatch.setattr("orchestration.sources.text_stream._CHUNK", 4096)
    encoding = detect_encoding(opener(data))
    exact_rows: list[Row] = []
    exact_rejected: list[Rejected] = []
    for batch, _ in csv_reader._read(opener(data), "f.csv", "crm", encoding, is_exact=True):
        exact_rows.extend(batch.rows.drop_columns("_source_file").to_pylist())
        exact_rejected.extend(batch.rejected)
    rows, rejected = read(data)
    assert len(exact_rows) + len(exact_rejected) > 1
    assert [_filled(row) for row in sorted(rows, key=_number)] == [
        _filled(row) for row in sorted(exact_rows, key=_number)
    ]
    assert rejected == exact_rejected


def _filled(row: Row) -> Row:
    """A column without a name is there in the batches where it holds anything."""
    return {name: value for name, value in row.items() if value is not None or "_unnamed_" not in name}


def _number(row: Row) -> int:
    return int(str(row["_source_row"]))
