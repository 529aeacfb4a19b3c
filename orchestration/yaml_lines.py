"""YAML that remembers where everything stands, so that an error can name file and line.

Belongs here: reading, and nothing about what the file means. Every scalar stays the text that was
written (`NO`, `007`, `1.10` and `TRUE` keep their form); the model it is validated against knows the type.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from orchestration.errors import PipelineError

Place = tuple[int | str, ...]
_MERGE = "tag:yaml.org,2002:merge"


@dataclass(frozen=True)
class YamlDocument:
    """`data`: dicts, lists, text and None. `lines`: the line, from 1, of each place in it."""

    path: Path
    data: Any
    lines: dict[Place, int]

    def line(self, place: Place) -> int:
        """Line of a place, or of the nearest one around it that stands in the file."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read_yaml(path: Path) -> YamlDocument:
    """Read one YAML file. Raises PipelineError where it is missing, unreadable, not YAML, or has the
    same key twice in one place (YAML would keep the last and drop the first in silence)."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    except FileNotFoundError as error:
        raise PipelineError(f"There is no file {path}.", "Create it or correct the path.") from error
    except IsADirectoryError as error:
        raise PipelineError(f"{path} is a folder.", "Name the YAML file.") from error
    except UnicodeDecodeError as error:
        raise PipelineError(f"{path} is no UTF-8 text: {error}.", "Save it in the encoding UTF-8.") from error
    except OSError as error:
        raise PipelineError(f"{path} cannot be read: {error}", "Let this user read it.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}, line {mark.line + 1}" if mark else str(path)
        reason = getattr(error, "problem", None) or str(error)
        remedy = "Correct indentation and quotes there."
        if "'\\t'" in reason:
            remedy = "Indent with blanks; a tab is none for YAML."
        elif "escape" in reason:
            remedy = "In double quotes \\ begins an escape: write the text in single quotes, or without any."
        raise PipelineError(f"{where}: this is not YAML: {reason}", remedy) from error
    lines: dict[Place, int] = {}
    data = _value(root, (), lines, path) if root is not None else None
    return YamlDocument(path, data, lines)


def _value(
    node: yaml.Node, place: Place, lines: dict[Place, int], path: Path, around: tuple[yaml.Node, ...] = ()
) -> Any:
    lines.setdefault(place, node.start_mark.line + 1)
    if any(node is other for other in around):
        raise PipelineError(
            f"{path}, line {node.start_mark.line + 1}: what stands there holds itself, by an alias (*).",
            "Write it out instead of the alias.",
        )
    inside = (*around, node)
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise PipelineError(
                    f"{path}, line {line}: a list or a mapping stands where the name of a setting belongs.",
                    "Write a text before the colon, in quotes if it begins with [ or {.",
                )
            if key_node.tag == _MERGE:
                raise PipelineError(
                    f"{path}, line {line}: settings cannot be merged (<<).",
                    "Write them out there. An alias (*name) may stand for a whole value.",
                )
            key = str(key_node.value)
            if key in result:
                first = lines[(*place, key)]
                raise PipelineError(
                    f"{path}, line {line}: {key} stands here and in line {first}.", "Keep one of the two."
                )
            lines[(*place, key)] = line
            result[key] = _value(value_node, (*place, key), lines, path, inside)
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*place, index), lines, path, inside) for index, item in enumerate(node.value)]
    is_plain = getattr(node, "style", None) is None
    return None if is_plain and node.value in ("", "~", "null", "Null", "NULL") else node.value
