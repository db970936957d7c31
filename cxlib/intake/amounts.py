"""Numbers of an export, whatever digits and marks they are written in.

1.234 is a thousand and more to a German and a little over one to an American. The cell cannot tell, so the whole
column does: one 1.234,56 settles it. Currencies without small coins settle it too, and so do the Persian marks, which
are never confused. Where nothing settles it the column is asked about, and the cells in doubt stay empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd

from cxlib.intake.blanks import no_answers
from cxlib.intake.persian import folded
from cxlib.intake.shapes import Shapes, shapes
from cxlib.intake.typed import Distinct, Note, Question, Typed, distinct, examples
from cxlib.intake.vocabulary import vocabulary

_DECIMAL, _GROUPS = "\u066b", "\u066c"
_MANY, _LONG = 20, 18
_CORE = re.compile(f"(?:9[9.,'_ {_DECIMAL}{_GROUPS}]*|[.,{_DECIMAL}]9+)(?:e[-+]?9+)?")
_PLAIN = re.compile("9+")
_SCIENCE = re.compile("9+(?:[.,]9+)?e[-+]?9+")
_TOMAN = {("IRT", "IRR"): 10.0, ("IRR", "IRT"): 0.1}


@dataclass(frozen=True)
class _Form:
    """What one shape says: where its number stands, its sign and signs, and which mark is the decimal one.

    `mark` is the decimal mark it proves (``.`` or ``,``; empty: none), `open` the mark that may be either.
    """

    span: tuple[int, int] = (0, 0)
    decimals: int = 0
    negative: bool = False
    percent: bool = False
    codes: tuple[str, ...] = ()
    times: float = 1.0
    mark: str = ""
    open: str = ""
    is_plain: bool = False
    is_number: bool = True
    is_science: bool = False


def amounts(text: pd.Series, *, decimal: str = "", currency: str = "") -> Typed:
    """Return the numbers of a column.

    A share written with a percent sign becomes 0 to 1. Rial and toman are turned into the engagement's currency; any
    other currency is not converted but reported.

    Parameters
    ----------
    text
        The column as text; empty cells are missing.
    decimal
        The decimal mark, ``.`` or ``,``, if it is known; empty: the column tells.
    currency
        Code of the engagement's currency (``EUR``, ``IRR``, ``IRT``); empty where the numbers are no money.

    Examples
    --------
    >>> amounts(pd.Series(["1.234,56", "1.234", "(12,5)"])).values.tolist()
    [1234.56, 1234.0, -12.5]
    >>> amounts(pd.Series(["1,234"])).questions[0].key
    'decimal-mark'
    """
    column = distinct(text)
    whole = shapes(column.cells)
    forms = [_form(shape) for shape in whole.names]
    reading = _Reading(column, whole, forms, _unread(column, whole, forms))
    mark = decimal or _mark(reading, currency)
    values = _values(whole, forms, mark)
    if not mark:
        reading.ask(reading.each(lambda form: form.open), "decimal-mark", "decimal")
    if decimal:
        reading.refuse(reading.each(lambda form: form.mark not in ("", decimal)), "no-number")
    values = values * _rates(reading, currency)
    percent = reading.each(lambda form: form.percent)
    if reading.note(percent, "percent"):
        reading.ask(~percent & (values != 0), "percent-mixed", "")
    values = np.where(reading.what == "", values, np.nan)
    spread = pd.Series(column.spread(values, np.nan), index=text.index, name=text.name)
    return Typed(spread, column.problems(reading.what), tuple(reading.questions), tuple(reading.notes))


@dataclass
class _Reading:
    """A column while it is read: what each shape says, and why a distinct cell has no value."""

    column: Distinct
    whole: Shapes
    forms: list[_Form]
    what: np.ndarray
    questions: list[Question] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def each(self, fact: Callable[[_Form], object]) -> np.ndarray:
        """Whether a fact about its shape holds for each distinct cell."""
        return np.array([bool(fact(form)) for form in self.forms], dtype=bool)[self.whole.which]

    def refuse(self, where: np.ndarray, reason: str) -> None:
        """Leave cells empty that have a value so far."""
        self.what[where & (self.what == "")] = reason

    def ask(self, where: np.ndarray, key: str, setting: str) -> None:
        """Put a question and leave the doubtful cells empty."""
        if (where & (self.what == "")).any():
            self.questions.append(Question(key, self._told(where), setting))
            self.refuse(where, key)

    def note(self, where: np.ndarray, key: str, **values: object) -> bool:
        """Note for how many rows something holds, and tell whether it holds for any."""
        holds = bool((where & (self.what == "")).any())
        if holds:
            self.notes.append(Note(key, self._told(where) | values))
        return holds

    def _told(self, where: np.ndarray) -> dict[str, object]:
        where = where & (self.what == "")
        return {"count": int(self.column.count[where].sum()), "examples": examples(self.column.cells[where])}


def _unread(column: Distinct, whole: Shapes, forms: list[_Form]) -> np.ndarray:
    """Why cells are no number: a word for no answer, or anything else."""
    what = np.full(len(column.cells), "", dtype=object)
    bad = np.flatnonzero(np.array([not form.is_number for form in forms], dtype=bool)[whole.which])
    why = no_answers(column.cells[bad])
    what[bad] = np.where(why == "", "no-number", why)
    return what


def _mark(reading: _Reading, currency: str) -> str:
    """The decimal mark that the column proves; empty if it proves none or both."""
    marks = {form.mark for form in reading.forms if form.mark} | _after_zero(reading)
    if marks:
        return marks.pop() if len(marks) == 1 else ""
    undecided = {form.open for form in reading.forms if form.open}
    if len(undecided) != 1:
        return ""
    other = "," if undecided == {"."} else "."
    money = {code for form in reading.forms for code in form.codes} | {currency}
    if money & set(vocabulary("amounts")["whole"]):
        return other
    is_open = reading.each(lambda form: form.open)
    return other if _looks_grouped(reading.forms, is_open) and reading.note(is_open, "marks-inferred") else ""


def _after_zero(reading: _Reading) -> set[str]:
    """Marks that stand after a single zero: thousands never begin with it."""
    points, zero = reading.whole.points, ord("0")
    return {
        form.open
        for place, form in enumerate(reading.forms)
        if form.open and (points[form.span[0], reading.whole.rows(place)] == zero).any()
    }


def _looks_grouped(forms: list[_Form], is_open: np.ndarray) -> bool:
    """Many cells with exactly three digits after the one mark, and none of four digits or more without it."""
    plain = [form.span[1] - form.span[0] for form in forms if form.is_plain]
    return int(is_open.sum()) >= _MANY and bool(plain) and max(plain) <= 3


def _values(whole: Shapes, forms: list[_Form], mark: str) -> np.ndarray:
    """The number in each cell."""
    values = np.full(len(whole.which), np.nan)
    for place, form in enumerate(forms):
        if form.is_number:
            rows = whole.rows(place)
            values[rows] = _numbers(whole, rows, form, mark)
    return values


def _numbers(whole: Shapes, rows: np.ndarray, form: _Form, mark: str) -> np.ndarray:
    """The numbers of the cells of one shape."""
    decimals = 3 if form.open and form.open == mark else form.decimals
    if form.is_science or form.span[1] - form.span[0] > _LONG:
        found = _long(whole, rows, form, decimals)
    else:
        found = whole.number(rows, form.span) / 10.0**decimals
    return found * form.times * (-1 if form.negative else 1) / (100 if form.percent else 1)


def _long(whole: Shapes, rows: np.ndarray, form: _Form, decimals: int) -> np.ndarray:
    """Numbers too long for whole-number arithmetic, and those with an exponent."""
    cells = ["".join(map(chr, cell)).lower() for cell in whole.points[form.span[0] : form.span[1], rows].T]
    if form.is_science:
        return np.array([float(cell.replace(",", ".")) for cell in cells])
    return np.array([float(f"{re.sub('[^0-9]', '', cell)}e-{decimals}") for cell in cells])


def _rates(reading: _Reading, currency: str) -> np.ndarray:
    """What each amount is multiplied with; foreign ones are refused, several without one declared are asked about."""
    ones = np.ones(len(reading.what))
    named = {form.codes for form in reading.forms if form.codes}
    if not currency and len(named) > 1:
        reading.ask(ones > 0, "several-currencies", "")
        return ones
    rate = [_rate(form.codes, currency) for form in reading.forms]
    found = np.array([np.nan if one is None else one for one in rate])[reading.whole.which] if rate else ones
    reading.refuse(np.isnan(found), "other-currency")
    reading.note((found != 1) & ~np.isnan(found), "toman-turned", currency=currency)
    return found


def _rate(codes: tuple[str, ...], currency: str) -> float | None:
    """What an amount is multiplied with; None if it cannot be converted."""
    if not codes or not currency or currency in codes:
        return 1.0
    return _TOMAN.get((codes[0], currency))


def _form(shape: str) -> _Form:
    """What a shape says."""
    plain = folded(shape)
    match = _CORE.search(plain) if len(plain) == len(shape) else None
    rest = _rest(plain, match) if match else None
    if match is None or rest is None:
        return _Form(is_number=False)
    core = match[0].rstrip(" ")
    span = (match.start(), match.start() + len(core))
    return _marked(core, span, rest)


def _rest(plain: str, match: re.Match[str]) -> dict[str, object] | None:
    """Sign, percent, currency and multiplier around the number; None if anything else stands there."""
    before, after = plain[: match.start()].strip(), plain[match.end() :].strip()
    bracketed = before.startswith("(") and after.endswith(")")
    if bracketed:
        before, after = before[1:], after[:-1]
    negative = bracketed or "-" in before or after == "-"
    words = _words(" ".join((before.replace("-", " ").replace("+", " "), after.strip("-"))))
    if words is None or sum(side.count("-") for side in (before, after)) + bracketed > 1:
        return None
    codes = [word for word in words if word in _currencies()]
    times = [_multipliers()[word] for word in words if word in _multipliers()]
    if len(codes) > 1 or len(times) > 1 or words.count("%") > 1:
        return None
    return {
        "negative": negative,
        "percent": "%" in words,
        "codes": tuple(_currencies()[codes[0]]) if codes else (),
        "times": times[0] if times else 1.0,
    }


def _words(text: str) -> list[str] | None:
    """The known words and signs that `text` consists of; None if there is an unknown one."""
    found, place = [], 0
    while place < len(text):
        match = _known().match(text, place)
        if not match:
            return None
        if match[0].strip():
            found.append(match[0])
        place = match.end()
    return found


def _marked(core: str, span: tuple[int, int], rest: dict[str, object]) -> _Form:
    """Which signs inside the number are marks of thousands and of decimals."""
    if _PLAIN.fullmatch(core):
        return _Form(span=span, is_plain=True, **rest)
    if _SCIENCE.fullmatch(core):
        return _Form(span=span, is_science=True, **rest)
    for groups, mark in ((".", ","), (",", "."), ("['_ ]", "."), ("['_ ]", ","), (_GROUPS, _DECIMAL)):
        proof = "" if groups == _GROUPS else mark
        if re.fullmatch(f"9{{1,3}}(?:[{groups.strip('[]')}]999)+[{mark}]9+", core):
            return _Form(span=span, decimals=len(core) - core.rindex(mark) - 1, mark=proof, **rest)
    return _single(core, span, rest)


def _single(core: str, span: tuple[int, int], rest: dict[str, object]) -> _Form:
    """Numbers with one kind of mark."""
    if re.fullmatch(f"9{{1,3}}(?:(?:['_]999)+|(?: 999)+|(?:{_GROUPS}999)+|(?:{_DECIMAL}999){{2,}})", core):
        return _Form(span=span, **rest)
    if re.fullmatch(r"9{1,3}(?:\.999){2,}|9{1,3}(?:,999){2,}|9{1,2}(?:,99)+,999", core):
        return _Form(span=span, mark="," if "." in core else ".", **rest)
    if re.fullmatch("9{1,3}[.,]999", core):
        return _Form(span=span, open=core[-4], **rest)
    match = re.fullmatch(f"9*([.,{_DECIMAL}])(9+)", core)
    if match:
        return _Form(span=span, decimals=len(match[2]), mark=match[1].replace(_DECIMAL, ""), **rest)
    return _Form(is_number=False)


@cache
def _currencies() -> dict[str, list[str]]:
    return {folded(word): codes for word, codes in vocabulary("amounts")["currencies"].items()}


@cache
def _multipliers() -> dict[str, float]:
    return {folded(word): times for word, times in vocabulary("amounts")["multipliers"].items()}


@cache
def _known() -> re.Pattern[str]:
    """A word beside a number, or a blank."""
    words = sorted([*_currencies(), *_multipliers(), "%"], key=len, reverse=True)
    return re.compile(r"\s+|" + "|".join(re.escape(word) for word in words))
