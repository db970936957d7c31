"""The library's own source as syntax trees, for the tests that guard how it is written."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the library: path relative to the checkout → tree."""
    files = sorted((ROOT / "cxlib").rglob("*.py"))
    kept = [file for file in files if "_share" not in file.parts]
    return {file.relative_to(ROOT).as_posix(): ast.parse(file.read_text(encoding="utf-8")) for file in kept}


def functions() -> list[tuple[str, ast.FunctionDef]]:
    """Every function as (where, node)."""
    return [
        (f"{path}:{node.lineno} {node.name}", node)
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]


def docstrings(tree: ast.Module) -> set[int]:
    """The ids of all string nodes that stand alone: docstrings of modules, classes, functions and attributes."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
