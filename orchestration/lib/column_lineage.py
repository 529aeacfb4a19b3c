"""From which columns each column of a model is made: read from the SQL that dbt has compiled.

Belongs here: reading one statement. sqlglot parses it; the tracing is ours, since `sqlglot.lineage` starts
anew for each column (235 models: over three minutes, against three seconds so). Only what becomes the
value counts, not joins, filters and grouping.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, build_scope

FILES = ""  # the relation of a column that is read from landing's files
Columns = dict[str, "frozenset[Origin]"]
_NOISE = re.compile(r"""("(?:[^"]|"")*")|'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/""", re.DOTALL)
_LISTS = re.compile(r"\[\s*''(?:\s*,\s*'')*\s*\]")


class Origin(NamedTuple):
    """A column of a relation: the table's name, or FILES."""

    relation: str
    column: str


def column_origins(sql: str, relations: Mapping[str, Sequence[str]]) -> Columns:
    """Columns of a SELECT, in order, each with the columns that its value is made from (none for a constant).

    `relations`: names of the tables that may be read, with their columns; a table function that reads files
    has any column. An empty dict where the statement cannot be read.
    """
    try:
        scope = build_scope(parse_one(without_texts(sql), read="duckdb"))
    except SqlglotError:
        return {}
    return _Statement(relations).columns(scope) if scope else {}


def without_texts(sql: str) -> str:
    """The statement without comments and with empty texts: they say nothing about columns, and are most of
    what there is to parse."""
    return _LISTS.sub(
        "['']", _NOISE.sub(lambda found: found[1] or ("''" if found[0][0] == "'" else " "), sql)
    )


@dataclass
class _Source:
    """What a FROM clause names: its columns by lower-case name, or `anything` of the same origin."""

    columns: Columns = field(default_factory=dict)
    anything: str | None = None

    def find(self, name: str) -> "frozenset[Origin] | None":
        if self.anything is not None:
            return frozenset({Origin(self.anything, name)})
        return self.columns.get(name.lower())


class _Statement:
    def __init__(self, relations: Mapping[str, Sequence[str]]) -> None:
        self._relations = {name.lower(): (name, columns) for name, columns in relations.items()}
        self._done: dict[int, Columns] = {}
        self._read: dict[tuple[int, str], _Source] = {}

    def columns(self, scope: Scope) -> Columns:
        """Output columns of a scope, by their names as written."""
        key = id(scope)
        if key not in self._done:
            self._done[key] = {}  # a recursive query meets itself
            self._done[key] = self._union(scope) if scope.set_operation_scopes else self._select(scope)
        return self._done[key]

    def _union(self, scope: Scope) -> Columns:
        left, right = (dict(self.columns(part)) for part in scope.set_operation_scopes)
        if scope.expression.args.get("by_name"):
            lowered = {name.lower(): name for name in left}
            found = dict(left)
            if (every := right.pop("*", None)) is not None:  # whatever the files have by these names
                files = next(iter(every)).relation
                right = {name: frozenset({Origin(files, name)}) for name in left} | right
            for written, origins in right.items():
                name = lowered.get(written.lower(), written)
                found[name] = found.get(name, frozenset()) | origins
            return found
        others = list(right.values()) + [frozenset()] * len(left)
        return {name: origins | other for (name, origins), other in zip(left.items(), others, strict=False)}

    def _select(self, scope: Scope) -> Columns:
        if not isinstance(scope.expression, exp.Select):
            return {}
        found: Columns = {}
        for projection in scope.expression.expressions:
            star = projection.this if isinstance(projection, exp.Column) else projection
            if isinstance(star, exp.Star):
                table = projection.table if isinstance(projection, exp.Column) else None
                found |= self._star(scope, star, table)
            else:
                found[projection.alias_or_name] = self._value(scope, projection, found)
        return found

    def _star(self, scope: Scope, star: exp.Star, table: str | None) -> Columns:
        without = {item.name.lower() for item in star.args.get("except_") or ()}
        found: Columns = {}
        for name in [table] if table else list(scope.selected_sources):
            source = self._source(scope, name)
            if source.anything is not None:
                found["*"] = frozenset({Origin(source.anything, "*")})
            for column, origins in source.columns.items():
                if column not in without and column not in {known.lower() for known in found}:
                    found[column] = origins
        for item in star.args.get("replace") or ():
            found[item.alias.lower()] = self._value(scope, item, {})
        return found

    def _value(self, scope: Scope, expression: exp.Expr, aliases: Columns) -> frozenset[Origin]:
        origins: set[Origin] = set()
        inner = {id(child.expression): child for child in scope.subquery_scopes}
        for node in expression.walk(prune=lambda node: id(node) in inner):
            if id(node) in inner:
                origins.update(*self.columns(inner[id(node)]).values())
            elif isinstance(node, exp.Column) and not isinstance(node.this, exp.Star):
                origins |= self._column(scope, node, aliases)
        return frozenset(origins)

    def _column(self, scope: Scope, column: exp.Column, aliases: Columns) -> frozenset[Origin]:
        names = [column.table] if column.table in scope.sources else list(scope.selected_sources)
        wanted = column.name if column.table in ("", *scope.sources) else column.table  # a field of a struct
        sources = [self._source(scope, name) for name in names]
        for source in sorted(sources, key=lambda source: source.anything is not None):
            if (origins := source.find(wanted)) is not None:
                return origins
        lowered = {name.lower(): origins for name, origins in aliases.items()}
        if wanted.lower() in lowered:
            return lowered[wanted.lower()]
        return self._column(scope.parent, column, {}) if scope.parent else frozenset()

    def _source(self, scope: Scope, name: str) -> _Source:
        key = (id(scope), name)
        if key not in self._read:
            self._read[key] = _Source()  # `unnest(…) as x` stands beside what it unnests
            self._read[key] = self._named(scope, name)
        return self._read[key]

    def _named(self, scope: Scope, name: str) -> _Source:
        source = scope.sources.get(name)
        if isinstance(source, Scope):
            if isinstance(source.expression, (exp.Select, exp.SetOperation)):
                return _Source(_lowered(self.columns(source)))
            origins = frozenset(self._inside(scope, source.expression))  # unnest, generate_series
            alias = source.expression.args.get("alias")
            named = [column.name for column in alias.columns] if isinstance(alias, exp.TableAlias) else []
            return _Source({column.lower(): origins for column in named or [name]})
        if isinstance(source, exp.Table):
            if isinstance(source.this, exp.Identifier):
                known = self._relations.get(source.name.lower())
                if known is None:
                    return _Source()
                return _Source({c.lower(): frozenset({Origin(known[0], c)}) for c in known[1]})
            return _Source(anything=FILES) if "PARQUET" in source.this.sql().upper() else _Source()
        return _Source()

    def _inside(self, scope: Scope, expression: exp.Expr) -> Iterator[Origin]:
        for column in expression.find_all(exp.Column):
            yield from self._column(scope, column, {})


def _lowered(columns: Columns) -> Columns:
    return {name.lower(): origins for name, origins in columns.items()}
