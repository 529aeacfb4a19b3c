"""Generated people for the model of duplicates: who they are, who lives and works beside them, and how they
are written down a second time. Seeded; nothing of it is taken from the evaluation's sets or the demo.

Belongs here: making labelled records. Faker (MIT licence) gives the names; streets, towns and companies are
put together from them. A record's id is `person-<number>-<copy>-<group>`: equal numbers are one person, equal
groups one firm or home.
"""

import importlib
import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from evaluation.training.given_names import FORMS, known, plain

LOCALES = ("en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pl_PL", "pt_PT", "sv_SE")
STREETS = ("street", "road", "avenue", "lane", "close", "crescent", "place", "way", "drive", "court")
TOWNS = ("ville", "ton", "burg", "field", "ford", "bridge", " heights", " hill", "stadt", "dorf", " park")
TRADES = ("Logistics", "Software", "Foods", "Bau", "Consulting", "Media", "Health", "Energy", "Textiles")
FORMS_OF_COMPANY = ("GmbH", "Inc", "Ltd", "SARL", "BV", "AG", "")
FREE_MAIL = ("gmail.com", "outlook.com", "gmx.de", "yahoo.com", "icloud.com")
FIELDS = ("first", "last", "company", "email", "phone", "mobile", "street", "postal", "city", "birth")


@dataclass(frozen=True)
class Person:
    """What is true of somebody; empty text is unknown."""

    first: str
    last: str
    company: str = ""
    email: str = ""
    phone: str = ""
    mobile: str = ""
    street: str = ""
    postal: str = ""
    city: str = ""
    birth: str = ""


@dataclass
class Names:
    """Given and family names, the first of a list far more often than the last, as in life."""

    chance: random.Random
    given: list[str] = field(default_factory=list)
    rare: list[str] = field(default_factory=list)
    family: list[str] = field(default_factory=list)
    towns: list[str] = field(default_factory=list)
    nicknames: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        family: set[str] = set()
        for locale in LOCALES:
            values = importlib.import_module(f"faker.providers.person.{locale}").Provider.last_names
            family.update(value for value in values if isinstance(value, str))
        self.given, self.family = sorted(known()), sorted(family)
        self.rare = sorted(known(1) - known())
        self.chance.shuffle(self.given)
        self.chance.shuffle(self.family)
        # the first are cities, where many strangers live under many postal codes
        self.towns = [self.one(self.family) + self.chance.choice(TOWNS) for _ in range(500)]
        for group in FORMS.replace("\n", "|").split("|"):
            full, *others = group.split() or [""]
            self.nicknames.setdefault(full, []).extend(others)

    def first(self) -> str:
        """A given name; one in four is none of the known."""
        return self.one(self.given) if self.chance.random() < 0.75 else self.chance.choice(self.rare).title()

    def one(self, names: list[str]) -> str:
        return names[int(len(names) * self.chance.random() ** 3)].title()


def people(count: int, seed: int) -> list[tuple[int, Person]]:
    """`count` people or a few more, each with the number of their firm or home: firms with one switchboard,
    address and domain; homes with one address, mostly one surname and sometimes one telephone number or
    mailbox; and some alone in both."""
    chance = random.Random(seed)
    names = Names(chance)
    found: list[tuple[int, Person]] = []
    group = 0
    while len(found) < count:
        group += 1
        made = _firm(chance, names) if chance.random() < 0.5 else _home(chance, names)
        found.extend((group, person) for person in made)
    return found


def _place(chance: random.Random, names: Names) -> dict[str, str]:
    street = f"{chance.randint(1, 120)} {names.one(names.family)} {chance.choice(STREETS)}"
    town = int(len(names.towns) * chance.random() ** 3)
    postal = 10_000 + 150 * town + chance.randrange(max(1, 30 - town))
    return {"street": street, "postal": str(postal), "city": names.towns[town]}


def _number(chance: random.Random) -> str:
    return (
        f"+{chance.choice((1, 33, 44, 49, 61))} {chance.randint(20, 99)} {chance.randint(10**6, 10**7 - 1)}"
    )


def _address(chance: random.Random, first: str, last: str, domain: str) -> str:
    """Free mail has everyone's name already, so people add a number."""
    first, last = (plain(part).replace(" ", "").replace("'", "") for part in (first, last))
    style = chance.choice(("{f}.{l}", "{i}.{l}", "{i}{l}", "{f}", "{f}{l}", "{l}"))
    number = str(chance.randint(1, 9999)) if domain in FREE_MAIL else ""
    return style.format(f=first, l=last, i=first[:1]) + number + "@" + domain


def _birth(chance: random.Random) -> str:
    return (date(1940, 1, 1) + timedelta(days=chance.randint(0, 23_000))).isoformat()


def _firm(chance: random.Random, names: Names) -> list[Person]:
    """Colleagues; one in six bears the surname of another."""
    stem = names.one(names.family)
    company = f"{stem} {chance.choice(TRADES)} {chance.choice(FORMS_OF_COMPANY)}".strip()
    domain = plain(company.rsplit(" ", 1)[0]).replace(" ", "-").replace("'", "") + chance.choice(
        (".com", ".de", ".io")
    )
    office, switchboard = _place(chance, names), _number(chance)
    staff: list[Person] = []
    for _ in range(chance.choice((1, 1, 2, 3, 4, 6, 9))):
        other = chance.choice(staff) if staff else None
        last = other.last if other and chance.random() < 1 / 6 else names.one(names.family)
        first = names.first()
        mail = domain if chance.random() < 0.9 else chance.choice(FREE_MAIL)
        staff.append(
            Person(first, last, company, _address(chance, first, last, mail),
                   switchboard if chance.random() < 0.6 else _number(chance),
                   _number(chance) if chance.random() < 0.3 else "", birth=_birth(chance), **office)
        )  # fmt: skip
    return staff


def _home(chance: random.Random, names: Names) -> list[Person]:
    """One to four at one address; twins are rare, and so is a son who is called like his father."""
    home, last, number = _place(chance, names), names.one(names.family), _number(chance)
    members: list[Person] = []
    mailbox = _address(chance, "family", last, chance.choice(FREE_MAIL)) if chance.random() < 0.1 else ""
    for _ in range(chance.choice((1, 1, 2, 2, 3, 4))):
        first = names.first()
        if members and chance.random() < 0.01:
            first = members[0].first
        is_twin = bool(members) and chance.random() < 0.02
        surname = last if chance.random() < 0.8 else names.one(names.family)
        email = mailbox or _address(chance, first, surname, chance.choice(FREE_MAIL))
        members.append(
            Person(first, surname, "", email, number if chance.random() < 0.5 else "",
                   _number(chance) if chance.random() < 0.6 else "",
                   birth=members[-1].birth if is_twin else _birth(chance), **home)
        )  # fmt: skip
    return members


def slip(chance: random.Random, text: str) -> str:
    """One or two slips of the pen: a letter lost, doubled, changed, or two that changed places."""
    for _ in range(chance.choice((1, 1, 2))):
        if len(text) < 3:
            return text
        at = chance.randrange(len(text) - 1)
        letter = (
            chance.choice("abcdefghijklmnopqrstuvwxyz")
            if not text[at].isdigit()
            else str(chance.randint(0, 9))
        )
        text = chance.choice(
            (text[:at] + text[at + 1 :], text[: at + 1] + text[at:], text[:at] + letter + text[at + 1 :],
             text[:at] + text[at + 1] + text[at] + text[at + 2 :])
        )  # fmt: skip
    return text


def typed(chance: random.Random, person: Person) -> Person:
    """As it comes from a form: everyone mistypes now and then, neighbours not in the same place."""
    slips = {"first": 0.01, "last": 0.01, "street": 0.06, "postal": 0.02, "city": 0.04, "company": 0.03}
    wrong = {
        name: slip(chance, getattr(person, name))
        for name, share in slips.items()
        if getattr(person, name) and chance.random() < share
    }
    return replace(person, **wrong)


def written_again(chance: random.Random, person: Person, names: Names) -> Person:
    """The same person in a second record, careless in one of three, and with what has changed since."""
    care = chance.choice((0.3, 0.6, 2.0))
    often = lambda share: chance.random() < share * care  # noqa: E731
    change: dict[str, str] = {}
    first, last = person.first, person.last
    if often(0.08) and (others := names.nicknames.get(plain(first))):
        first = chance.choice(others).title()
    elif often(0.04):
        first = first[:1]
    elif often(0.03):
        first = names.first()  # the second name, or the name that one goes by
    if often(0.02):
        last = names.one(names.family)  # married
    first = slip(chance, first) if often(0.12) else first
    last = slip(chance, last) if often(0.12) else last
    if often(0.04):
        first, last = last, first
    if often(0.05):
        change |= _place(chance, names)
    if person.email and often(0.25):
        change["email"] = chance.choice(
            (slip(chance, person.email.split("@")[0]) + "@" + person.email.split("@")[1],
             _address(chance, person.first, person.last, chance.choice(FREE_MAIL)), "")
        )  # fmt: skip
    if person.company and often(0.2):
        change["company"] = chance.choice((person.company.rsplit(" ", 1)[0], slip(chance, person.company)))
    if often(0.25):
        change["phone"] = chance.choice((_number(chance), person.mobile, ""))
    if person.birth and often(0.04):
        year, month, day = person.birth.split("-")
        change["birth"] = (
            f"{year}-{day}-{month}" if int(day) <= 12 else chance.choice((f"{year}-01-01", _birth(chance)))
        )
    again = replace(person, first=first, last=last, **change)
    slips = {
        name: slip(chance, getattr(again, name))
        for name in ("street", "postal", "city", "birth")
        if getattr(again, name) and often(0.1)
    }
    return replace(again, **slips)


def records(count: int, seed: int, copies: float = 0.25) -> list[dict[str, str]]:
    """Leads, one or more of each person, with what each form asked for: every source knows other fields."""
    chance = random.Random(seed + 1)
    names = Names(random.Random(seed))
    rows = []
    for number, (group, person) in enumerate(people(count, seed)):
        extra = chance.choice((1, 1, 1, 2)) if chance.random() < copies else 0
        asked = _asked(chance)
        for copy in range(extra + 1):
            written = typed(chance, written_again(chance, person, names) if copy else person)
            fields = {name: getattr(written, name) for name in FIELDS}
            shown = asked if chance.random() < 0.7 else _asked(chance)
            rows.append(
                {"id": f"person-{number}-{copy}-{group}"}
                | {
                    name: value if name in shown and chance.random() > 0.05 else ""
                    for name, value in fields.items()
                }
            )
    return rows


def _asked(chance: random.Random) -> set[str]:
    """The fields of a form: of business people, of consumers, of a register without any contact."""
    return chance.choice(
        (
            {"first", "last", "company", "email", "phone"},
            {"first", "last", "company", "email", "phone", "mobile", "street", "postal", "city"},
            {"first", "last", "company", "phone"},
            {"first", "last", "email", "mobile", "street", "postal", "city", "birth"},
            {"first", "last", "phone", "street", "postal", "city"},
            {"first", "last", "street", "postal", "city", "birth"},
            {"first", "last", "company", "street", "postal", "city"},
        )
    )
