"""dbt's cross-database macros while sqlfluff renders the models: a call of the same name."""

from collections.abc import Callable


def __getattr__(name: str) -> Callable[..., str]:
    return lambda *arguments, **_: f"{name}({', '.join(map(str, arguments))})"


def listagg(measure: str, delimiter: str, order_by: str = "") -> str:
    return f"string_agg({measure}, {delimiter} {order_by})"
