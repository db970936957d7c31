"""What a column probably means, told from its question and its answers, with the evidence beside it.

A proposal is shown to the client and confirmed in engagement.yaml; nothing is computed from it. Where the wording does
not tell in which direction a scale runs, that is a question, because a guessed direction turns results round.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cxlib.engagement.tables import TABLES
from cxlib.intake import persian
from cxlib.intake.export import Export
from cxlib.intake.mapping import place
from cxlib.intake.notes import Remark
from cxlib.intake.presets import preset
from cxlib.intake.redaction import redact
from cxlib.intake.typed import Question
from cxlib.words.numbers import latin

_FOLDER = Path(__file__).parent / "wordings"
_SHOWN = 0.5
_SAMPLE = 2000
_CUT = 120
_CSAT = {(1, 5): "csat5", (1, 7): "csat7", (1, 10): "csat10", (0, 10): "csat10"}


@dataclass(frozen=True)
class Proposal:
    """A canonical column and the column of the export that probably fills it.

    Attributes
    ----------
    canonical
        For example ``nps``.
    place, column
        Where the column stands (from 0), and its name.
    confidence
        0 to 1: what the wording and the answers add up to. A preset's own column has 1.
    evidence
        What was seen.
    instrument
        The scale that the answers and the wording point to, empty if they do not tell.
    question
        What only the client can tell about it, or None.
    samples
        Its commonest answers, to be shown beside the proposal; comments and ids are never shown.
    """

    canonical: str
    place: int
    column: str
    confidence: float
    evidence: tuple[Remark, ...] = ()
    instrument: str = ""
    question: Question | None = None
    samples: tuple[str, ...] = ()


@cache
def wordings(name: str) -> dict[str, Any]:
    """Return a data file of wordings."""
    from ruamel.yaml import YAML

    return YAML(typ="safe").load(_FOLDER / f"{name}.yaml")


def proposals(export: Export, *, table: str = "responses") -> list[Proposal]:
    """Return what the columns of an export probably mean, one column for a canonical one, surest first.

    Parameters
    ----------
    export
        The file as text.
    table
        The canonical table that it should fill.

    Examples
    --------
    >>> import tempfile
    >>> from cxlib.intake import export as exports
    >>> path = Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = path.write_text("id,How likely are you to recommend us to a friend?\\n1,9\\n2,10\\n3,0\\n")
    >>> [(item.canonical, item.column[:10]) for item in proposals(exports.read(path))]
    [('nps', 'How likely')]
    """
    known = list(_known(export, table))
    taken = {item.place for item in known}
    told = {item.canonical for item in known}
    found: list[Proposal] = []
    for number in range(len(export.columns)):
        if number not in taken:
            found += [item for item in _asked(export, number, table) if item.canonical not in told]
    best: dict[str, Proposal] = {}
    used: set[int] = set()
    for item in sorted(found, key=lambda item: (-item.confidence, item.place)):
        if item.canonical not in best and item.place not in used:
            best[item.canonical] = item
            used.add(item.place)
    return [*known, *best.values()]


def _known(export: Export, table: str) -> Iterator[Proposal]:
    """The columns that the preset knows by name."""
    names = preset(export.tool).tables.get(table, {})
    for canonical in TABLES[table]:
        options = [*names.get(canonical, []), canonical]
        there = next((number for name in options if (number := place(export.columns, name)) is not None), None)
        if there is not None:
            remark = Remark("named-by-tool", {"tool": export.tool, "column": export.columns[there].name})
            yield Proposal(canonical, there, export.columns[there].name, 1.0, (remark,))


def _asked(export: Export, number: int, table: str) -> Iterator[Proposal]:
    """What the wording of one column points to."""
    column = export.columns[number]
    text = readable(f"{column.name} {column.text} {column.option}" if column.name != column.text else column.text)
    cells = _cells(export, number)
    for canonical, rule in wordings("questions").items():
        if rule["table"] != table or any(re.search(item, text) for item in rule.get("not", [])):
            continue
        says = [item for item in rule["says"] if re.search(item["pattern"], text)]
        if not says:
            continue
        confidence, remarks = min(0.7, max(item["weight"] for item in says) + 0.1 * (len(says) - 1)), []
        remarks.append(
            Remark("says", {"text": column.text if len(column.text) <= _CUT else f"{column.text[: _CUT - 1]}…"})
        )
        fits, remark = _fit(rule, cells)
        if fits is None:
            continue
        confidence = min(1.0, confidence + fits)
        if confidence >= _SHOWN:
            yield _proposal(canonical, number, column.name, confidence, (*remarks, remark), text, cells)


def readable(text: str) -> str:
    """Return a wording in the form in which the patterns are written: lower case, one spelling of Persian letters.

    Examples
    --------
    >>> readable("How LIKELY")
    'how likely'
    """
    return persian.shown(text).casefold().replace("\u200c", " ")


def _cells(export: Export, number: int) -> list[str]:
    """The different answers of a column, commonest first, at most `_SAMPLE` rows looked at."""
    column = export.frame[str(number)].head(_SAMPLE).str.strip_chars()
    counted = column.filter(column != "").alias("cell").value_counts()
    commonest = counted.sort(["count", "cell"], descending=[True, False])["cell"]
    return [redact(latin(cell)) for cell in commonest.to_list()]


def _fit(rule: dict[str, Any], cells: list[str]) -> tuple[float | None, Remark]:
    """How well answers fit a rule: added confidence, None if they speak against it, and the remark."""
    if rule.get("text"):
        long = sum(len(cell) > 20 for cell in cells)
        return (0.2 if long >= 0.3 * len(cells) else None), Remark("answers-text", {"count": len(cells)})
    if "answers" not in rule:
        return 0.1, Remark("answers-any", {"count": len(cells)})
    span = _span(cells)
    if span is None:
        few = 2 <= len(cells) <= 12
        return (0.1 if rule.get("labels") and few else None), Remark("answers-labels", {"answers": _labels(cells)[:7]})
    fits = any(low <= span[0] and span[1] <= high for low, high in rule["answers"])
    return (0.3 if fits else None), Remark("answers-range", {"low": span[0], "high": span[1]})


def _span(cells: list[str]) -> tuple[int, int] | None:
    """Lowest and highest of answers that are whole numbers (a label after the number allowed), else None."""
    numbers = [re.match(r"(-?\d+)(?:\.0+)?(?:\s*[-–:=(].*)?$", cell) for cell in cells]
    read = [int(item[1]) for item in numbers if item]
    return (min(read), max(read)) if read and len(read) >= 0.8 * len(cells) else None


def _proposal(
    canonical: str, number: int, name: str, confidence: float, remarks: tuple[Remark, ...], text: str, cells: list[str]
) -> Proposal:
    """A proposal with its instrument and what must be asked about it."""
    instrument, question = "", None
    if canonical in ("nps", "csat", "ces"):
        instrument = "nps" if canonical == "nps" else _csat(cells, text) if canonical == "csat" else _ces(cells, text)
        question = _doubt(canonical, name, instrument, text)
    samples = tuple(cells[:5]) if TABLES["responses"][canonical] in ("score", "label") else ()
    return Proposal(canonical, number, name, round(confidence, 2), remarks, instrument, question, samples)


def _csat(cells: list[str], text: str) -> str:
    """The scale of a satisfaction question: by the ends that it names, else by labels and highest answer."""
    ends = direction(text)
    if ends:
        return {5: "csat5", 7: "csat7", 10: "csat10"}.get(ends[1], "")
    span = _span(cells)
    if span is None:
        return "csat5" if 4 <= len(_labels(cells)) <= 5 else ""
    return next((name for (low, high), name in _CSAT.items() if low <= span[0] and span[1] == high), "")


def _labels(cells: list[str]) -> list[str]:
    """Different labels, spellings and marks of one counted once."""
    return list({re.sub(r"[\W_]", "", persian.key(cell)): cell for cell in reversed(cells)}.values())[::-1]


def _ces(cells: list[str], text: str) -> str:
    """The version of an effort question: the wording must tell it and the answers fit."""
    span = _span(cells)
    for rule in wordings("scales")["ces"]:
        low, high = rule["range"]
        if re.search(rule["pattern"], text) and (span is None or (low <= span[0] and span[1] <= high)):
            return rule["version"]
    return ""


def direction(text: str) -> tuple[int, int, str] | None:
    """Return lowest and highest number of a scale and ``up`` or ``down`` if the wording names both ends, else None.

    ``up`` means that high answers are good.

    Examples
    --------
    >>> direction("how easy was it? (1 being hardest, 5 being easiest)")
    (1, 5, 'up')
    """
    match = re.search(wordings("scales")["ends"], latin(text))
    if not match:
        return None
    says = wordings("scales")["low"]
    good = [bool(re.search(says["good"], match[name])) for name in ("low_says", "high_says")]
    bad = [bool(re.search(says["bad"], match[name])) for name in ("low_says", "high_says")]
    if (good[0] and not bad[0]) or (bad[1] and not good[1]):
        return int(match["low"]), int(match["high"]), "down"
    if (bad[0] and not good[0]) or (good[1] and not bad[1]):
        return int(match["low"]), int(match["high"]), "up"
    return None


def _doubt(canonical: str, name: str, instrument: str, text: str) -> Question | None:
    """What must be asked about a scale: its version, its direction, or that it runs against its instrument."""
    ends = direction(text)
    wanted = "down" if instrument == "ces1" else "up"
    if ends and ends[2] != wanted:
        return Question("scale-reversed", {"column": name, "low": ends[0], "high": ends[1]}, "values")
    if not instrument:
        return Question(f"which-{canonical}", {"column": name}, "surveys")
    if canonical == "ces" and not ends and instrument != "ces2":
        return Question("ces-direction", {"column": name, "instrument": instrument}, "surveys")
    return None
