"""Who a person is in the data: their records, and the texts that tell who they are.

Belongs here: finding, in landing, everything that names one person, and saying which texts are theirs
alone. Removing it is `erasure`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import duckdb

from orchestration.catalog import ObjectSpec, objects_of
from orchestration.errors import PipelineError
from orchestration.lib.content import quoted, text
from orchestration.settings import Settings
from orchestration.sources_file import SourcesFile

_EMAIL = re.compile(r"[^\s\"'<>,;:\[\]{}()]+@[^\s\"'<>,;:\[\]{}()]+\.[^\s\"'<>,;:\[\]{}()]+")
_PHONE = re.compile(r"\+?\d[\d\s()./-]{5,}\d")
SALESFORCE_ID_LENGTH = 15  # the three characters after it only repeat its capitals


@dataclass(frozen=True)
class PersonColumns:
    """The columns of one landed object that tell who somebody is: (kind, column), kinds `part` (a given or
    family name), `whole` (a whole name), `email` and `phone`. `files`: its landing files."""

    system: str
    name: str
    columns: tuple[tuple[str, str], ...]
    files: tuple[Path, ...]

    @property
    def relation(self) -> str:
        """SQL that reads the files."""
        return f"read_parquet([{', '.join(text(path) for path in self.files)}], union_by_name = true)"


@dataclass(frozen=True)
class _Row:
    """One distinct version of a person's record; `values`: (kind, text)."""

    instance: str
    system: str
    name: str
    key: str
    values: tuple[tuple[str, str], ...]

    def of_kind(self, kind: str) -> list[str]:
        return [value.strip() for known, value in self.values if known == kind and value.strip()]

    @property
    def whole_names(self) -> set[str]:
        found = {name for name in self.of_kind("whole") if " " in name}
        parts = self.of_kind("part")
        if len(parts) == len({"given", "family"}):
            given, family = parts
            found |= {f"{given} {family}", f"{family}, {given}", f"{family} {given}"}
        return found

    @property
    def emails(self) -> set[str]:
        return {found for value in self.of_kind("email") for found in _EMAIL.findall(value)}

    @property
    def phones(self) -> set[str]:
        return {found.strip() for value in self.of_kind("phone") for found in _PHONE.findall(value)}


@dataclass
class Person:
    """One person. `keys`: (source instance, system, object, record key) of their records; `names`: whole
    names; `name_parts`: given and family names; `phones` and `emails` as they were written."""

    keys: set[tuple[str, str, str, str]] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    name_parts: set[str] = field(default_factory=set)

    def native_ids(self, instance: str) -> set[str]:
        """The ids that their records bear in a source instance, Salesforce's in both lengths."""
        ids = {key for owner, _, _, key in self.keys if owner == instance}
        return ids | {key[:SALESFORCE_ID_LENGTH] for key in ids if len(key) == SALESFORCE_ID_LENGTH + 3}

    @property
    def record_ids(self) -> set[str]:
        """`source_instance:native_id` as marts name them."""
        return {f"{i}:{n}" for i in {owner for owner, *_ in self.keys} for n in self.native_ids(i)}


def person_objects(settings: Settings, sources: SourcesFile) -> list[PersonColumns]:
    """Every landed object whose records are people, with the columns as landing has them."""
    found = []
    with duckdb.connect() as connection:
        for folder in sorted(path for path in settings.landing.glob("*/*") if path.is_dir()):
            files = tuple(sorted(folder.glob("*.parquet")))
            spec = _spec(folder.parent.name, folder.name)
            if not files or not spec or not spec.person:
                continue
            wanted = [(_kind(column), column) for column in spec.person]
            if spec.system == "csv_mapping":
                wanted = list(_mapped(sources, folder.name, spec.person))
            every = PersonColumns(spec.system, spec.name, tuple(wanted), files)
            described = connection.execute(f"describe select * from {every.relation}").fetchall()
            names = {name for name, *_ in described}
            found.append(replace(every, columns=tuple(pair for pair in wanted if pair[1] in names)))
    return [each for each in found if each.columns]


def find_person(settings: Settings, sources: SourcesFile, record_id: str) -> Person:
    """Everything landed that is this person's.

    `record_id`: `source_instance:native_id` as marts have it, or an e-mail address. Records with the same
    address and a name in common, in any source, are the same person's. Raises PipelineError where there
    is none.
    """
    objects = person_objects(settings, sources)
    person = Person()
    with duckdb.connect() as connection:
        if "@" in record_id:
            person.emails.add(record_id.strip())
        else:
            for row in _rows(connection, objects, _is_record(*record_id.partition(":")[::2])):
                _add(person, row)
            if not person.keys:
                raise PipelineError(
                    f"there is no person {record_id} in landing",
                    "Give a lead's or contact's id as the marts have it (source_instance:id),"
                    " or an e-mail address.",
                )
        parts = {part.lower() for part in person.name_parts}
        for email in sorted(person.emails):
            for row in _rows(connection, objects, partial(_holds, texts={email.lower()})):
                theirs = {part.lower() for part in row.of_kind("part")}
                if email.lower() in {found.lower() for found in row.emails} and (
                    not parts or not theirs or parts & theirs
                ):  # else a shared mailbox: another person
                    _add(person, row)
    if not person.keys:
        raise PipelineError("no person in landing has that e-mail address", "Is it spelt as in the CRM?")
    return person


def shared_texts(settings: Settings, sources: SourcesFile, person: Person) -> set[str]:
    """Texts of the person that other people's records have too (a switchboard's number, a common name),
    lower case. They go with the person's own records and stay in everybody else's."""
    candidates = {item.lower() for item in person.emails | person.phones | person.names}
    shared: set[str] = set()
    with duckdb.connect() as connection:
        for row in _rows(connection, person_objects(settings, sources), partial(_holds, texts=candidates)):
            if (row.instance, row.system, row.name, row.key) not in person.keys:
                said = row.whole_names | row.emails | row.phones
                shared |= candidates & {item.lower() for item in said}
    return shared


def _rows(
    connection: duckdb.DuckDBPyConnection,
    objects: Iterable[PersonColumns],
    condition: Callable[[PersonColumns], str],
) -> Iterator[_Row]:
    for each in objects:
        listed = ", ".join(f"{quoted(column)}::varchar" for _, column in each.columns)
        rows = connection.execute(
            f"select distinct _source_instance, _record_key, {listed} from {each.relation}"
            f" where {condition(each)}"
        ).fetchall()
        for instance, key, *values in rows:
            said = zip((kind for kind, _ in each.columns), values, strict=True)
            yield _Row(instance, each.system, each.name, key, tuple((k, v) for k, v in said if v))


def _is_record(instance: str, native: str) -> Callable[[PersonColumns], str]:
    """SQL: the record of that id. Salesforce ids come in 15 and in 18 characters."""

    def condition(each: PersonColumns) -> str:
        keys = f"_record_key = {text(native)}"
        if each.system == "salesforce" and len(native) >= SALESFORCE_ID_LENGTH:
            keys += f" or left(_record_key, 15) = {text(native[:SALESFORCE_ID_LENGTH])}"
        return f"_source_instance = {text(instance)} and ({keys})"

    return condition


def _holds(each: PersonColumns, texts: set[str]) -> str:
    """SQL: a row whose columns hold one of the texts (lower case); parts of names stand side by side."""
    joined = f"lower(concat_ws(' ', {', '.join(quoted(column) for _, column in each.columns)}))"
    plain = {item for item in texts if ", " not in item} or {""}
    return "(" + " or ".join(f"contains({joined}, {text(item)})" for item in sorted(plain)) + ")"


def _add(person: Person, row: _Row) -> None:
    person.keys.add((row.instance, row.system, row.name, row.key))
    person.name_parts |= {part for part in row.of_kind("part") if len(part) > 1}
    person.names |= row.whole_names
    person.emails |= row.emails
    person.phones |= row.phones


def _kind(column: str) -> str:
    """What a column of `person` in the sources YAML is."""
    plain = column.lower().replace(" ", "_")
    if "mail" in plain:
        return "email"
    if "name" in plain:
        return "whole" if plain in ("name", "full_name") else "part"
    return "phone"


def _spec(system: str, name: str) -> ObjectSpec | None:
    try:
        return objects_of(system).get(name)
    except FileNotFoundError:
        return None


def _mapped(sources: SourcesFile, name: str, canonical: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Source columns that the mappings of any instance give to canonical fields."""
    for column in canonical:
        found = {
            source
            for entry in sources.sources
            if entry.system == "csv_mapping" and name in entry.objects
            for source in entry.objects[name].columns.get(column, ())
        }
        yield from ((_kind(column), source) for source in sorted(found))
