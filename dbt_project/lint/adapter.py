"""dbt's `adapter` while sqlfluff renders the models: enough for their shape, nothing runs.

Belongs here: stand-ins for dbt's own objects. The project's macros are loaded as they are.
"""

from collections.abc import Callable


def dispatch(name: str) -> Callable[..., str]:
    """What stands where a dispatched macro is called: a call of the same name."""
    shapes: dict[str, Callable[..., str]] = {
        "all_but": lambda columns, relation="": f"{relation}.*" if relation else "*",
        "union_by_name": "\nunion all\n".join,
        "not_materialized": lambda: "",
        "json_text": lambda json, path: f"json_text({json}, '{path}')",
        "rows_of_list": lambda text, separator: f"rows_of_list({text}, '{separator}')",
    }
    return shapes.get(name, lambda *arguments: f"{name}({', '.join(map(str, arguments))})")


def quote(name: str) -> str:
    return f'"{name}"'
