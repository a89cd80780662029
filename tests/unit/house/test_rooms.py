"""House rules that import-linter cannot see."""

import ast
from collections.abc import Iterator
from pathlib import Path

CLOUD = Path(__file__).parents[3] / "cloud" / "spotfi_cloud"


def _imports(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def test_a_service_calls_only_its_own_repository() -> None:
    foreign = [
        f"{source.relative_to(CLOUD)}: {module}"
        for source in CLOUD.glob("*/*.py")
        for module in _imports(source)
        if module.endswith(".repository") and module != f"spotfi_cloud.{source.parent.name}.repository"
    ]
    assert foreign == []


def test_only_entrypoints_commit() -> None:
    commits = [
        f"{source.relative_to(CLOUD)}:{node.lineno}"
        for source in CLOUD.glob("*/*.py")
        if source.parent.name not in {"entrypoints", "storage"}
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"commit", "begin"}
    ]
    assert commits == []
