"""The sources file and the files that the pipeline is given, with the labels they carry.

Belongs here: making input. The external sets are read where they lie beside the project and never
copied into it; one that is absent is left out, and the report says so.
"""

import csv
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import yaml

from orchestration.settings import PROJECT_ROOT
from orchestration.sources.demo import DemoOptions

SHARED = PROJECT_ROOT.parent / "shared" / "data"
CASES = Path(__file__).parent / "cases"
FREE_MAIL = SHARED / "email_domains" / "free_mail_domains.txt"
ROLES = SHARED / "email_domains" / "role_account_prefixes.txt"
FEBRL = SHARED / "people_duplicates" / "dataset1.csv"

SEEDS = (101, 202, 303)
SCALE = 0.4
END = date(2026, 6, 30)
# The last day of the generated organisations, as the moment that the marts speak of.
AS_OF = END.isoformat()
ORGANISATIONS = {f"organisation_{seed}": DemoOptions(seed=seed, scale=SCALE, end_date=END) for seed in SEEDS}
NEIGHBOURS = 100  # groups of colleagues, of couples and of siblings
_SURNAMES = ("Lindqvist", "Moreau", "Castellano", "Whitfield", "Okonkwo")


def lines(path: Path) -> list[str]:
    """The entries of a list file, lower case, without comments and blanks."""
    entries = (line.strip().lower() for line in path.read_text(encoding="utf-8").splitlines())
    return [entry for entry in entries if entry and not entry.startswith("#")]


def colleagues_and_households() -> list[dict[str, str]]:
    """People who must not be merged: three colleagues with one switchboard and mail domain, two of them
    of one surname; couples with one surname, telephone number and family firm; and siblings with one
    surname, home and telephone number, of whom there is no address, two of them born on one day."""
    people: list[dict[str, str]] = []
    for n in range(NEIGHBOURS):
        one, two = _SURNAMES[n % 5], _SURNAMES[(n + 1) % 5]
        office = {"company": f"Werkbank {n} GmbH", "phone": f"+49 30 7{n * 37 + 2041:05d}"}
        for which, (first, last) in enumerate((("Anna", one), ("Peter", one), ("Anne", two))):
            address = f"{first}.{last}@werkbank{n}.de".lower()
            people.append(
                {"id": f"colleague-{n}-{which}", "first": first, "last": last, "email": address} | office
            )
        home = {"company": f"{two} & Family {n} Ltd", "phone": f"+44 20 7{n * 41 + 3067:06d}"}
        for which, first in enumerate(("Maria", "Mario")):
            address = f"{first}.{two}@family{n}.co.uk".lower()
            people.append(
                {"id": f"household-{n}-{which}", "first": first, "last": two, "email": address} | home
            )
        house = {"last": one, "phone": f"+61 2 9{n * 43 + 1009:06d}", "street": f"{n + 1} Tanglewood Road",
                 "postal_code": f"{2000 + n}", "city": "Fernhill"}  # fmt: skip
        twins = date(1950, 3, 4) + timedelta(days=151 * n)
        births = (("Daniel", twins), ("Daniela", twins), ("Paul", twins + timedelta(days=790)))
        for which, (first, birth) in enumerate(births):
            person = {"id": f"siblings-{n}-{which}", "first": first, "birth_date": birth.isoformat()}
            people.append(person | house)
    return people


def febrl_people() -> list[dict[str, str]]:
    """The records of febrl with the street as leads have it, number and name in one."""
    with FEBRL.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, skipinitialspace=True))
    return [row | {"street": f"{row['street_number']} {row['address_1']}".strip()} for row in rows]


def write_inputs(folder: Path) -> Path:
    """Write sources.yaml and the CSV files into `folder`; returns the sources file's path."""
    sources: list[dict[str, object]] = [
        {"name": name, "system": "demo", "seed": options.seed, "scale": options.scale, "end_date": END,
         "time_zone": "UTC", "currency": "EUR"}
        for name, options in ORGANISATIONS.items()
    ]  # fmt: skip
    domains = [("alias", domain) for domain in lines(CASES / "alias_domains.txt")]
    domains += [("free", domain) for domain in (lines(FREE_MAIL) if FREE_MAIL.exists() else [])]
    rows = [{"id": f"{label}-{domain}", "email": f"l.bergstrom@{domain}"} for label, domain in domains]
    prefixes = lines(ROLES) if ROLES.exists() else []
    rows += [{"id": f"role-{prefix}", "email": f"{prefix}@werkbank.de"} for prefix in prefixes]
    _write_csv(folder / "addresses.csv", rows)
    sources.append(_mapped("addresses", folder, "addresses.csv", lead_id="id", email="email"))
    _write_csv(folder / "neighbours.csv", colleagues_and_households())
    sources.append(
        _mapped("neighbours", folder, "neighbours.csv", lead_id="id", first_name="first", last_name="last",
                company="company", email="email", phone="phone", street="street",
                postal_code="postal_code", city="city", birth_date="birth_date")
    )  # fmt: skip
    if FEBRL.exists():
        _write_csv(folder / "febrl.csv", febrl_people())
        sources.append(
            _mapped("febrl", folder, "febrl.csv", lead_id="rec_id", first_name="given_name",
                    last_name="surname", street="street", postal_code="postcode", city="suburb",
                    birth_date="date_of_birth")
        )  # fmt: skip
    reporting = {"time_zone": "Europe/Berlin", "currency": "EUR", "own_domains": ["veridianworks.io"]}
    path = folder / "sources.yaml"
    path.write_text(yaml.safe_dump({"reporting": reporting, "sources": sources}), encoding="utf-8")
    return path


def _mapped(name: str, folder: Path, file: str, **columns: str) -> dict[str, object]:
    return {
        "name": name, "system": "csv_mapping", "path": str(folder), "time_zone": "UTC", "currency": "EUR",
        "objects": {"lead": {"file": file, "columns": columns}},
        "lead_allowance": {"fake_share": 1.0, "reason": "Labelled test data of the evaluation."},
    }  # fmt: skip


def _write_csv(path: Path, rows: Iterable[dict[str, str]]) -> None:
    rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)))
        writer.writeheader()
        writer.writerows(rows)
