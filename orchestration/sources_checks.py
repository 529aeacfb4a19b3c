"""What is wrong with a sources file, in its own words: file, line, what to do.

Belongs here: findings of the model and of the catalog turned into sentences. The shape of the file is
`sources_file`; where things stand in it, `yaml_lines`.
"""

import difflib
from collections.abc import Iterable, Iterator
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
        for name, mapped in entry.objects.items():
            at: Place = ("sources", index, "objects", name)
            for inside, message, remedy in _mapping_problems(name, mapped):
                yield Problem(document.line((*at, *inside)), f"source {entry.name}: {message}", remedy)


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
                "Keep one of the two.",
            )
    for field in mapped.values:
        if field not in mapped.columns:
            yield (
                ("values", field),
                f"{name}.{field} has values but no column",
                f"Map {field} under columns too.",
            )
    unmapped = [field for field in catalog[name].key if field not in mapped.columns]
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
