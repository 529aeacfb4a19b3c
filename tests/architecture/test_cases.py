"""The cases of a test have the same names in every process: pytest-xdist refuses a run otherwise."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent.parent
# What a clock, a generator of numbers or the order of a set would put into a case's name.
DIFFERS_BY_PROCESS = {
    "now", "utcnow", "today", "time", "time_ns", "monotonic", "uuid4", "random", "uniform", "getpid",
    "set", "frozenset", "iterdir", "glob", "rglob", "listdir",
}  # fmt: skip


def unstable(source: str) -> Iterator[str]:
    """What in `source` names a test's cases and is not the same in every process, as `line: code`."""
    for node in ast.walk(ast.parse(source)):
        for decorator in getattr(node, "decorator_list", []):
            ordered = {
                id(inner)
                for call in ast.walk(decorator)
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "sorted"
                for inner in ast.walk(call)
            }
            for part in ast.walk(decorator):
                called = isinstance(part, ast.Call) and (
                    getattr(part.func, "attr", None) or getattr(part.func, "id", None)
                )
                if called in DIFFERS_BY_PROCESS and id(part) not in ordered:
                    yield f"{part.lineno}: {ast.unparse(part)}"
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith("parametrize"):
                for values in decorator.args[1:]:
                    if isinstance(values, ast.Set | ast.SetComp):
                        yield f"{values.lineno}: {ast.unparse(values)}"


def test_no_test_is_named_by_the_clock_or_by_chance() -> None:
    found = {
        f"{path.relative_to(TESTS)}:{place}"
        for path in TESTS.rglob("*.py")
        for place in unstable(path.read_text(encoding="utf-8"))
    }
    assert not found


def test_a_clock_in_a_case_is_found() -> None:
    case = "@pytest.mark.parametrize('at', [datetime.now(UTC) - timedelta(days=1)])\ndef test_a(at): ..."
    assert list(unstable(case)) == ["1: datetime.now(UTC)"]
    assert list(unstable("@pytest.mark.parametrize('a', {1, 2})\ndef test_a(a): ..."))
    assert list(unstable("@pytest.mark.parametrize('a', sorted(P.glob('*')))\ndef test_a(a): ...")) == []
