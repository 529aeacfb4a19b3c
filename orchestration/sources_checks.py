"""What is wrong with a sources file, in its own words: file, line, what to do.

Belongs here: findings of the model and of the catalog turned into sentences. The shape of the file is
`sources_file`; where things stand in it, `yaml_lines`.
"""

import difflib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from orchestration.catalog import objects_of
from orchestration.errors import PipelineError
from orchestration.yaml_lines import Place, YamlDocument

if TYPE_CHECKING:
    from orchestration.sources_file import MappedObject, SourcesFile

_CORRECT = "Correct that line."
_CORRECT_ALL = "Correct these lines."
# What is to be written where pydantic found something of another kind.
_WANTED = {
    ("tuple_type", "list_type"): "write a list: [one, two], or a line `- one` for each",
    ("model_type", "model_attributes_type", "dict_type"): "write `name: value` lines below it",
    ("string_type",): "write one text",
    ("int_parsing", "int_type", "float_parsing", "float_type"): "write a number",
}
_DIFFER = "differ in case only, which makes no difference, and mean different things"
_KEEP_ONE = "Keep one of the two."
_TRUTHS = ("true", "false", "yes", "no", "t", "f", "y", "n", "1", "0")
_OUTCOMES = ("open", "won", "lost", "no_decision")


@dataclass(frozen=True)
class Problem:
    """One finding: its line in the file, what is wrong, what to do."""

    line: int
    message: str
    remedy: str


def problems_error(path: Path, problems: Iterable[Problem]) -> PipelineError:
    """All findings as one error, in the order of the file."""
    ordered = sorted(problems, key=lambda problem: problem.line)
    if len(ordered) == 1:
        return PipelineError(f"{path}, line {ordered[0].line}: {ordered[0].message}", ordered[0].remedy)
    lines = [f"  line {problem.line}: {problem.message}. {problem.remedy}" for problem in ordered]
    return PipelineError(f"{path} has {len(ordered)} mistakes:\n" + "\n".join(lines), _CORRECT_ALL)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The nearest of the known names, else all of them."""
    names = sorted(known)
    lowered = {candidate.lower(): candidate for candidate in names}
    near = difflib.get_close_matches(name.lower(), lowered, n=1, cutoff=0.6)
    return f"Did you mean {lowered[near[0]]}?" if near else f"Known: {', '.join(names)}."


def explained(document: YamlDocument, error: ErrorDetails, root: type[BaseModel]) -> Problem:
    """Pydantic's finding in the words of the file."""
    place: Place = tuple(part for part in error["loc"] if part != "[key]")
    while error["type"] != "missing" and place and place not in document.lines:
        place = place[:-1]  # pydantic's names for the choices of a union
    line, kind, given = document.line(place), error["type"], error["input"]
    field = ".".join(str(part) for part in place if isinstance(part, str)) or "the file"
    source = _source_name(document, place)
    if source:
        field = f"source {source}: {field.removeprefix('sources.').removeprefix('sources')}".removesuffix(
            ": "
        )
    if kind == "extra_forbidden":
        return Problem(
            line, f"{field} is not known here", did_you_mean(str(place[-1]), _fields_at(root, place[:-1]))
        )
    if kind == "missing":
        return Problem(line, f"{field} is missing", f"Add `{place[-1]}`.")
    if kind == "value_error":
        return Problem(line, f"{field}: {error['ctx']['error']}", _CORRECT)
    if kind == "literal_error":
        allowed = _choices(root, place)
        return Problem(
            line, f"{field}: {given!r} is not one of the choices", did_you_mean(str(given), allowed)
        )
    for kinds, wanted in _WANTED.items():
        if kind.startswith(kinds):
            said = "it is empty" if given is None else f"{given!r} is none" if isinstance(given, str) else ""
            return Problem(line, f"{field}: {wanted}" + (f"; {said}" if said else ""), _CORRECT)
    shown = f", not {given!r}" if given is None or isinstance(given, str) else ""
    return Problem(line, f"{field}: {error['msg'][:1].lower()}{error['msg'][1:]}{shown}", _CORRECT)


def contradictions(document: YamlDocument, sources: "SourcesFile") -> Iterator[Problem]:
    """What no entry can show alone: names given twice, mappings to fields that do not exist."""
    if not sources.sources:
        yield Problem(document.line(("sources",)), "sources is empty", "List at least one source.")
    first: dict[str, int] = {}
    for index, entry in enumerate(sources.sources):
        place: Place = ("sources", index, "name")
        if entry.name in first:
            other = document.line(("sources", first[entry.name], "name"))
            message = f"the name {entry.name} is already given in line {other}"
            yield Problem(document.line(place), message, "Give every source its own name.")
        first.setdefault(entry.name, index)
        yield from _read_twice(document, sources, index)
        for section in ("loss_reasons", "lead_statuses"):
            for text, same in _clashes(getattr(entry, section)):
                yield Problem(
                    document.line(("sources", index, section, text)),
                    f"source {entry.name}: in {section} {text} and {same} {_DIFFER}",
                    _KEEP_ONE,
                )
        for name, mapped in entry.objects.items():
            at: Place = ("sources", index, "objects", name)
            for inside, message, remedy in _mapping_problems(name, mapped):
                yield Problem(document.line((*at, *inside)), f"source {entry.name}: {message}", remedy)


def _read_twice(document: YamlDocument, sources: "SourcesFile", index: int) -> Iterator[Problem]:
    """Whether an entry reads the files of one above it. Mappings may: they take different things of them."""
    entry = sources.sources[index]
    if entry.path is None or entry.system == "csv_mapping":
        return
    for before in sources.sources[:index]:
        if before.path is None or before.system != entry.system:
            continue
        if os.path.normpath(before.path) == os.path.normpath(entry.path):
            yield Problem(
                document.line(("sources", index, "path")),
                f"source {entry.name} reads the same path as {before.name}: all of it would be counted twice",
                "Keep one of the two, or correct the path.",
            )


def _clashes(meanings: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Texts that are the same but for case and blanks around them, and mean different things."""
    known: dict[str, str] = {}
    for text, meaning in meanings.items():
        other = known.setdefault(text.strip().lower(), text)
        if meanings[other].strip().lower() != meaning.strip().lower():
            yield text, other


def _meaning_problem(name: str, field: str, kind: str, text: str) -> str:
    """What is to be written where a constant or the target of a value is nothing that the field can hold;
    empty where it can."""
    said = text.strip().lower()
    if not said:  # nothing
        return ""
    if kind == "boolean" and said not in _TRUTHS:
        return "Write true or false."
    if field == "status" and name.startswith("opportunity") and said not in _OUTCOMES:
        return f"Write {', '.join(_OUTCOMES)}; a word of the sales process belongs to `stage`."
    if kind in ("integer", "decimal", "percent") and not any(sign.isdigit() for sign in said):
        return "Write a number."
    if field == "currency" and not (len(said) == len("EUR") and said.isalpha()):
        return "Write a code of three letters (ISO 4217), for example EUR."
    return ""


def _meaning_problems(
    name: str, mapped: "MappedObject", fields: Mapping[str, str]
) -> Iterator[tuple[Place, str, str]]:
    found: list[tuple[Place, str, str]] = [
        (("constants", field), field, text) for field, text in mapped.constants.items()
    ]
    for field, texts in mapped.values.items():
        found += [(("values", field, text), field, target) for text, target in texts.items()]
        for text, other in _clashes(texts):
            yield ("values", field, text), f"{name}.{field}: {text} and {other} {_DIFFER}", _KEEP_ONE
    for place, field, text in found:
        remedy = _meaning_problem(name, field, fields.get(field, "text"), text)
        if remedy:
            yield place, f"{name}.{field} cannot be {text!r}", remedy


def _mapping_problems(name: str, mapped: "MappedObject") -> Iterator[tuple[Place, str, str]]:
    catalog = objects_of("csv_mapping")
    if name not in catalog:
        yield (), f"there is no object {name}", did_you_mean(name, catalog)
        return
    fields = catalog[name].types
    for section in ("columns", "constants", "values"):
        for field in getattr(mapped, section):
            if field not in fields:
                yield (section, field), f"{name} has no field {field}", did_you_mean(field, fields)
    for field in mapped.constants:
        if field in mapped.columns:
            yield (
                ("constants", field),
                f"{name}.{field} is both a column and a constant",
                _KEEP_ONE,
            )
    for field in mapped.values:
        if field not in mapped.columns:
            yield (
                ("values", field),
                f"{name}.{field} has values but no column",
                f"Map {field} under columns too.",
            )
    yield from _meaning_problems(name, mapped, fields)
    unmapped = [field for field in catalog[name].key if field not in mapped.columns]
    if mapped.key == () and catalog[name].key and not unmapped:
        message = f"{name} has a key, {', '.join(catalog[name].key)}, and is read as if it had none"
        yield ("key",), message, "Leave `key: []` out: changed records would stand beside what they were."
    for field in catalog[name].key:
        if mapped.key is None and len(mapped.columns.get(field, ())) > 1:
            message = f"{name}.{field} is the key, and it is mapped to several columns"
            yield ("columns", field), message, "Map it to one, or name the key's columns (`key: [One, Two]`)."
    if mapped.key is None and unmapped:
        message = f"{name} has no key: {', '.join(unmapped)} is not mapped"
        yield (
            (),
            message,
            f"Map {unmapped[0]}, name the key's columns (`key: Column`), or write `key: []` if it has none.",
        )


def _source_name(document: YamlDocument, place: Place) -> str:
    if len(place) < 2 or place[0] != "sources" or not isinstance(place[1], int):
        return ""
    entry = document.data["sources"][place[1]]
    name = entry.get("name") if isinstance(entry, dict) else None
    return name if isinstance(name, str) else f"number {place[1] + 1}"


def _annotation_at(root: type[BaseModel], place: Place) -> Any:
    """Type annotation of a place in the model: sections, lists, tuples and dicts are walked."""
    annotation: Any = root
    for part in place:
        annotation = _unwrapped(annotation)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            field = annotation.model_fields.get(str(part))
            annotation = field.annotation if field else None
        else:
            arguments = get_args(annotation)
            annotation = arguments[1 if get_origin(annotation) is dict else 0] if arguments else None
    return _unwrapped(annotation)


def _unwrapped(annotation: Any) -> Any:
    """Without `| None` and Annotated."""
    arguments = [part for part in get_args(annotation) if part is not type(None)]
    origin = get_origin(annotation)
    if origin in (None, dict, tuple, list, Literal) or not arguments:
        return annotation
    return _unwrapped(arguments[0])


def _fields_at(root: type[BaseModel], place: Place) -> list[str]:
    model = _annotation_at(root, place)
    return list(model.model_fields) if isinstance(model, type) and issubclass(model, BaseModel) else []


def _choices(root: type[BaseModel], place: Place) -> list[str]:
    return [str(choice) for choice in get_args(_annotation_at(root, place))]
