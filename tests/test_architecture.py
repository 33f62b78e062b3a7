"""What import-linter cannot say: see the contracts in pyproject.toml."""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_engine_imports_the_standard_library_only():
    tree = ast.parse((ROOT / "scheduling/engine.py").read_text(encoding="utf-8"))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in imported_modules(node)
    }
    assert imported - sys.stdlib_module_names == set()


def imported_modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    # A relative import is one of ours, whatever it names.
    return ["scheduling" if node.level else node.module or ""]
