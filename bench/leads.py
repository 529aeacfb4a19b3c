"""Lead exports as Salesforce's data loader writes them, of any length, the same every time: ten chosen
columns that are nearly all filled, or every standard field of the object.

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
        {others}
    from numbered order by n
"""


# What else the object has. People fill in little: an address for six in ten, a website for four; what a
# conversion fills in is there for one in ten; eleven fields nobody uses.
_NOBODY_USES = (
    "MasterRecordId", "Salutation", "Fax", "MobilePhone", "Description", "Latitude", "Longitude",
    "GeocodeAccuracy", "Jigsaw", "EmailBouncedReason", "EmailBouncedDate",
)  # fmt: skip
_OTHERS = {
    "IsDeleted": "false",
    "Street": "case when h % 10 < 6 then 'Main Street ' || cast(h // 7 % 900 as varchar) end",
    "City": "case when h % 10 < 6 then ['Berlin', 'Paris', 'New York', 'München'][1 + h // 5 % 4] end",
    "State": "case when h % 10 < 2 then ['CA', 'NY', 'TX'][1 + h // 3 % 3] end",
    "PostalCode": "case when h % 10 < 6 then cast(10000 + h // 11 % 80000 as varchar) end",
    "Country": "case when h % 10 < 8 then ['Germany', 'France', 'United States'][1 + h // 13 % 3] end",
    "Website": "case when h % 10 < 4 then 'https://www.company' || cast(h // 4096 % 40000 as varchar)"
    " || '.example' end",
    "LeadSource": "['Web', 'Event', 'Partner', 'Outbound'][1 + h // 17 % 4]",
    "Industry": "case when h % 10 < 5 then ['Software', 'Retail', 'Healthcare'][1 + h // 19 % 3] end",
    "Rating": "case when h % 10 < 2 then ['Hot', 'Warm', 'Cold'][1 + h // 23 % 3] end",
    "AnnualRevenue": "case when h % 10 < 3 then (h // 29 % 9000000000) / 100 end",
    "NumberOfEmployees": "case when h % 10 < 4 then h // 31 % 5000 end",
    "OwnerId": "'005' || lpad(cast(h // 37 % 40 as varchar), 12, '0') || 'AAA'",
    "HasOptedOutOfEmail": "h % 50 = 0",
    "HasOptedOutOfFax": "false",
    "DoNotCall": "h % 100 = 1",
    "IsConverted": "h % 10 = 9",
    "ConvertedDate": "case when h % 10 = 9 then date '2024-11-10' + cast(h // 41 % 300 as integer) end",
    "ConvertedAccountId": "case when h % 10 = 9 then '001' || lpad(cast(n as varchar), 12, '0') || 'AAA' end",
    "ConvertedContactId": "case when h % 10 = 9 then '003' || lpad(cast(n as varchar), 12, '0') || 'AAA' end",
    "ConvertedOpportunityId": "case when h % 20 = 9 then '006' || lpad(cast(n as varchar), 12, '0')"
    " || 'AAA' end",
    "IsUnreadByOwner": "h % 3 = 0",
    "CreatedById": "'005000000000001AAA'",
    "LastModifiedById": "'005' || lpad(cast(h // 37 % 40 as varchar), 12, '0') || 'AAA'",
    "LastModifiedDate": "strftime(timestamp '2024-11-10' + to_seconds(h % 30000000),"
    " '%Y-%m-%dT%H:%M:%S.000Z')",
    "LastActivityDate": "case when h % 10 < 5 then date '2024-11-10' + cast(h // 43 % 300 as integer) end",
}


def write_leads(path: Path, rows: int, *, is_whole: bool = False) -> None:
    """Write `rows` leads as CSV (UTF-8, quoted where needed) with the columns `COLUMNS`; `is_whole`: then
    with every other standard field of the object too, as its data export service writes them."""
    others = _OTHERS | dict.fromkeys(_NOBODY_USES, "null") if is_whole else {}
    added = "".join(f', {value} as "{name}"' for name, value in others.items())
    with duckdb.connect() as connection:
        connection.execute(
            f"copy ({_SQL.format(rows=rows, others=added)}) to '{path}' (header, delimiter ',')"
        )
