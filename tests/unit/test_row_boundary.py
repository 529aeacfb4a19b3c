"""What lands, what does not, and when two records are the same."""

from collections.abc import Iterator

import duckdb
import pytest

from orchestration.errors import PipelineError
from orchestration.lib.row_boundary import Admitted, admit
from orchestration.records import Batch, Rejected
from tests.unit.landing_doubles import Rows, batch, feed


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def admitted(connection: duckdb.DuckDBPyConnection, rows: Rows, key: tuple[str, ...] = ("Id",)) -> Admitted:
    return admit(connection, feed([], key=key), batch(rows), "crm")


def hashes(connection: duckdb.DuckDBPyConnection, rows: Rows) -> list[str]:
    return list(admitted(connection, rows).rows["_record_hash"].to_pylist())


@pytest.mark.parametrize("key", [None, "", "  ", "\t\n", "\u00a0", "000000000000000AAA"])
def test_without_a_usable_key_a_record_is_rejected(
    connection: duckdb.DuckDBPyConnection, key: str | None
) -> None:
    result = admitted(connection, [{"Id": "1", "Name": "a"}, {"Id": key, "Name": "b"}])
    assert result.rows["_record_key"].to_pylist() == ["1"]
    (rejected,) = result.rejected
    assert (rejected.file, rejected.row, rejected.code) == ("f.csv", 2, "no_key")
    assert "Id" in rejected.reason
    assert '"Name": "b"' in rejected.record


def test_nul_characters_are_rejected(connection: duckdb.DuckDBPyConnection) -> None:
    result = admitted(connection, [{"Id": "1", "Name": "a\x00b"}, {"Id": "2", "Name": "c"}])
    assert result.rows["Id"].to_pylist() == ["2"]
    assert [(item.row, item.code) for item in result.rejected] == [(1, "nul_character")]


def test_ids_that_were_numbers_land_and_are_counted(connection: duckdb.DuckDBPyConnection) -> None:
    ids = ["10045.0", "1234567890123456789", "12E", "5e12", "1.5", "A1.0", "10045,0"]
    result = admitted(connection, [{"Id": text} for text in ids])
    assert result.rows["_record_key"].to_pylist() == ids
    assert result.damaged_keys == 3
    assert result.damaged_example == "10045.0"


def test_ids_that_lost_digits_are_rejected_whole(connection: duckdb.DuckDBPyConnection) -> None:
    ids = ["1.23457E+18", " 1,23457E+18", "1e+05", "1.23457e18", "7"]
    result = admitted(connection, [{"Id": text, "Name": "a"} for text in ids])
    assert result.rows["_record_key"].to_pylist() == ["7"]
    assert [(item.row, item.code) for item in result.rejected] == [(row, "float_key") for row in (1, 2, 3, 4)]
    assert "Id" in result.rejected[0].reason


@pytest.mark.parametrize("text", ["1.23457E18", "1,23457E18", "1e+05", "1E+05"])
def test_one_sign_in_a_column_is_enough_to_look(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    """A key is compared with the pattern only where its column holds a byte of it."""
    result = admitted(connection, [{"Id": text}, {"Id": "7"}])
    assert [item.code for item in result.rejected] == ["float_key"]


@pytest.mark.parametrize("text", ["10045.0", "10045,0", "5e12", "5E12"])
def test_one_sign_in_a_column_is_enough_to_count(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    assert admitted(connection, [{"Id": text}, {"Id": "7"}]).damaged_example == text


def test_compound_keys_cannot_be_confused(connection: duckdb.DuckDBPyConnection) -> None:
    rows = [{"Id": "a|b", "Name": "c"}, {"Id": "a", "Name": "b|c"}, {"Id": "a", "Name": None}]
    keys = admitted(connection, rows, ("Id", "Name")).rows["_record_key"].to_pylist()
    assert keys == ["a||b|c", "a|b||c", "a|"]


def test_blanks_around_a_key_are_no_part_of_it(connection: duckdb.DuckDBPyConnection) -> None:
    rows: Rows = [
        {"Id": "D-1 ", "Name": "a"},
        {"Id": "\u00a0D-1", "Name": "a b"},
        {"Id": "D 2", "Name": " b"},
    ]
    result = admitted(connection, rows)
    assert result.rows["_record_key"].to_pylist() == ["D-1", "D-1", "D 2"]
    assert result.rows["Id"].to_pylist() == ["D-1 ", "\u00a0D-1", "D 2"]
    assert result.key_hashes[0] == result.key_hashes[1] == admitted(connection, [{"Id": "D-1"}]).key_hashes[0]
    keys = admitted(connection, rows, ("Id", "Name")).rows["_record_key"].to_pylist()
    assert keys == ["D-1|a", "D-1|a b", "D 2|b"]


def test_a_compound_key_needs_its_first_part(connection: duckdb.DuckDBPyConnection) -> None:
    result = admitted(connection, [{"Id": None, "Name": "x"}], ("Id", "Name"))
    assert [item.code for item in result.rejected] == ["no_key"]


def test_a_new_empty_column_changes_no_hash(connection: duckdb.DuckDBPyConnection) -> None:
    (old,) = hashes(connection, [{"Id": "1", "Name": "a"}])
    assert hashes(connection, [{"Id": "1", "Name": "a", "New": None}]) == [old]
    assert hashes(connection, [{"Name": "a", "Id": "1"}]) == [old]
    renamed = batch([{"Id": "1", "Name": "a"}])
    upper = Batch(renamed.rows.rename_columns({"Id": "ID", "Name": "NAME"}))
    assert admit(connection, feed([], key=("ID",)), upper, "crm").rows["_record_hash"].to_pylist() == [old]
    assert hashes(connection, [{"Id": "1", "Name": "a", "New": ""}]) != [old]


def test_hashes_tell_contents_apart(connection: duckdb.DuckDBPyConnection) -> None:
    rows: Rows = [
        {"Id": "1", "a": "x", "b": None},
        {"Id": "1", "a": None, "b": "x"},
        {"Id": "1", "a": "", "b": "x"},
        {"Id": "1", "a": "x1:b=1:y", "b": None},
        {"Id": "1", "a": "x", "b": "y"},
    ]
    assert len(set(hashes(connection, rows))) == len(rows)


def test_rejects_of_the_reader_are_kept(connection: duckdb.DuckDBPyConnection) -> None:
    ragged = Rejected("f.csv", 2, "ragged", "3 fields", "1,2,3")
    result = admit(connection, feed([]), batch([{"Id": "1"}], rejected=[ragged]), "crm")
    assert result.rejected == (ragged,)


@pytest.mark.parametrize("name", ["_record_key", "_Loaded_At", "_dlt_load_id", "_source_file"])
def test_reserved_names(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    rows = batch([{"Id": "1"}])
    rows = type(rows)(rows.rows.append_column(name, rows.rows["Id"]))
    with pytest.raises(PipelineError, match=name):
        admit(connection, feed([]), rows, "crm")


def test_colliding_names(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(PipelineError, match="Email and EMAIL"):
        admitted(connection, [{"Id": "1", "Email": "a", "EMAIL": "b"}])


def test_awkward_names_are_only_names(connection: duckdb.DuckDBPyConnection) -> None:
    row: dict[str, str | None] = {"Id": "1", 'a"b': "1", "c'd": "2", "{news}": "3", "e\nf": "4", "$g": "5"}
    assert admitted(connection, [row]).rows.to_pylist()[0].items() >= row.items()
