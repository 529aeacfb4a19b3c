"""What each system's objects are called, keyed by and made of: read from dbt's sources YAML.

One list serves both sides: the row boundary takes the keys from here, the staging models the
columns. Reading only; the lists themselves stand in `dbt_project/models/staging/<system>/`.
"""

from dataclasses import dataclass
from functools import cache

from orchestration.quick_yaml import load_yaml
from orchestration.settings import DBT_PROJECT_DIR


@dataclass(frozen=True)
class ObjectSpec:
    """One object of one system.

    `key`: the columns that identify a record (empty: its content does); `key_else`: others that do in
    exports of another age, the first that fits counts. `modified`: the column with its modification time,
    or None. `types`: column name to meaning (text, integer, decimal, percent, boolean, date, timestamp).
    `person`: the columns that tell who somebody is, where a record is a person. `about_person`: the column
    that names the person a record is about and means nothing without.
    """

    system: str
    name: str
    key: tuple[str, ...]
    modified: str | None
    types: dict[str, str]
    description: str
    person: tuple[str, ...] = ()
    about_person: str | None = None
    key_else: tuple[tuple[str, ...], ...] = ()


@cache
def objects_of(system: str) -> dict[str, ObjectSpec]:
    """Objects of a system by name, from `models/staging/<system>/_<system>__sources.yml`.

    Raises FileNotFoundError where the project has no such system.
    """
    path = DBT_PROJECT_DIR / "models" / "staging" / system / f"_{system}__sources.yml"
    document = load_yaml(path.read_text(encoding="utf-8"))
    specs = {}
    for source in document["sources"]:
        for table in source["tables"]:
            meta = table.get("config", {}).get("meta", {})
            specs[table["name"]] = ObjectSpec(
                system=source["name"],
                name=table["name"],
                key=tuple(meta.get("key", ())),
                modified=meta.get("modified"),
                types={column["name"]: column.get("data_type", "text") for column in table["columns"]},
                description=table.get("description", ""),
                person=tuple(meta.get("person", ())),
                about_person=meta.get("about_person"),
                key_else=tuple(tuple(key) for key in meta.get("key_else", ())),
            )
    return specs
