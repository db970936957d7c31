"""Answers on a scale as numbers, and labels as one spelling each.

An export may hold the number, the label, or both ("10 - Extremely likely"). Labels become codes by the scale that all
labels of the column fit, and the order is shown so that a person can check it. "Not applicable" inside a scale is no
value, and a number outside the scale is none either: both stay empty and are counted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from cxlib.intake.blanks import no_answers
from cxlib.intake.persian import key, keys, shown
from cxlib.intake.scales import Scale, known_labels, scales
from cxlib.intake.typed import Distinct, Note, Question, Typed, distinct, examples

RANGES = {"nps": (0, 10), "csat5": (1, 5), "csat7": (1, 7), "csat10": (1, 10), "ces1": (1, 5), "ces2": (1, 7),
          "ease5": (1, 5)}  # fmt: skip
_FAMILIES = {"nps": {"likelihood"}, "csat": {"satisfaction", "quality"}, "ces1": {"effort"},
             "ces2": {"agreement", "ease"}, "ease": {"ease"}}  # fmt: skip
_NUMBER = re.compile(r"([-+]?\d{1,4}(?:[.,]\d{1,6})?)")
_LED = re.compile(r"(\d{1,3})(?:[.,]0+)?\s*(?:[-:=.,)\]|/]\s*|(?=\())([^\d\s].*)")
_LONGEST = 120
_FEW, _MANY = 0.05, 20


def scores(text: pd.Series, *, instrument: str = "", values: Mapping[str, str] | None = None) -> Typed:
    """Return the answers on a scale as numbers.

    Labels get the codes of the scale they fit and of no other; if several fit, or a label is unknown, the column is
    asked about. Answers outside the instrument's range are left out and counted, never moved to its ends.

    Parameters
    ----------
    text
        The column as text; empty cells are missing.
    instrument
        ``nps``, ``csat5``, ``csat7``, ``csat10``, ``ces1``, ``ces2``, ``ease5``, or a range such as ``0-10``; empty:
        any number.
    values
        What the client said that cells mean, for example ``{"Delighted": "5"}``; an empty text means no answer.

    Examples
    --------
    >>> scores(pd.Series(["10 - Extremely likely", "7", "N/A", "11"]), instrument="nps").values.tolist()
    [10.0, 7.0, nan, nan]
    >>> scores(pd.Series(["Very satisfied", "Neutral"]), instrument="csat5").notes[0].values["order"]
    ['Neutral = 3', 'Very satisfied = 5']
    """
    column = distinct(text)
    low, high = _range(instrument)
    found = np.array([number(cell) for cell in column.cells], dtype=float)
    why = no_answers(column.cells)
    said = _said(column.cells, values or {})
    found = np.where(np.isnan(said), found, said)
    worded = np.isnan(found) & (np.array([key(cell) not in _keys(values) for cell in column.cells], dtype=bool))
    what = np.where(worded, why, "").astype(object)
    codes, questions, notes = _coded(column, worded, why, instrument)
    turned = _turned(column, np.where(np.isnan(said), found, np.nan), instrument)
    if turned.any():
        told = {"count": int(column.count[turned].sum()), "examples": examples(column.cells[turned])}
        questions = (*questions, Question("labels-reversed", told, "values"))
    found = np.where(np.isnan(found), codes, found)
    what = np.where(~np.isnan(codes), "", what)
    what[worded & np.isnan(found) & (what == "")] = "no-score"
    what[(found < low) | (found > high)] = "outside-scale"
    what[turned] = "labels-reversed"
    spread = column.spread(np.where(what == "", found, np.nan), np.nan)
    return Typed(pd.Series(spread, index=text.index, name=text.name), column.problems(what), questions, notes)


def number(cell: str) -> float:
    """Return the number that a cell is or begins with ("10 - Extremely likely"), else not-a-number.

    Examples
    --------
    >>> number("3.0"), number("1 (very hard)"), number("18-24"), number("7/27/26")
    (3.0, 1.0, nan, nan)
    """
    plain = key(cell[:_LONGEST])
    match = _NUMBER.fullmatch(plain) or _LED.fullmatch(plain)
    return float(match[1].replace(",", ".")) if match else float("nan")


def beside(cell: str) -> str:
    """Return the label that stands beside the number of a cell, empty if there is none.

    Examples
    --------
    >>> beside("10 - Extremely likely"), beside("1 (very hard)"), beside("7")
    ('extremely likely', 'very hard', '')
    """
    match = _LED.fullmatch(key(cell[:_LONGEST]))
    return match[2].strip("() ") if match else ""


def scale(text: pd.Series) -> Scale | None:
    """Return the scale that the labels of a column stand on, None if it is none or more than one.

    Examples
    --------
    >>> scale(pd.Series(["Easy", "Very easy", "Difficult", "Neutral", "Very difficult", "Somewhat easy"])).family
    'ease'
    """
    column = distinct(text)
    is_label = np.array([np.isnan(number(cell)) for cell in column.cells], dtype=bool)
    labels = column.cells[is_label & (no_answers(column.cells) == "")]
    fitting = scales(labels) if len(labels) <= 12 else []
    return fitting[0] if fitting and len({one.family for one in fitting}) == 1 else None


def labels(text: pd.Series) -> Typed:
    """Return labels in one spelling each: the commonest of those that mean the same.

    Letters, half-spaces, blanks, digits and case no longer make several groups of one label.

    Examples
    --------
    >>> labels(pd.Series(["Web", "web ", "Web", "Phone"])).values.tolist()
    ['Web', 'Web', 'Web', 'Phone']
    """
    column = distinct(text)
    spellings = pd.DataFrame({"cell": column.cells, "count": column.count})
    spellings["key"] = keys(pd.Series(column.cells, dtype="str")).to_numpy()
    commonest = spellings.sort_values("count", ascending=False, kind="stable").drop_duplicates("key")
    chosen = commonest.set_index("key")["cell"].reindex(spellings["key"]).map(shown).to_numpy(dtype=object)
    several = spellings.groupby("key")["cell"].agg(list)
    merged = [cells for cells in several if len(cells) > 1]
    told = {"count": len(merged), "examples": examples(map(" | ".join, merged))}
    notes = (Note("spellings", told),) if merged else ()
    values = pd.Series(column.spread(chosen, None), index=text.index, name=text.name, dtype="str")
    return Typed(values, column.problems(np.full(len(chosen), "", dtype=object)), notes=notes)


def _range(instrument: str) -> tuple[float, float]:
    """Lowest and highest answer."""
    if not instrument:
        return -np.inf, np.inf
    if instrument in RANGES:
        return RANGES[instrument]
    low, _, high = instrument.partition("-")
    return float(low), float(high)


def _keys(values: Mapping[str, str] | None) -> set[str]:
    return {key(str(cell)) for cell in values or {}}


def _said(cells: np.ndarray, values: Mapping[str, str]) -> np.ndarray:
    """Codes that the client gave for cells."""
    meant = {key(str(cell)): number(str(value)) for cell, value in values.items()}
    return np.array([meant.get(key(cell), np.nan) for cell in cells], dtype=float)


def _coded(
    column: Distinct, worded: np.ndarray, why: np.ndarray, instrument: str
) -> tuple[np.ndarray, tuple[Question, ...], tuple[Note, ...]]:
    """Codes of labels, with the order for a person to check; questions where they cannot be known."""
    codes = np.full(len(column.cells), np.nan)
    labels_ = column.cells[worded & (why == "")]
    if not len(labels_):
        return codes, (), ()
    known = known_labels(labels_)
    asked = [label for label in labels_ if label not in set(known)]
    told = {"count": len(asked), "examples": examples(asked, 8)}
    questions = (Question("labels-unknown", told, "values"),) if asked else ()
    fitting = _covered(_fitting(known, instrument), known, int(column.count[worded].sum()))
    if not known or _is_doubtful(column, worded & (why == ""), known):
        return codes, questions, ()
    if len({tuple(one.codes[key(label)] for label in known) for one in fitting}) != 1:
        return codes, (*questions, Question("labels-open", {"examples": examples(known, 8)}, "values")), ()
    for place in np.flatnonzero(worded):
        codes[place] = fitting[0].codes.get(key(column.cells[place]), np.nan)
    order = sorted({(fitting[0].codes[key(label)], str(label)) for label in known})
    told = {"count": int(column.count[~np.isnan(codes)].sum()), "scale": fitting[0].name}
    return codes, questions, (Note("labels-coded", told | {"order": [f"{label} = {code}" for code, label in order]}),)


def _covered(fitting: list[Scale], known: list[str], rows: int) -> list[Scale]:
    """Of several scales those whose every point was chosen, where there are answers enough to tell."""
    keys_ = {key(label) for label in known}
    covered = [one for one in fitting if {one.codes[name] for name in keys_} == set(range(one.low, one.high + 1))]
    return covered if covered and rows >= _MANY else fitting


def _is_doubtful(column: Distinct, is_label: np.ndarray, known: list[str]) -> bool:
    """Whether so many labels are unknown that the known ones may belong to another scale."""
    unknown = is_label & ~np.isin(column.cells, known)
    return int(column.count[unknown].sum()) > _FEW * int(column.count[is_label].sum())


def _turned(column: Distinct, found: np.ndarray, instrument: str) -> np.ndarray:
    """The numbers of a column in which labels speak against them: "1 - Very satisfied" where 5 is the good end."""
    none = np.zeros(len(column.cells), dtype=bool)
    led = [place for place in np.flatnonzero(~np.isnan(found)) if beside(column.cells[place])]
    words = {place: beside(column.cells[place]) for place in led}
    known = set(known_labels(words.values()))
    fitting = [one for one in scales(known) if one.good != "none"] if known else []
    if not fitting:
        return none
    one = fitting[0]
    low, high = _range(instrument) if instrument else (one.low, one.high)
    number = np.array([found[place] for place, word in words.items() if word in known])
    code = np.array([one.codes[key(word)] for word in words.values() if word in known], dtype=float)
    code = low + (code - one.low) / (one.high - one.low) * (high - low)
    straight, turned = np.abs(number - code).sum(), np.abs(number - (low + high - code)).sum()
    same_good = one.good == ("low" if instrument == "ces1" else "high")
    return ~np.isnan(found) & (turned < straight if same_good else straight < turned)


def _fitting(known: list[str], instrument: str) -> list[Scale]:
    """Scales that the labels stand on and that the instrument can be."""
    fitting = scales(known)
    if not instrument:
        return fitting
    low, high = _range(instrument)
    families = next((names for start, names in _FAMILIES.items() if instrument.startswith(start)), None)
    return [
        one for one in fitting if (one.low, one.high) == (low, high) and (families is None or one.family in families)
    ]
