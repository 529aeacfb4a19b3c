"""Leads as a large organisation has them, for the scoring of leads: of any number, the same every time.

Belongs here: generated input, written by one SQL statement. Shares are of all leads: 3 % are second records
of somebody (slips of the pen, initials, other addresses), 2 % share a home and a surname with the lead
before, 2 % each share one placeholder for their e-mail address, telephone number, name or company with each
other (20,000 of a million), 5 % say no number, 3 % no address. Surnames, firms and their domains are skewed
as real ones are: colleagues by the thousand, and names that thousands bear.
"""

from pathlib import Path

import duckdb

from orchestration.settings import DBT_PROJECT_DIR

CHANGED_SHARE = 0.01
USERS = 200
_GIVEN_NAMES = DBT_PROJECT_DIR / "seeds" / "lead_quality" / "given_names.csv"
_STARTS = (
    "Lind Berg Holm Steen Wald Hart Roth Korn Stein Grim Falk Brand Kal Mor Vas Ber Pet Nov Kow Jan Mar "
    "Fer Gon Rod San Dom Cas Var Bel Cor Ross Bian Ricc Gal Van Der Ver Bos Kui Hend Ash Black Wood "
    "White Farn Thorn Brad Pem Whit Sut Ok Ad Nwa Ch Tran Ngu Ha Ta Su Ya Mat"
)
_ENDS = (
    "qvist ström gren dahl son sen mann berger bauer hofer feld heim ner ski czyk owicz ak enko ov in "
    "escu es ez ano elli ini etti ucci oni ato ez eira ão al et eau ard ière wijk stra huis veld ley ton "
    "worth ham ford well by shaw croft man afor eke imi uya oka moto mura da no"
)
_MIDDLES = "- er ing en ar el ill om u i av eb"
_FIRM_STARTS = (
    "Nord Alpha Blue Rhein Green Pacific Delta Apex Sun Iron Silver Vector Terra Nova Clear Bright Open "
    "River Stone Cloud Prime Metro Union Global Inter Euro Trans Omni Hyper Core"
)
_FIRM_ENDS = (
    "logic works soft line data tech media bau chem pharma foods tex trade parts steel power health care "
    "net labs craft design motion gate bridge port point field mark form"
)
_COUNTRIES = """[
    {'name': 'Germany', 'tld': 'de', 'form': ' GmbH', 'phone': '+49 30 '},
    {'name': 'United States', 'tld': 'com', 'form': ', Inc.', 'phone': '(212) '},
    {'name': 'United Kingdom', 'tld': 'co.uk', 'form': ' Ltd', 'phone': '+44 20 7'},
    {'name': 'France', 'tld': 'fr', 'form': ' SARL', 'phone': '+33 1 4'},
    {'name': 'Netherlands', 'tld': 'nl', 'form': ' B.V.', 'phone': '020 '},
    {'name': 'Spain', 'tld': 'es', 'form': ' S.L.', 'phone': '+34 91 '},
    {'name': 'Sweden', 'tld': 'se', 'form': ' AB', 'phone': '08-'},
    {'name': 'Poland', 'tld': 'pl', 'form': '', 'phone': '+48 22 '}]"""

# `u(n, what)` is a number below 1 and `pick(n, what, words)` one of a list, both always the same of a lead.
_MACROS = """
    create macro h(n, what) as hash(cast(n as varchar) || what);
    create macro u(n, what) as (h(n, what) >> 11) / 9007199254740992.0;
    create macro pick(n, what, words) as words[1 + cast(floor(u(n, what) * len(words)) as bigint)];
    create macro two_parts(n, starts, ends) as
        starts[1 + cast(n % len(starts) as bigint)]
        || ends[1 + cast((n // len(starts)) % len(ends) as bigint)];
"""
_PEOPLE = """
    with numbered as (
        select
            range as n,
            -- whom a record is of: somebody else of the same thousand, or a home shared with the lead before
            case when u(range, 'copy') < 0.03 and range > 1000
                then range - 1 - cast(u(range, 'of') * 900 as bigint) else range end as person,
            person <> range as is_copy
        from range({rows})
    ),

    placed as (
        select
            *,
            u(person, 'home') < 0.02 and person > 0 as is_housemate,
            case when is_housemate then person - 1 else person end as home,
            -- small numbers are large firms: four in ten people work for a tenth of them
            cast(floor(pow(u(person, 'firm'), 2.5) * {rows} / 15) as bigint) as firm,
            cast(floor(pow(u(home, 'surname'), 2.5) * 40000) as bigint) as surname,
            u(person, 'consumer') < 0.15 or is_housemate as is_consumer,
            pick(firm, 'country', {countries}) as country
        from numbered
    ),

    told as (
        select
            *,
            pick(person, 'given', {given_names}) as given,
            {starts}[1 + surname % len({starts})]
                || replace({middles}[1 + (surname // 3000) % len({middles})], '-', '')
                || {ends}[1 + (surname // len({starts})) % len({ends})] as family,
            two_parts(h(firm, 'name'), {firm_starts}, {firm_ends}) as firm_name,
            lower(strip_accents(given)) || '.' || lower(strip_accents(family)) as local_part,
            lower(firm_name) || '-' || firm || '.' || country.tld as domain,
            case when is_consumer then home else firm end as place,
            u(n, 'slip') as slip
        from placed
    ),

    written as (
        select
            *,
            case when is_copy and slip < 0.2 then left(given, 1) || '.' else given end as first_name,
            -- a letter lost or two that changed places
            case
                when is_copy and slip between 0.2 and 0.4 then left(family, 3) || substr(family, 5)
                when is_copy and slip between 0.4 and 0.5
                    then left(family, 2) || substr(family, 4, 1) || substr(family, 3, 1) || substr(family, 5)
                else family
            end as last_name,
            case
                when is_consumer or (is_copy and slip > 0.6)
                    then local_part || cast(person as varchar) || '@' || pick(person, 'free', {free_mail})
                when u(person, 'style') < 0.3 then left(local_part, 1) || split_part(local_part, '.', 2)
                    || cast(person as varchar) || '@' || domain
                else local_part || '.' || cast(person as varchar) || '@' || domain
            end as address,
            country.phone || case
                when u(person, 'desk') < 0.3 then lpad(cast(h(firm, 'desk') % 1000000 as varchar), 7, '2')
                else lpad(cast(h(person, 'desk') % 10000000 as varchar), 7, '2')
            end as number
        from told
    )

    select
        '00Q' || lpad(cast(n as varchar), 12, '0') || 'AAA' as "Id",
        case when n % 50 = 3 then 'Test' else first_name end as "FirstName",
        case when n % 50 = 3 then 'Test' else last_name end as "LastName",
        case
            when n % 50 = 4 then 'n/a'
            when is_consumer then null
            else firm_name || ' ' || cast(firm as varchar) || case when is_copy then '' else country.form end
        end as "Company",
        pick(n, 'title', ['Head of Sales', 'CFO', 'Buyer', 'VP Operations', 'Engineer', null]) as "Title",
        case
            when n % 50 = 1 then 'noreply@example.com'
            when u(n, 'no address') >= 0.03
                then case when {is_changed} and n % 4 = 0 then 'new.' else '' end || address
        end as "Email",
        case
            when n % 50 = 2 then '+1 555 555 5555'
            when {is_changed} and n % 4 = 1 then number || '9'
            when u(n, 'no number') >= 0.05 then number
        end as "Phone",
        case
            when is_consumer
                then '+49 151 ' || lpad(cast(h(person, 'mobile') % 100000000 as varchar), 8, '2')
        end as "MobilePhone",
        case
            when is_consumer then cast(1 + h(home, 'house') % 90 as varchar) || ' '
                || two_parts(h(home, 'street') % 2000, {starts}, {ends}) || ' Street'
            when u(person, 'tells street') < 0.3 then cast(1 + h(firm, 'house') % 90 as varchar) || ' '
                || two_parts(h(firm, 'street') % 2000, {starts}, {ends}) || ' Road'
        end as "Street",
        two_parts(h(place, 'town') % 3000, {starts}, {ends}) as "City",
        lpad(cast(h(place, 'town') % 30000 as varchar), 5, '0') as "PostalCode",
        country.name as "Country",
        pick(n, 'source', ['Web', 'Trade Show', 'Partner', 'List', 'Phone Inquiry']) as "LeadSource",
        case
            when {is_changed} and n % 4 = 2 then 'Closed - Not Converted'
            else pick(n, 'status',
                ['Open - Not Contacted', 'Working - Contacted', 'Closed - Not Converted', 'Nurture'])
        end as "Status",
        '005' || lpad(cast(h(n, 'owner') % {users} as varchar), 12, '0') || 'AAA' as "OwnerId",
        '005' || lpad(cast(h(n, 'creator') % 50 as varchar), 12, '0') || 'AAA' as "CreatedById",
        strftime(timestamp '2023-01-01' + to_seconds(cast(u(n, 'created') * 90000000 as bigint)),
            '%Y-%m-%dT%H:%M:%S.000Z') as "CreatedDate",
        strftime(
            case when {is_changed} then timestamp '2026-01-01' else timestamp '2025-11-10' end
            + to_seconds(cast(u(n, 'modified') * 3000000 as bigint)), '%Y-%m-%dT%H:%M:%S.000Z'
        ) as "SystemModstamp"
    from written
    order by n
"""


def write_people(path: Path, rows: int, *, is_next_day: bool = False) -> None:
    """Write `rows` leads as a Salesforce export (CSV, UTF-8). `is_next_day`: one in a hundred of them has
    since been changed: its address, number, status or nothing but its time, a quarter each."""
    words = {
        "given_names": _names(),
        "starts": _STARTS.split(),
        "middles": _MIDDLES.split(),
        "ends": _ENDS.split(),
        "firm_starts": _FIRM_STARTS.split(),
        "firm_ends": _FIRM_ENDS.split(),
        "free_mail": ["gmail.com", "gmx.de", "outlook.com", "yahoo.com", "icloud.com"],
    }
    changed = f"u(n, 'changed') < {CHANGED_SHARE}" if is_next_day else "false"
    with duckdb.connect() as connection:
        connection.execute(_MACROS)
        people = _PEOPLE.format(
            rows=rows,
            countries=_COUNTRIES,
            is_changed=changed,
            users=USERS,
            **{name: f"getvariable('{name}')" for name in words},
        )
        for name, listed in words.items():
            connection.execute(f"set variable {name} = ?::varchar[]", [listed])
        connection.execute(f"copy ({people}) to '{path}' (header, delimiter ',')")


def write_users(path: Path) -> None:
    """Write the owners and creators of `write_people`'s leads; one in ten has left."""
    with duckdb.connect() as connection:
        connection.execute(
            "copy (select '005' || lpad(cast(range as varchar), 12, '0') || 'AAA' as \"Id\","
            " 'User ' || range as \"Name\", 'user' || range || '@seller.example' as \"Email\","
            ' range % 10 <> 3 as "IsActive", \'2022-01-01T00:00:00.000Z\' as "SystemModstamp"'
            f" from range({USERS})) to '{path}' (header, delimiter ',')"
        )


def _names() -> list[str]:
    with duckdb.connect() as connection:
        rows = connection.execute(
            "select upper(given_name[1]) || given_name[2:] from read_csv(?, all_varchar = true)"
            " where regexp_full_match(given_name, '[a-z]+') order by all",
            [str(_GIVEN_NAMES)],
        ).fetchall()
    return [name for (name,) in rows]
