"""How the library is cut: short functions, small modules, no shortcuts (ruff sees to docstrings and unused names)."""

from __future__ import annotations

import ast
import re
import tokenize
from statistics import median, quantiles

from tests.source import ROOT, functions, modules

PERSIAN = re.compile(r"[\u0620-\u064a\u066e-\u06d5\u06fa-\u06ff]{2}")
LAYOUT = {tokenize.ENCODING, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
BAD_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "misc", "manager"}


def _lines(node: ast.FunctionDef) -> int:
    """Lines of a function's body, its docstring left out."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def test_modules_have_at_most_400_lines() -> None:
    sizes = {path: (ROOT / path).read_text(encoding="utf-8").count("\n") for path in modules()}
    assert {path: size for path, size in sizes.items() if size > 400} == {}


def test_no_function_has_more_than_40_lines() -> None:
    assert [f"{where}: {_lines(node)}" for where, node in functions() if _lines(node) > 40] == []


def test_most_functions_are_short() -> None:
    sizes = [_lines(node) for _, node in functions()]
    assert median(sizes) <= 6
    assert quantiles(sizes, n=10)[-1] <= 25


def test_persian_stands_in_data_files_only() -> None:
    """A docstring may show Persian in an example; code may name letters by number, as patterns do."""
    assert [where for path in modules() for where in _persian_tokens(path)] == []


def _persian_tokens(path: str) -> list[str]:
    """The tokens of a module, docstrings left out, in which two Persian letters stand side by side."""
    with (ROOT / path).open("rb") as file:
        tokens = [token for token in tokenize.tokenize(file.readline) if token.type not in LAYOUT]
    kept = [token for token in tokens if not token.string.startswith(('"""', 'r"""'))]
    return [f"{path}:{token.start[0]}" for token in kept if PERSIAN.search(token.string)]


def test_no_shortcuts() -> None:
    found = []
    for path, tree in modules().items():
        for node in ast.walk(tree):
            call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
            bare = isinstance(node, ast.ExceptHandler) and node.type is None
            stub = isinstance(node, ast.Raise) and "NotImplemented" in ast.dump(node)
            if call or bare or stub or isinstance(node, ast.Assert):
                found.append(f"{path}:{node.lineno}")
    assert found == []


def test_no_note_of_work_undone() -> None:
    texts = {path: (ROOT / path).read_text(encoding="utf-8") for path in modules()}
    assert [path for path, text in texts.items() if re.search(r"\b(TODO|FIXME|XXX)\b", text)] == []


def test_modules_are_named_for_things_of_the_domain() -> None:
    assert [path for path in modules() if set(path.removesuffix(".py").split("/")) & BAD_NAMES] == []
