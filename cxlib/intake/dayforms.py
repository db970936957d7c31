"""The ways in which exports write a day and a time, taken apart without deciding what the parts mean.

``1402/05/13`` gives three numbers and says that the year stands first; ``03/04/2024`` says only that the year stands
last. What day, month and calendar they are is decided from the whole column, in `cxlib.intake.days`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np

from cxlib.intake.persian import folded
from cxlib.intake.shapes import Shapes, shapes
from cxlib.intake.vocabulary import vocabulary

UNREAD, YEAR_FIRST, YEAR_LAST, SHORT_YEAR, SERIAL, SECONDS, MILLISECONDS = range(7)
NO_TIME, NO_ZONE = -1, -(10**6)
GREGORIAN, JALALI = 1, 2

_DATES = (
    (YEAR_FIRST, r"(?P<a>\d{4})(?P<s> ?[-/._\\] ?)(?P<b>\d{1,2})(?P=s)(?P<c>\d{1,2})"),
    (YEAR_FIRST, r"(?P<a>\d{4})(?P<b>\d{2})(?P<c>\d{2})"),
    (YEAR_LAST, r"(?P<a>\d{1,2})(?P<s> ?[-/._\\] ?)(?P<b>\d{1,2})(?P=s)(?P<c>\d{4})"),
    (SHORT_YEAR, r"(?P<a>\d{1,2})(?P<s> ?[-/.\\] ?)(?P<b>\d{1,2})(?P=s)(?P<c>\d{2})"),
    (SHORT_YEAR, r"(?P<a>\d{2})(?P<s> ?[-/.\\] ?)(?P<b>\d{1,2})(?P=s)(?P<c>\d{1,2})"),
    (YEAR_FIRST, r"(?P<a>\d{4})[-, ]+(?P<month>MONTH)\.?[-, ]+(?P<c>\d{1,2})"),
    (
        YEAR_LAST,
        r"(?P<a>\d{1,2})(?:st|nd|rd|th|er|\.)?(?: de | of |[- /])*"
        r"(?P<month>MONTH)\.?(?: de |[-, /])*(?P<c>\d{4})",
    ),
    (YEAR_LAST, r"(?P<month>MONTH)\.?[- ]+(?P<a>\d{1,2})(?:st|nd|rd|th)?[-, ]+(?P<c>\d{4})"),
    (SHORT_YEAR, r"(?P<a>\d{1,2})[- ](?P<month>MONTH)\.?[- ](?P<c>\d{2})"),
)
_TIME = (
    r"(?:(?P<before>HALF) ?)?"
    r"(?P<h>\d{1,2}) ?: ?(?P<m>\d{2})(?: ?: ?(?P<sec>\d{1,2})(?:[.,:](?P<f>\d{1,9}))?)?(?: ?(?P<half>HALF))?"
    r"|(?P<h2>\d{2})(?P<m2>\d{2})(?P<sec2>\d{2})(?:\.(?P<f2>\d{1,9}))?"
)
_ZONE = (
    r"(?: ?[\[(]?(?:(?P<zone>ZONE)|(?:utc|gmt)? ?(?P<sign>[-+])(?P<zh>\d{1,2}):?(?P<zm>\d{2})?)[\])]?)?"
    r"(?: \([^()]*\))?"
)
_NUMBERS = (
    (SERIAL, r"(?P<a>\d{5})(?:\.(?P<c>\d{1,12}))?"),
    (SECONDS, r"(?P<a>\d{10})(?:\.\d+)?"),
    (MILLISECONDS, r"(?P<a>\d{13})(?:\.(?P<zero>\d))?"),
    (MILLISECONDS, r"/date\((?P<a>\d{13})(?:[-+]\d{4})?\)/"),
    (YEAR_FIRST, r"(?P<a>\d{4})(?P<b>\d{2})(?P<c>\d{2})\.(?P<zero>\d)"),
    (YEAR_FIRST, r"(?P<a>\d{4})(?P<b>\d{2})(?P<c>\d{2})(?P<h2>\d{2})(?P<m2>\d{2})(?P<sec2>\d{2})"),
)


@dataclass(frozen=True)
class Parts:
    """The numbers in the distinct cells of a column, one entry a cell.

    Attributes
    ----------
    form
        How the cell is written: `UNREAD`, `YEAR_FIRST`, `YEAR_LAST`, `SHORT_YEAR` (two digits), `SERIAL` (a number
        of days, as spreadsheets count), `SECONDS` or `MILLISECONDS` since 1970.
    first, second, third
        The three numbers in the order written; a named month is always `second`. Of a serial, `first` is the whole
        part and `third` the fraction in microseconds of a day.
    named
        Calendar that a month's name belongs to: `GREGORIAN`, `JALALI`, 0 without a name.
    time
        Microseconds since midnight, `NO_TIME` where the cell has none, a day or more where there is no such time.
    offset
        Minutes east of Greenwich, `NO_ZONE` where the cell names no zone.
    zone
        The abbreviation of the zone as written, in lower case.
    """

    form: np.ndarray
    first: np.ndarray
    second: np.ndarray
    third: np.ndarray
    named: np.ndarray
    time: np.ndarray
    offset: np.ndarray
    zone: np.ndarray


def parts(cells: np.ndarray) -> Parts:
    """Return the numbers in these distinct cells.

    Examples
    --------
    >>> read = parts(np.array(["1404/02/28-10: 32: 16"], dtype=object))
    >>> read.first[0], read.second[0], read.third[0], read.time[0] / 1e6
    (np.int64(1404), np.int64(2), np.int64(28), np.float64(37936.0))
    """
    whole = shapes(cells)
    n = len(cells)
    read = Parts(
        *(np.zeros(n, dtype=np.int64) for _ in range(5)),
        np.full(n, NO_TIME),
        np.full(n, NO_ZONE),
        np.full(n, "", dtype=object),
    )
    for number, shape in enumerate(whole.names):
        _read(shape, whole, whole.rows(number), read)
    return read


def zone_minutes(name: str) -> int | None:
    """Return the minutes east of Greenwich of an abbreviation or an offset such as ``+03:30``, None if unknown.

    Examples
    --------
    >>> zone_minutes("EST"), zone_minutes("GMT+3:30"), zone_minutes("CST")
    (-300, 210, None)
    """
    plain = name.strip().lower()
    match = re.fullmatch(r"(?:utc|gmt)? ?([-+])(\d{1,2}):?(\d{2})?", plain)
    if match:
        return (-1 if match[1] == "-" else 1) * (int(match[2]) * 60 + int(match[3] or 0))
    return vocabulary("days")["zones"].get(plain)


def _read(shape: str, whole: Shapes, rows: np.ndarray, read: Parts) -> None:
    """Take the cells of one shape apart, into `read`."""
    plain = folded(shape)
    match, form = _match(plain) if len(plain) == len(shape) else (None, UNREAD)
    if match is None:
        return

    def digits(name: str) -> np.ndarray | int:
        return whole.number(rows, match.span(name)) if match.groupdict().get(name) else 0

    if match.groupdict().get("zero"):
        rows = rows[digits("zero") == 0]
    read.form[rows] = form
    read.first[rows], read.second[rows], read.third[rows] = digits("a"), digits("b"), digits("c")
    if form == SERIAL:
        read.third[rows] = _fraction(digits("c"), match["c"], 86_400_000_000)
        return
    if match.groupdict().get("month"):
        read.named[rows], read.second[rows] = _months()[match["month"]]
    if match.groupdict().get("h") or match.groupdict().get("h2"):
        read.time[rows] = _time(match, digits)
    _zone(match, digits, read, rows)


def _time(match: re.Match[str], digits: object) -> np.ndarray:
    """Microseconds since midnight; an hour, minute or second that does not exist gives a day or more."""
    found = match.groupdict()
    tail = "" if found.get("h") else "2"
    hour, minute, second = (digits(name + tail) for name in ("h", "m", "sec"))
    half = found.get("half") or found.get("before")
    if half:
        wrong = (hour < 1) | (hour > 12)
        hour = np.where(wrong, 99, hour % 12 + (12 if half in _folded("pm") else 0))
    wrong = (hour > 23) | (minute > 59) | (second > 59)
    micros = _fraction(digits("f" + tail), found.get("f" + tail), 1_000_000)
    return np.where(wrong, 86_400_000_000, ((hour * 60 + minute) * 60 + second) * 1_000_000 + micros)


def _fraction(digits: np.ndarray | int, text: str | None, unit: int) -> np.ndarray | int:
    """Digits after the mark as whole units."""
    if not text:
        return 0
    return np.floor(digits * (unit / 10 ** len(text)) + 1e-6).astype(np.int64)


def _zone(match: re.Match[str], digits: object, read: Parts, rows: np.ndarray) -> None:
    """The zone that the cells name."""
    found = match.groupdict()
    if found.get("zone"):
        read.zone[rows] = found["zone"]
        minutes = zone_minutes(found["zone"])
        read.offset[rows] = NO_ZONE if minutes is None else minutes
    elif found.get("sign"):
        read.offset[rows] = (-1 if found["sign"] == "-" else 1) * (digits("zh") * 60 + digits("zm"))


def _match(shape: str) -> tuple[re.Match[str] | None, int]:
    """The first form that fits a shape."""
    for form, pattern in _patterns():
        match = pattern.fullmatch(shape)
        if match:
            return match, form
    return None, UNREAD


@cache
def _patterns() -> tuple[tuple[int, re.Pattern[str]], ...]:
    """Whole-cell patterns: a date alone, a date and a time, a time and a date, a plain number."""
    words = vocabulary("days")
    weekday = rf"(?:(?:{_any(_folded('weekdays'))})[.,]? *)?"
    between = rf"(?:t| ?[-,|] ?| +)(?:(?:{_any(_folded('at'))}) ?)?"
    zone = _ZONE.replace("ZONE", _any([*words["zones"], *words["unclear"]]))
    time = _TIME.replace("HALF", _any([*_folded("am"), *_folded("pm")]))
    found = []
    for form, date in _DATES:
        date = date.replace("MONTH", _any(_months()))
        found.append((form, re.compile(rf"{weekday}{date}(?:{between}(?:{time}){zone})?")))
        found.append((form, re.compile(rf"(?:{time}){between}{weekday}{date}")))
    return tuple(found + [(form, re.compile(pattern)) for form, pattern in _NUMBERS])


@cache
def _months() -> dict[str, tuple[int, int]]:
    """Name of a month → its calendar and number."""
    months = vocabulary("days")["months"]
    return {
        folded(name): (calendar, number)
        for calendar, key in ((GREGORIAN, "gregorian"), (JALALI, "jalali"))
        for number, names in enumerate(months[key], start=1)
        for name in names
    }


@cache
def _folded(name: str) -> tuple[str, ...]:
    return tuple(folded(word) for word in vocabulary("days")[name])


def _any(words: Iterable[str]) -> str:
    """A pattern for any of these words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(set(words), key=len, reverse=True))
