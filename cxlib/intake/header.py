"""The header of an export: one, two or three rows that together name a column and ask its question.

Survey tools put codes in one row, question texts in the next and ids for machines in a third; others put the question
over its options and leave the cells beside it blank. What is shown is the question as the respondent read it, without
HTML, Markdown or non-breaking spaces.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cxlib.intake.notes import Line, line
from cxlib.intake.vocabulary import vocabulary

ROLES = ("code", "text", "import", "question", "option", "again")
_BLANK = re.compile(r"\.\.\.\d+|Unnamed: \d+(_level_\d+)?|_\d+")
_TAG = re.compile(r"<(?:/?[a-zA-Z][^<>]*|!--.*?--)>", re.DOTALL)
_BREAK = re.compile(r"<br\b[^<>]*>|</p>", re.IGNORECASE)
_LINK = re.compile(r"\[([^\]\n]+)\]\((?:https?:|mailto:|/)[^)\s]*\)")
_STRESS = re.compile(r"(?<![\w*_])(\*\*|__|\*|_)(?=\S)([^*_\n]+?)(?<=\S)\1(?![\w*_])")
_SPACE = re.compile(r"[\s\u00a0\u2007\u202f\ufeff]+")


@dataclass(frozen=True)
class Column:
    """A column of an export.

    Attributes
    ----------
    name
        What it is called: unique in its table, cleaned.
    text
        The question it answers, as the respondent read it.
    code
        Its short code (``Q3_1``), if the tool gives one.
    option
        The option or row of the question that it stands for, if the question has several columns.
    found
        The header as it stands in the file, rows joined by a line end.
    """

    name: str
    text: str = ""
    code: str = ""
    option: str = ""
    found: str = ""


def clean(text: str) -> str:
    """Return a header as the respondent read it: no HTML, no Markdown, plain spaces.

    Examples
    --------
    >>> clean("How <b>easy</b>&nbsp;was *it*, [here](https://a.b)?")
    'How easy was it, here?'
    """
    if "<" in text or "&" in text:
        text = html.unescape(_TAG.sub("", _BREAK.sub(" ", text)))
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    if "*" in text or "_" in text:
        text = _STRESS.sub(r"\2", text)
    return _SPACE.sub(" ", text).strip()


def columns(
    rows: Sequence[Sequence[str]], roles: Sequence[str], *, width: int
) -> tuple[tuple[Column, ...], list[Line]]:
    """Return the columns that header `rows` name, and a log of what was cleaned, numbered or invented.

    Parameters
    ----------
    rows
        The header rows, one per role.
    roles
        What each row holds, of `ROLES`; empty if the file has no header.
    width
        How many columns the table has.

    Examples
    --------
    >>> found, _ = columns([["Id", "Where?", ""], ["", "Shop", "Web"]], ["question", "option"], width=3)
    >>> [column.name for column in found]
    ['Id', 'Where? [Shop]', 'Where? [Web]']
    """
    cells = {role: [*row, *[""] * (width - len(row))][:width] for role, row in zip(roles, rows, strict=False)}
    if "question" in cells:
        cells["question"] = _filled(cells["question"], cells.get("option", []))
    raw = [_column({role: row[number] for role, row in cells.items()}) for number in range(width)]
    return _unique(raw)


def _filled(row: Sequence[str], options: Sequence[str]) -> list[str]:
    """A question row whose blanks take the question to their left, where the option row goes on."""
    filled: list[str] = []
    for number, cell in enumerate(row):
        blank = not cell.strip() or bool(_BLANK.fullmatch(cell.strip()))
        goes_on = number < len(options) and options[number].strip() != ""
        filled.append(filled[-1] if blank and goes_on and filled else "" if blank else cell)
    return filled


def _column(cell: dict[str, str]) -> Column:
    """One column from its header cells by role."""
    found = "\n".join(text for text in cell.values() if text)
    if "question" in cell:
        question, option = clean(cell["question"]), clean(cell.get("option", ""))
        option = "" if option.casefold() in vocabulary("headers")["plain_options"] else option
        name = f"{question} [{option}]" if option and question else question or option
        return Column(name, question or option, "", option if question else "", found)
    code, text = clean(cell.get("code", "")), clean(cell.get("text", ""))
    return Column(code or text, text or code, code, "", found)


def _unique(raw: Sequence[Column]) -> tuple[tuple[Column, ...], list[Line]]:
    """Columns with names that differ: repeated ones numbered, blank ones named for their place."""
    taken = {column.name for column in raw}
    seen: set[str] = set()
    named: list[Column] = []
    repeated: list[tuple[int, str]] = []
    blank: list[tuple[int, str]] = []
    for place, column in enumerate(raw, start=1):
        name = column.name or f"column_{place}"
        if not column.name:
            blank.append((place, name))
        elif name in seen:
            name = _numbered(name, taken)
            repeated.append((place, name))
        seen.add(name)
        taken.add(name)
        named.append(replace(column, name=name, text=column.text or name))
    single = [(place, item) for place, item in enumerate(raw, start=1) if "\n" not in item.found]
    cleaned = [(place, item.found) for place, item in single if item.found != item.name]
    logged = (("header-repeated", repeated), ("header-blank", blank), ("header-cleaned", cleaned))
    return tuple(named), [line(what, cells) for what, cells in logged if cells]


def _numbered(name: str, taken: set[str]) -> str:
    """The name with the first number that makes it differ."""
    number = 2
    while f"{name} ({number})" in taken:
        number += 1
    return f"{name} ({number})"
