"""A measure's figures as lines of text.

Belongs here: how figures are printed. The figures themselves are the measures'.
"""

from collections.abc import Iterator, Mapping
from typing import Any


def shown(measured: Mapping[str, Any]) -> str:
    """Times first, then ratios with their spread, breakdowns, and single figures."""
    return "\n".join(f"  {line}" for line in _lines(measured))


def _lines(measured: Mapping[str, Any]) -> Iterator[str]:
    for item in measured.get("timed", ()):
        low, high = item["wall_spread"]
        cpu = f", CPU {item['cpu_median']:.2f} s" if item["cpu_median"] is not None else ""
        yield f"{item['name']:<46} {item['wall_median']:9.2f} s  ({low:.2f} to {high:.2f}){cpu}"
    for name, value in measured.items():
        if name == "timed":
            continue
        if isinstance(value, Mapping) and "median" in value:
            low, high = value["spread"]
            yield f"{name:<46} {value['median']:9.3f}    ({low:.3f} to {high:.3f})"
        elif isinstance(value, Mapping):
            yield name
            yield from (f"  {key:<50} {_figure(name, key, figure)}" for key, figure in value.items())
        elif isinstance(value, list):
            yield name
            yield from ("  " + _row(item) for item in value)
        else:
            yield f"{name:<46} {_figure(name, name, value)}"


def _row(item: Any) -> str:
    if not isinstance(item, Mapping):
        return str(item)
    first, *others = item.items()
    return f"{first[1]!s:<60} " + "  ".join(f"{name} {_figure(name, name, value)}" for name, value in others)


def _figure(name: str, key: str, value: Any) -> str:
    """Bytes as MiB; seconds, ratios and counts as numbers, by their names."""
    if isinstance(value, Mapping):
        return ", ".join(f"{inner} {_figure(key, inner, figure)}" for inner, figure in value.items())
    if not isinstance(value, int | float) or isinstance(value, bool):
        return str(value)
    if "bytes" in name or "bytes" in key:
        return f"{value / 2**20:,.0f} MiB"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.2f}" if abs(value) >= 0.1 else f"{value:.4f}"
