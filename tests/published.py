"""What a home publishes, to be compared with what another does."""

from pathlib import Path

import duckdb


def published_file(home: Path) -> Path:
    """The file that is served now, by its own name: the link moves on with the next publication."""
    return (home / "published" / "current.duckdb").resolve()


def different_tables(left: Path, right: Path) -> dict[str, tuple[int, int]]:
    """Tables whose rows differ between two published files, with the number of rows that only one has.

    Not the times and ids of the build itself. Compared by DuckDB: a diff of a hundred thousand rows that
    pytest would print takes hours.
    """
    found = {}
    with duckdb.connect() as connection:
        for name, path in (("l", left), ("r", right)):
            connection.execute(f"attach '{path}' as {name} (read_only)")
        sql = "select table_name from duckdb_tables() where database_name = ?"
        tables = [{row[0] for row in connection.execute(sql, [name]).fetchall()} for name in ("l", "r")]
        assert tables[0] == tables[1]
        for table in sorted(tables[0] - {"meta_build", "meta_loads"}):
            more, fewer = (
                len(connection.execute(f'from {a}."{table}" except all from {b}."{table}"').fetchall())
                for a, b in (("l", "r"), ("r", "l"))
            )
            if more or fewer:
                found[table] = (more, fewer)
    return found
