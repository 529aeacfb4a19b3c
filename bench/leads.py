"""A lead export as Salesforce's data loader writes one, of any length, the same every time.

Belongs here: generated input. What is measured with it is `file_ingest`.
"""

from pathlib import Path

import duckdb

COLUMNS = (
    "Id",
    "FirstName",
    "LastName",
    "Company",
    "Title",
    "Email",
    "Phone",
    "Status",
    "CreatedDate",
    "SystemModstamp",
)

# Names with letters beyond ASCII, companies with commas (so quoted), one title in twenty empty and one
# in thirty over two lines: what a reader meets in real exports, in proportions seen there.
_SQL = """
    with numbered as (select range as n, cast(hash(range) >> 2 as bigint) as h from range({rows}))
    select
        '00Q' || lpad(cast(n as varchar), 12, '0') || 'AAA' as "Id",
        ['Ann', 'Björn', 'Chloé', 'David', 'Eva', 'François', 'Grace', 'Hiro', 'Ines', 'Jürgen'][1 + h % 10]
            as "FirstName",
        ['Smith', 'Müller', 'Nguyen', 'García', 'Okafor', 'Larsen', 'Rossi', 'Kowalska'][1 + (h // 16) % 8]
            as "LastName",
        ['Acme', 'Globex', 'Initech', 'Umbrella', 'Stark', 'Wayne', 'Hooli'][1 + (h // 256) % 7]
            || ' ' || cast((h // 4096) % 40000 as varchar)
            || ['', ', Inc.', ' GmbH', ', LLC', ' S.A.'][1 + (h // 65536) % 5] as "Company",
        case when h % 20 = 3 then null when h % 30 = 7 then 'Director' || chr(10) || 'Sales'
            else ['Head of Sales', 'CFO', 'Buyer', 'VP Operations', 'Engineer'][1 + (h // 512) % 5] end
            as "Title",
        'user' || cast(n as varchar) || '@company' || cast((h // 4096) % 40000 as varchar) || '.example'
            as "Email",
        '+49 30 ' || lpad(cast((h // 1024) % 10000000 as varchar), 7, '0') as "Phone",
        ['Open - Not Contacted', 'Working - Contacted', 'Closed - Converted', 'Closed - Not Converted']
            [1 + (h // 8192) % 4] as "Status",
        strftime(timestamp '2023-01-01' + to_seconds(h % 90000000),
            '%Y-%m-%dT%H:%M:%S.000Z') as "CreatedDate",
        strftime(timestamp '2024-11-10' + to_seconds(h % 30000000),
            '%Y-%m-%dT%H:%M:%S.000Z') as "SystemModstamp"
    from numbered order by n
"""


def write_leads(path: Path, rows: int) -> None:
    """Write `rows` leads as CSV (UTF-8, quoted where needed) with the columns `COLUMNS`."""
    with duckdb.connect() as connection:
        connection.execute(f"copy ({_SQL.format(rows=rows)}) to '{path}' (header, delimiter ',')")
