"""The hash by which a record that comes again is known to be the same: `_record_hash`.

Belongs here: its two definitions, as SQL on DuckDB, and telling one from the other. Comparing is
`landing_diff`.

Where a record has a key, the hash only says whether its content is another than the one landed before: 64
bits, so that one change in 2^64 goes unseen, and DuckDB's own hash function, which takes a fifth of the
time of md5. DuckDB may change that function. So each such hash begins with a mark of the function that
made it, and a landed one with another mark (or none: md5, as former versions wrote) is not compared but
computed again from the landed record. Where a record has no key its hash is its identity: md5.
"""

import hashlib
from collections.abc import Sequence
from functools import cache

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

_MARK_LENGTH = 6


def hash_sql(columns: Sequence[str], *, is_key: bool) -> str:
    """What `hash_text` makes `_record_hash` of, over the columns that are not null, by name in lower case,
    whatever their order. `is_key`: the object has no other key."""
    return _md5(columns) if is_key else _number(columns)


def hash_text(hashes: pa.ChunkedArray) -> pa.ChunkedArray:
    """`_record_hash` of what `hash_sql` gives. By Arrow: DuckDB takes twice as long to write the text."""
    if hashes.type == pa.string():
        return hashes
    return pc.binary_join_element_wise(hash_mark(), pc.cast(hashes, pa.string()), "-")


def hash_number_sql(*, is_key: bool) -> str:
    """`_record_hash` as a number: half of what it takes as text. Null for tombstones, which have none."""
    return "md5_number(_record_hash)" if is_key else _marked_number()


def other_hash_sql() -> str:
    """Condition on landed records with a key: their hash was made in another way than today's."""
    return f"not starts_with(_record_hash, '{hash_mark()}-')"


def hash_number_again_sql(columns: Sequence[str]) -> str:
    """`hash_number_sql` of landed records, whose source columns are `columns`: computed again where
    `other_hash_sql`. Null for tombstones."""
    return f"case when {other_hash_sql()} then {_number(columns)} else {_marked_number()} end"


@cache
def hash_mark() -> str:
    """Six characters that differ where DuckDB hashes differently: from its hashes of short text, of text
    that it does not keep inline, of text beyond ASCII, and of a number."""
    with duckdb.connect() as connection:
        probe = connection.execute(
            "select hash('a'), hash('longer than twelve bytes'), hash('é€𝄞'), hash(1::ubigint), xor(5, 3)"
        ).fetchone()
    return hashlib.md5(repr(probe).encode(), usedforsecurity=False).hexdigest()[:_MARK_LENGTH]


def _marked_number() -> str:
    return f"cast(substr(_record_hash, {_MARK_LENGTH + 2}) as ubigint)"


def _number(columns: Sequence[str]) -> str:
    """XOR over the columns of a hash of (value, name). Hashed twice: DuckDB's own way to combine hashes
    would let two columns exchange their values unseen."""
    parts = [
        f"case when {quoted(name)} is null then 0::ubigint"
        f" else hash(xor(hash({quoted(name)}), {_of_name(name)}::ubigint)) end"
        for name in columns
    ] or ["0::ubigint"]
    while len(parts) > 1:  # by halves: nested one in another, wide objects would be too deep to parse
        parts = [
            f"xor({parts[index]}, {parts[index + 1]})" if index + 1 < len(parts) else parts[index]
            for index in range(0, len(parts), 2)
        ]
    return parts[0]


def _of_name(name: str) -> int:
    digest = hashlib.md5(name.lower().encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[:8], "little")


def _md5(columns: Sequence[str]) -> str:
    """md5 over NUL, `<length>:<name>=` and the value of every column that is not null, by name.

    A value holds no NUL (such a row is rejected), so no two contents give the same text.
    """
    named = sorted((name.lower(), name) for name in columns)
    if not named:
        return "md5('')"
    marks = [f"chr(0) || {text_literal(f'{len(lowered)}:{lowered}=')}" for lowered, _ in named]
    parts = [
        f"case when {quoted(name)} is null then '' else {mark} end, {quoted(name)}"
        for mark, (_, name) in zip(marks, named, strict=True)
    ]
    return f"md5(concat({', '.join(parts)}))"


def quoted(name: str) -> str:
    """A column name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def text_literal(text: str) -> str:
    """A text constant for SQL."""
    return "'" + text.replace("'", "''") + "'"
