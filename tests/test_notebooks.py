"""The nine notebooks: written by one pattern, built from their sources, running anywhere."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from functools import cache
from pathlib import Path
from statistics import median

import nbformat
import papermill
import pytest
from nbformat import NotebookNode

from notebooks import build as builder

SHOP = builder.Workshop()
NINE = [
    "00_start",
    "01_vision",
    "02_personas",
    "03_journey",
    "04_kpis",
    "05_governance",
    "06_tooling",
    "07_improvement",
    "08_strategy",
]
STEPS = NINE[1:8]
EDITIONS = [(name, lang) for name in NINE for lang in builder.LANGS]
PARAMETERS = {
    "engagement": ("str", "nikkhaneh"),
    "period": ("str", ""),
    "as_of": ("str", ""),
    "lang": ("str", "en"),
    "seed": ("int", 0),
    "out": ("str", ""),
}
# A cell's key is one of these words, or begins with it and a hyphen ("why-nps"); they come in this order.
SKELETON = ["title", "parameters", "setup", "data", "why", "pitfall", "findings", "section", "quiz", "next"]
STEP_SKELETON = [
    *["title", "parameters", "setup", "data", "why", "by-hand", "estimate", "said", "ask"],
    *["pitfall", "decide", "decisions", "findings", "section", "quiz", "next"],
]
# Numbers that prose may state because no data and no parameter can change them: scales, counts of steps, years.
SCALES = {str(number) for number in range(11)} | {"100"}
YEAR = re.compile(r"(?:19|20|13|14)\d\d")
NUMBER = re.compile(r"\d+(?:[.,٫]\d+)*\s*[%٪]?")
PERSIAN_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")
MARKUP = re.compile(r"```.*?```|`[^`]*`|\$[^$]+\$|\]\([^)]*\)|<[^>]*>", re.DOTALL)
ADDRESS = re.compile(r"https?://(?!www\.w3\.org/)[^\s\"'\\)]+")


@cache
def source(name: str) -> NotebookNode:
    """The checked source of a notebook."""
    return SHOP.source(name)


@cache
def built(name: str, lang: str) -> NotebookNode:
    """A stored notebook."""
    return nbformat.read(SHOP.built(name, lang), as_version=4)


def _code(book: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in book.cells if cell.cell_type == "code"]


def _prose(name: str, lang: str) -> dict[str, str]:
    """A notebook's prose by key, without code, formulas and addresses."""
    english = builder.prose(source(name).cells)
    entries = SHOP.persian(name) if lang == "fa" else {}
    texts = {key: entries[key].msgstr if key in entries else "" for key in english} if lang == "fa" else english
    return {key: MARKUP.sub(" ", text) for key, text in texts.items()}


def _tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", []))


def test_there_are_nine() -> None:
    assert SHOP.names() == NINE


@pytest.mark.parametrize("name", NINE)
def test_skeleton_is_kept(name: str) -> None:
    keys = [cell.metadata["key"] for cell in source(name).cells]
    places = []
    for part in STEP_SKELETON if name in STEPS else SKELETON:
        found = [number for number, key in enumerate(keys) if key == part or key.startswith(f"{part}-")]
        assert found, f"no cell {part!r}; keys are {keys}"
        places.append((found[0], part))
    assert [part for _, part in sorted(places)] == [part for _, part in places]


@pytest.mark.parametrize("name", NINE)
def test_code_cells_are_short(name: str) -> None:
    """Median at most 3 lines, none over 10; the parameters are a table, not code."""
    sizes = {cell.metadata["key"]: len(cell.source.splitlines()) for cell in _code(source(name))}
    sizes.pop("parameters")
    assert {key: size for key, size in sizes.items() if size > 10} == {}
    assert median(sizes.values()) <= 3


@pytest.mark.parametrize(("name", "lang"), EDITIONS)
def test_prose_is_short(name: str, lang: str) -> None:
    sizes = {key: len(text.split()) for key, text in _prose(name, lang).items()}
    assert {key: size for key, size in sizes.items() if size > 90} == {}


@pytest.mark.parametrize(("name", "lang"), EDITIONS)
def test_prose_states_no_number_that_data_could_change(name: str, lang: str) -> None:
    found = [
        f"{key}: {number}"
        for key, text in _prose(name, lang).items()
        for number in NUMBER.findall(text.translate(PERSIAN_DIGITS))
        if number.strip() not in SCALES and not YEAR.fullmatch(number.strip())
    ]
    assert found == []


@pytest.mark.parametrize("name", NINE)
def test_code_has_no_comments_and_no_silencing_semicolon(name: str) -> None:
    for cell in _code(source(name)):
        key = cell.metadata["key"]
        tokens = list(tokenize.generate_tokens(io.StringIO(cell.source).readline))
        comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
        assert key == "parameters" or comments == [], key
        assert not cell.source.rstrip().endswith(";"), key
        assert "@interact" not in cell.source, key


@pytest.mark.parametrize("name", NINE)
def test_forms_are_tagged_so_that_nothing_of_them_is_compared(name: str) -> None:
    for cell in source(name).cells:
        assert ("form" in _tags(cell)) <= ("nbval-ignore-output" in _tags(cell)), cell.metadata["key"]
    if name in STEPS:
        assert [cell.metadata["key"] for cell in source(name).cells if "form" in _tags(cell)]


@pytest.mark.parametrize("name", NINE)
def test_parameters_are_the_same_six_everywhere(name: str) -> None:
    cells = [cell for cell in source(name).cells if "parameters" in _tags(cell)]
    assert [cell.metadata["key"] for cell in cells] == ["parameters"]
    lines = cells[0].source.splitlines()
    assert [line for line in lines if not re.fullmatch(r"\w+: \w+ = [^#=|]+  # [^=|]+", line)] == []
    found = {
        node.target.id: (node.annotation.id, ast.literal_eval(node.value)) for node in ast.parse(cells[0].source).body
    }
    assert found == PARAMETERS
    assert list(found) == list(PARAMETERS)


@pytest.mark.parametrize(("name", "lang"), EDITIONS)
def test_papermill_reads_the_parameters_as_python_does(name: str, lang: str) -> None:
    inspected = papermill.inspect_notebook(str(SHOP.built(name, lang)))
    read = {key: (row["inferred_type_name"], ast.literal_eval(row["default"])) for key, row in inspected.items()}
    assert read == PARAMETERS | {"lang": ("str", lang)}
    assert all(row["help"] for row in inspected.values())


@pytest.mark.parametrize(("name", "lang"), EDITIONS)
def test_built_is_as_the_source(name: str, lang: str) -> None:
    assert builder.check(SHOP, name, lang) == []


@pytest.mark.parametrize("name", NINE)
def test_both_editions_have_the_same_code_but_for_the_default_language(name: str) -> None:
    english, persian = ([cell.source for cell in _code(built(name, lang))] for lang in builder.LANGS)
    changed = [(one, other) for one, other in zip(english, persian, strict=True) if one != other]
    assert len(changed) == 1
    assert changed[0][0].replace('lang: str = "en"', 'lang: str = "fa"') == changed[0][1]


@pytest.mark.parametrize(("name", "lang"), EDITIONS)
def test_stored_notebook_is_executed_small_and_self_contained(name: str, lang: str) -> None:
    path = SHOP.built(name, lang)
    assert path.stat().st_size <= builder.LARGEST
    assert ADDRESS.findall(path.read_text(encoding="utf-8")) == []
    counts = [cell.execution_count for cell in _code(built(name, lang))]
    assert counts == list(range(1, len(counts) + 1))
    assert [cell.id for cell in _code(built(name, lang)) if "form" in _tags(cell) and cell.outputs] == []
    assert list(builder.unfit(built(name, lang))) == []


def _shown(book: NotebookNode) -> dict[str, list]:
    """What each cell shows as text: key → outputs. Pictures, and forms, are left out."""
    cells = [cell for cell in _code(book) if "key" in cell.metadata and "form" not in _tags(cell)]
    return {
        cell.metadata["key"]: [
            output.get("text") or {kind: text for kind, text in output["data"].items() if kind != "image/png"}
            for output in cell.outputs
        ]
        for cell in cells
    }


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Plain papermill: each notebook from an empty folder and one from everywhere; all of all with --soak."""
    if "edition" not in metafunc.fixturenames:
        return
    everything = [(*edition, folder) for edition in EDITIONS for folder in ("root", "own", "empty")]
    languages = [(name, builder.LANGS[number % 2], "empty") for number, name in enumerate(NINE)]
    reduced = [*languages, ("04_kpis", "fa", "root"), ("04_kpis", "en", "own")]
    metafunc.parametrize("edition", everything if metafunc.config.getoption("--soak") else reduced, ids="-".join)


def test_runs_from_anywhere_with_plain_papermill(
    edition: tuple[str, str, str], root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It shows what is stored, and writes into its caller's folder only what `out` asks for."""
    name, lang, folder = edition
    source_path, target = SHOP.built(name, lang), tmp_path / "executed.ipynb"
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir({"root": root, "own": source_path.parent, "empty": empty}[folder])
    executed = papermill.execute_notebook(str(source_path), str(target), progress_bar=False, kernel_name="python3")
    assert _shown(executed) == _shown(built(name, lang))
    assert list(empty.iterdir()) == []


def test_section_is_the_same_bytes_in_both_languages_and_twice(tmp_path: Path) -> None:
    written = []
    for run, lang in enumerate(["en", "fa", "en"]):
        out = tmp_path / str(run)
        source_path, given = str(SHOP.built("04_kpis", lang)), {"out": str(out)}
        papermill.execute_notebook(source_path, str(tmp_path / "x.ipynb"), given, progress_bar=False)
        written.append(
            {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}
        )
    assert list(written[0]) == ["sections/04.json"]
    assert json.loads(written[0]["sections/04.json"])["step"] == "kpis"
    assert written[0] == written[1] == written[2]
