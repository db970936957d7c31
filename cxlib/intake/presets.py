"""What each tool's export looks like, as data: how to recognise it, its header, its noise and its columns.

A preset is a YAML file that a consultant can read and mend. Recognition adds up clues, each worth some points, and
says which ones it saw; what reaches `ENOUGH` points is recognised, the highest wins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from cxlib.engagement.fields import Id, Model, Text
from cxlib.errors import CxError, closest
from cxlib.intake.header import clean
from cxlib.intake.notes import Remark

ENOUGH = 3
_FOLDER = Path(__file__).parent / "presets"
Role = Literal["code", "text", "import", "question", "option"]


class Clue(Model):
    """Something to look for; every condition given must hold.

    `columns`: headers that stand there (`at_least` so many, all by default); `first`: what the first header may be.
    `header`, `cell`: regular expressions that so many headers, or cells of the first rows (of one `row`, counted from
    1, or of the last rows: `tail`), match. `answers`: only headers count whose cells below all match it.
    """

    points: int
    columns: list[str] = []
    first: list[str] = []
    header: str = ""
    answers: str = ""
    cell: str = ""
    tail: bool = False
    gaps: bool = False
    row: int | None = None
    at_least: int = 0
    share: float = 0
    delimiter: str = ""
    kind: str = ""
    marked: bool | None = None


class HeaderRule(Model):
    """Header rows and when they are so: the first rule that fits holds.

    `cells`: a regular expression that so many cells of `row` match, or each that is filled (`every`); only those under
    a header that matches `below`, if it is given.
    """

    rows: list[Role]
    row: int | None = None
    cells: str = ""
    below: str = ""
    at_least: int = 1
    every: bool = False
    gaps: bool = False
    first_blank: bool = False


class RowRule(Model):
    """Rows that are no answers of real people, or not finished: a column and its values, compared without case."""

    column: str
    values: list[str]
    why: Literal["preview", "test", "partial", "spam", "disqualified"]


class Derived(Model):
    """A canonical column that the tool gives only in other words.

    `minutes`: a moment so many minutes after another canonical column. `count`: true where a number is above 0.
    """

    table: str
    column: str
    after: str = ""
    minutes: list[str] = []
    count: list[str] = []


class Preset(Model):
    """The export of one tool."""

    tool: Id
    title: Text
    basis: Literal["real", "source", "memory", "untested"]
    recognise: list[Clue] = []
    header: list[HeaderRule] = [HeaderRule(rows=["text"])]
    missing: list[str] = []
    drop: list[RowRule] = []
    footer: list[str] = []
    timezone: str = ""
    calendar: Literal["", "gregorian", "jalali"] = ""
    day_first: bool | None = None
    tables: dict[str, dict[str, list[str]]] = {}
    values: dict[str, dict[str, str]] = {}
    derived: list[Derived] = []
    ignore: list[str] = []


@dataclass(frozen=True)
class Head:
    """The first rows of an export, and how its cells are marked: what recognition looks at."""

    rows: Sequence[Sequence[str]]
    delimiter: str = ""
    kind: str = "text"
    is_marked: bool = False
    tail: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Match:
    """A preset that fits, with its points and the clues that were seen."""

    preset: Preset
    points: int
    evidence: tuple[Remark, ...] = ()


@cache
def presets() -> dict[str, Preset]:
    """Return all presets by tool."""
    from ruamel.yaml import YAML

    reader = YAML(typ="safe")
    found = [Preset.model_validate(reader.load(path)) for path in sorted(_FOLDER.glob("*.yaml"))]
    return {preset.tool: preset for preset in found}


def preset(tool: str) -> Preset:
    """Return the preset of `tool`.

    Raises
    ------
    CxError
        If there is none of this name.

    Examples
    --------
    >>> preset("csv").tool
    'csv'
    """
    if tool not in presets():
        raise CxError("no-preset", found=tool, expected=list(presets()), remedy=closest(tool, presets()))
    return presets()[tool]


def recognised(head: Head) -> list[Match]:
    """Return the presets that fit, best first.

    Points say how much was seen, not how sure it is: two tools with equal points mean that the user is asked.
    """
    found = [_match(item, head) for item in presets().values()]
    return sorted((match for match in found if match.points >= ENOUGH), key=lambda match: -match.points)


def _match(item: Preset, head: Head) -> Match:
    """How much of a preset's clues the head shows."""
    names = {key(cell) for row in head.rows[:2] for cell in row} - {""}
    seen = [(clue, remark) for clue in item.recognise if (remark := _seen(clue, head, names))]
    return Match(item, sum(clue.points for clue, _ in seen), tuple(remark for _, remark in seen))


@lru_cache(maxsize=10_000)
def key(text: str) -> str:
    """Return a header in the form in which headers are compared.

    Examples
    --------
    >>> key("Start\\xa0Date ")
    'start date'
    """
    return clean(text).casefold()


def _seen(clue: Clue, head: Head, names: set[str]) -> Remark | None:
    """The evidence that a clue gives, or nothing."""
    if (clue.delimiter and clue.delimiter != head.delimiter) or (clue.kind and clue.kind != head.kind):
        return None
    if clue.marked is not None and clue.marked != head.is_marked:
        return None
    if clue.gaps and not has_gaps(head.rows):
        return None
    if clue.first:
        cell = next(iter(head.rows[0]), "") if head.rows else ""
        return Remark("seen-columns", {"columns": [clean(cell)]}) if key(cell) in map(key, clue.first) else None
    if clue.columns:
        there = [name for name in clue.columns if key(name) in names]
        enough = len(there) >= (clue.at_least or len(clue.columns))
        return Remark("seen-columns", {"columns": there[:6]}) if enough else None
    if clue.header or clue.cell:
        return _seen_cells(clue, head)
    return Remark("seen-form", {"form": head.kind if clue.kind else repr(head.delimiter)})


def _seen_cells(clue: Clue, head: Head) -> Remark | None:
    """The evidence of headers or cells that match a pattern."""
    pattern = re.compile(clue.header or clue.cell)
    cells = [cell for row in _looked_at(clue, head) for cell in row if cell]
    hits = [cell for cell in cells if pattern.search(clean(cell) if clue.header and clue.answers else cell)]
    if clue.answers:
        hits = [cell for cell in hits if _all_match(cell, head, re.compile(clue.answers))]
    if len(hits) < max(1, clue.at_least) or len(hits) < clue.share * len(cells):
        return None
    name = "seen-headers" if clue.header else "seen-cells"
    is_answer = bool(clue.cell) and not clue.row and not clue.tail
    return Remark(name, {"count": len(hits), "example": form(hits[0]) if is_answer else clean(hits[0])[:60]})


def form(cell: str) -> str:
    """Return the form of an answer, which evidence may show: digits as 0, letters as x.

    Examples
    --------
    >>> form("R_8i9uJcWSX3p4lX7"), form("1404/02/28-10: 32")
    ('x_0x0xxxxxx0x0xx0', '0000/00/00-00: 00')
    """
    return re.sub(r"[^\W\d_]", "x", re.sub(r"\d", "0", clean(cell)))[:60]


def _looked_at(clue: Clue, head: Head) -> Sequence[Sequence[str]]:
    """The rows that a clue is looked for in."""
    if clue.header:
        return head.rows[:1]
    if clue.tail:
        return [*head.rows, *head.tail]
    return head.rows[clue.row - 1 : clue.row] if clue.row else head.rows


def _all_match(header: str, head: Head, pattern: re.Pattern[str]) -> bool:
    """Whether all answers under `header` match, and there are at least five."""
    place = list(head.rows[0]).index(header)
    cells = [row[place] for row in head.rows[1:] if len(row) > place and row[place]]
    return len(cells) >= 5 and all(pattern.search(cell) for cell in cells)


def header_roles(item: Preset, rows: Sequence[Sequence[str]]) -> list[str]:
    """Return what each header row holds, by the first rule of the preset that fits."""
    for rule in item.header:
        if _rule_fits(rule, rows):
            return list(rule.rows)
    return ["text"]


def _rule_fits(rule: HeaderRule, rows: Sequence[Sequence[str]]) -> bool:
    """Whether a header rule holds for the first rows."""
    if len(rows) < len(rule.rows):
        return False
    if rule.row is not None and not _cells_fit(rule, rows[: rule.row]):
        return False
    if rule.first_blank and (not rows[1] or rows[1][0].strip()):
        return False
    return not rule.gaps or has_gaps(rows)


def _cells_fit(rule: HeaderRule, rows: Sequence[Sequence[str]]) -> bool:
    """Whether enough cells of the last of these rows match."""
    below = [place for place, cell in enumerate(rows[0]) if re.search(rule.below, clean(cell))]
    cells = [rows[-1][place] for place in below if place < len(rows[-1]) and rows[-1][place].strip()]
    hits = sum(bool(re.search(rule.cells, cell)) for cell in cells)
    return len(rows) == rule.row and hits >= rule.at_least and (not rule.every or hits == len(cells))


def has_gaps(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first row leaves blanks that the second fills: questions over their options.

    Examples
    --------
    >>> has_gaps([["id", "Where?", "", ""], ["", "Shop", "Web", "Phone"]])
    True
    """
    if len(rows) < 2:
        return False
    first, second = rows[0], rows[1]
    named = [bool(cell.strip()) and not re.fullmatch(r"\.\.\.\d+", cell) for cell in first]
    blank = [place for place, is_named in enumerate(named) if place and not is_named]
    filled = [place for place in blank if place < len(second) and second[place].strip()]
    return len(blank) >= max(1, 0.15 * len(first)) and len(filled) == len(blank)
