"""The two languages: nothing missing, nothing half done, nothing said outside the catalogue."""

from __future__ import annotations

import ast
import fnmatch
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import polib
import pytest

from tests.source import ROOT, docstrings, modules

LETTER = "\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff"
ARABIC = re.compile("[\u064a\u0643]")
WANTS_HALF_SPACE = re.compile(
    f"(?<![{LETTER}\u200c])ن?می [{LETTER}]|[{LETTER}] ها(?:ی|یی|یم|یت|یش|یمان|یتان|یشان)?(?![{LETTER}\u200c])"
)
PLAIN_LATIN = re.compile(r"[^A-Za-z]*(?:[A-Z][A-Za-z0-9]{0,5}[^A-Za-z]*)*")
THREE_WORDS = re.compile(r"[A-Za-z][a-z']+ [a-z']{2,} [a-z']{2,}")
SQL = re.compile(r"\s*(?:select|create|copy|insert|with|from|where|order by|group by|case when)\b", re.IGNORECASE)
MARKUP = re.compile(r"[<>{};=\\|]|\(\?")
PREFIX = {"CxError": "error", "Finding": "finding", "Claim": "claim", "Exhibit": "exhibit", "cannot_tell": "reason"}
NAMED = {"reason": "reason", "method": "method"}

# Literals that look like sentences and are none that a client reads: (module, beginning of the text) → why.
ALLOWED = {
    ("cxlib/engagement/document.py", "mapping values are not allowed"): "what the YAML parser says, to be recognised",
    ("cxlib/engagement/document.py", "could not find expected"): "what the YAML parser says, to be recognised",
    ("cxlib/engagement/document.py", "anchor, alias or tag"): "what the YAML parser says, to be recognised",
    ("cxlib/measures/estimate.py", "an estimate without an interval"): "stops a programmer, never a client",
}


def _files(lang: str) -> list[Path]:
    return [ROOT / "cxlib" / "words" / f"{lang}.po"]


def _entries(lang: str) -> dict[str, polib.POEntry]:
    return {entry.msgid: entry for file in _files(lang) for entry in polib.pofile(str(file)) if not entry.obsolete}


def _prose() -> list[polib.POEntry]:
    po = ROOT / "notebooks" / "po"
    files = [file for file in [po / "fa.po", *sorted((po / "fa.d").glob("*.po"))] if file.exists()]
    return [entry for file in files for entry in polib.pofile(str(file)) if not entry.obsolete]


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.fixture(scope="module")
def en() -> dict[str, polib.POEntry]:
    return _entries("en")


@pytest.fixture(scope="module")
def fa() -> dict[str, polib.POEntry]:
    return _entries("fa")


def test_both_languages_have_the_same_keys(en: dict, fa: dict) -> None:
    alone = sorted(en.keys() ^ fa.keys())
    assert not alone, "\n".join(alone)


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_no_key_stands_twice(lang: str) -> None:
    keys = [entry.msgid for file in _files(lang) for entry in polib.pofile(str(file)) if not entry.obsolete]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    assert not twice, "\n".join(twice)


def test_no_entry_is_empty_or_fuzzy(en: dict, fa: dict) -> None:
    unfinished = [entry for entry in [*en.values(), *fa.values(), *_prose()] if not entry.msgstr.strip() or entry.fuzzy]
    assert not unfinished, "\n".join(entry.msgctxt or entry.msgid for entry in unfinished)


def test_both_languages_have_the_same_placeholders(en: dict, fa: dict) -> None:
    wrong = [key for key in en.keys() & fa.keys() if _placeholders(en[key].msgstr) != _placeholders(fa[key].msgstr)]
    assert sorted(wrong) == []


def test_persian_is_persian(en: dict, fa: dict) -> None:
    """Only names such as NPS may be the same in both languages."""
    same = [key for key in en.keys() & fa.keys() if en[key].msgstr == fa[key].msgstr]
    assert sorted(key for key in same if not PLAIN_LATIN.fullmatch(re.sub(r"\{[^}]*\}", "", fa[key].msgstr))) == []


def _persian_texts() -> list[tuple[str, str]]:
    return [(key, entry.msgstr) for key, entry in _entries("fa").items()] + [
        (entry.msgctxt, entry.msgstr) for entry in _prose()
    ]


def test_persian_has_no_arabic_yeh_or_kaf() -> None:
    assert [key for key, text in _persian_texts() if ARABIC.search(text)] == []


def test_persian_prefixes_and_suffixes_hang_by_half_spaces() -> None:
    found = [f"{key}: {hit[0]}" for key, text in _persian_texts() for hit in WANTS_HALF_SPACE.finditer(text)]
    assert not found, "\n".join(found)


def test_half_space_pattern_finds_what_it_should() -> None:
    assert WANTS_HALF_SPACE.search("این می شود")
    assert WANTS_HALF_SPACE.search("نظرسنجی های ما")
    assert not WANTS_HALF_SPACE.search("این می‌شود، نظرسنجی‌های ما و قدیمی بود و تنها ماند")


def test_prose_keeps_its_links_and_code_in_persian() -> None:
    def fixed(text: str) -> tuple[list[str], list[str]]:
        return sorted(re.findall(r"\]\(([^)]+)\)", text)), sorted(re.findall(r"`[^`]+`", text))

    assert [entry.msgctxt for entry in _prose() if fixed(entry.msgid) != fixed(entry.msgstr)] == []


def _used() -> Iterator[tuple[str, str]]:
    """(where, catalogue key) for every key that stands in the code as a literal."""
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield from ((f"{path}:{node.lineno}", key) for key in _keys(node))


def _keys(call: ast.Call) -> Iterator[str]:
    """The keys that one call names."""
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    first = _literal(call.args[name == "Finding"]) if len(call.args) > (name == "Finding") else ""
    if first and name in PREFIX:
        is_title = name == "Claim" and first.startswith("exhibit.")
        yield first if is_title else f"{PREFIX[name]}.{first}"
    if first and name in ("phrase", "Term", "pieces"):
        yield first
    for keyword in call.keywords:
        value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
        if isinstance(value, str) and value and keyword.arg in NAMED and name in ("Estimate", "cannot_tell", "replace"):
            yield f"{NAMED[keyword.arg]}.{value}"


def _literal(node: ast.expr) -> str:
    """A text, or an f-string with a star for each of its values."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_literal(part) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return "*"
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_every_key_in_the_code_is_in_the_catalogue(en: dict) -> None:
    used = sorted(set(_used()))
    assert used
    missing = [f"{where}: {key}" for where, key in used if not fnmatch.filter(en, key)]
    assert not missing, "\n".join(missing)


def _sentences() -> Iterator[tuple[str, int, str]]:
    """String literals of the library that read like English sentences."""
    for path, tree in modules().items():
        silent = docstrings(tree) | _not_shown(tree)
        shown = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in silent]
        texts = [node for node in shown if isinstance(node.value, str)]
        yield from ((path, node.lineno, node.value) for node in texts if _reads_like_a_sentence(node.value))


def _not_shown(tree: ast.Module) -> set[int]:
    """Arguments of re.compile, format specs of f-strings, and descriptions of fields, which stand in JSON Schemas."""
    patterns = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "compile"
    ]
    specs = [node.format_spec for node in ast.walk(tree) if isinstance(node, ast.FormattedValue) and node.format_spec]
    described = [node.value for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "description"]
    return {id(inner) for node in [*patterns, *specs, *described] for inner in ast.walk(node)}


def _reads_like_a_sentence(text: str) -> bool:
    return bool(THREE_WORDS.search(text)) and not SQL.match(text) and not MARKUP.search(text)


def test_no_sentence_outside_the_catalogue() -> None:
    found = [
        f"{path}:{line}: {text[:60]!r}"
        for path, line, text in _sentences()
        if not any(path == where and text.startswith(start) for where, start in ALLOWED)
    ]
    assert not found, "\n".join(found)


def test_allowed_sentences_still_exist() -> None:
    sentences = list(_sentences())
    gone = [
        start for where, start in ALLOWED if not any(p == where and text.startswith(start) for p, _, text in sentences)
    ]
    assert gone == []


def test_sentence_pattern_finds_what_it_should() -> None:
    assert _reads_like_a_sentence("No answers in this period")
    assert not _reads_like_a_sentence("nps-by-month")
    assert not _reads_like_a_sentence("SELECT day, score FROM responses WHERE survey = ?")
