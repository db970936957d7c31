"""The floor plan: imports only point down, and each heavy library lives in one room."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.source import modules

FLOORS = {
    "errors": 0,
    "share": 0,
    "words": 0,
    "engagement": 1,
    "measures": 1,
    "intake": 2,
    "section": 3,
    "steps": 3,
    "ink": 4,
    "overview": 4,
    "forms": 5,
    "report": 5,
    "batch": 6,
    "cli": 7,
}
NEIGHBOURS = {("errors", "words"), ("words", "errors"), ("steps", "section")}
INK_KNOWS = ("errors", "share", "words", "section", "ink", "measures.estimate", "engagement.setup", "engagement.fields")
ROOMS = {
    "matplotlib": "ink",
    "seaborn": "ink",
    "ipywidgets": "forms",
    "typst": "report",
    "jinja2": "report",
    "icalendar": "report",
    "pptx": "report",
    "xlsxwriter": "report",
    "docx": "report",
    "papermill": "batch",
}
HEAVY = ("numpy", "pandas", "scipy", "statsmodels", "sklearn", "matplotlib", "duckdb", "polars", "pydantic")


def _room(path: str) -> str:
    """cxlib/steps/kpis.py → steps, cxlib/cli.py → cli."""
    return path.split("/")[1].removesuffix(".py")


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every imported module with its line, those inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names] if node.module == "cxlib" else [node.module]
            yield from ((node.lineno, name) for name in names if not name.endswith("__version__"))


def _own() -> Iterator[tuple[str, str, str]]:
    """(where, importing room, imported room) for every import of the library by itself."""
    for path, tree in modules().items():
        for line, name in _imports(tree):
            if name.startswith("cxlib.") and _room(path) != "__init__":
                yield f"{path}:{line} imports {name}", _room(path), name.split(".")[1]


def test_every_room_has_a_floor() -> None:
    assert {_room(path) for path in modules()} - {"__init__"} <= FLOORS.keys()


def test_imports_only_point_down() -> None:
    wrong = [
        where
        for where, room, other in _own()
        if other != room and FLOORS[other] >= FLOORS[room] and (room, other) not in NEIGHBOURS
    ]
    assert wrong == []


def test_ink_draws_sections_and_knows_nothing_of_steps() -> None:
    """Of the engagement it knows brand, currency and the form of a text; of measures the form of an estimate."""
    known = tuple(f"imports cxlib.{name}" for name in INK_KNOWS)
    assert [where for where, room, _ in _own() if room == "ink" and not where.partition(" ")[2].startswith(known)] == []


def test_measures_know_only_the_ground_floor() -> None:
    assert [where for where, room, other in _own() if room == "measures" and FLOORS[other] and other != room] == []


def test_section_knows_of_measures_only_the_estimate() -> None:
    named = {where.split()[-1] for where, room, other in _own() if room == "section" and other == "measures"}
    assert named <= {"cxlib.measures.estimate"}


def test_no_relative_imports() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert found == []


@pytest.mark.parametrize(("library", "room"), ROOMS.items())
def test_library_lives_in_one_room(library: str, room: str) -> None:
    found = [
        f"{path}:{line}"
        for path, tree in modules().items()
        for line, name in _imports(tree)
        if name.split(".")[0] == library and _room(path) != room
    ]
    assert found == []


def test_importing_the_library_costs_nothing() -> None:
    code = f"import sys, cxlib, cxlib.errors, cxlib.share; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
