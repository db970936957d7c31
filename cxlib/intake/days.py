"""Days and times of an export, whatever calendar, digits and order they are written in.

The year tells the calendar: 1402 is a Jalali year, 2023 a Gregorian one. Whether 03/04/2024 is in March or in April
cannot be seen in the cell, so the whole column decides: one 25/04/2024 settles it. Where nothing settles it the column
is asked about, and the cells in doubt stay empty. Times with a zone become the client's own clock; what the client
sees in the tables is local time without a zone.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cxlib.intake import calendars
from cxlib.intake.dayforms import (
    GREGORIAN,
    JALALI,
    MILLISECONDS,
    NO_TIME,
    SECONDS,
    SERIAL,
    SHORT_YEAR,
    UNREAD,
    YEAR_FIRST,
    YEAR_LAST,
    Parts,
    parts,
)
from cxlib.intake.typed import Distinct, Note, Question, Typed, distinct, examples
from cxlib.intake.zones import local

_CALENDAR = {"": 0, "gregorian": GREGORIAN, "jalali": JALALI}
_DAY = 86_400_000_000
_THIN = 50
_LAST_JALALI = 1420
_SHORT_JALALI = (20, 60)
_SERIAL_ZERO = {"1900": -25569, "1904": -24107}
_EPOCH_DAYS = (10_957, 47_482)


@dataclass
class _Reading:
    """A column while it is read: what each distinct cell means so far, and why a cell has no value."""

    cells: np.ndarray
    rows: np.ndarray
    parts: Parts
    what: np.ndarray
    questions: list[Question] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def ask(self, doubtful: np.ndarray, key: str, setting: str, **values: object) -> None:
        """Put a question and leave the doubtful cells empty."""
        doubtful = doubtful & (self.what == "")
        if doubtful.any():
            values |= {"count": int(self.rows[doubtful].sum()), "examples": examples(self.cells[doubtful])}
            self.questions.append(Question(key, values, setting))
            self.what[doubtful] = key

    def note(self, where: np.ndarray, key: str, **values: object) -> None:
        """Note for how many rows something holds."""
        where = where & (self.what == "")
        if where.any():
            values |= {"count": int(self.rows[where].sum()), "examples": examples(self.cells[where])}
            self.notes.append(Note(key, values))


def days(
    text: pd.Series,
    *,
    calendar: str = "",
    day_first: bool | None = None,
    timezone: str = "",
    to: str = "UTC",
    serials: str = "",
) -> Typed:
    """Return the days and times of a column, on the client's clock.

    A cell without a time is the day itself and never moves with a zone. A date that two calendars or two orders would
    read differently is read only where the whole column leaves one of them; else it stays empty and is asked about.

    Parameters
    ----------
    text
        The column as text; empty cells are missing.
    calendar
        ``gregorian`` or ``jalali`` if it is known; empty: the year tells.
    day_first
        Whether 03/04/2024 is 3 April; None: the column tells.
    timezone
        The zone of cells that name none (``Asia/Tehran``, ``EST``, ``+03:30``); empty: the client's.
    to
        The client's zone.
    serials
        ``1900`` or ``1904`` if numbers such as 45000.5 are days as spreadsheets count them.

    Raises
    ------
    CxError
        If `timezone` or `to` is no zone.

    Examples
    --------
    >>> days(pd.Series(["1402/02/31", "2023-05-22"])).values.astype(str).tolist()
    ['2023-05-21', '2023-05-22']
    >>> days(pd.Series(["03/04/2024", "25/04/2024"])).values.astype(str).tolist()
    ['2024-04-03', '2024-04-25']
    >>> days(pd.Series(["03/04/2024"])).questions[0].key
    'day-order'
    """
    column = distinct(text)
    nothing = np.full(len(column.cells), "", dtype=object)
    reading = _Reading(column.cells, column.count, parts(column.cells), nothing)
    reading.what[reading.parts.form == UNREAD] = "no-day"
    day = _day_numbers(reading, _CALENDAR[calendar], day_first, serials)
    time = np.where(reading.parts.time == NO_TIME, 0, reading.parts.time)
    reading.what[(time >= _DAY) & (reading.what == "")] = "no-such-time"
    known = reading.what == ""
    wall = np.where(known, day, 0) * _DAY + np.where(known, time, 0) + _instants(reading)
    clock = local(wall.astype("datetime64[us]"), reading.parts, known, timezone=timezone, to=to)
    reading.what[clock.what != ""] = clock.what[clock.what != ""]
    reading.questions += clock.questions
    reading.notes += clock.notes
    return _typed(column, reading, clock.wall)


def _typed(column: Distinct, reading: _Reading, wall: np.ndarray) -> Typed:
    """The column's rows from its distinct cells."""
    wall = np.where(reading.what == "", wall, np.datetime64("NaT", "us"))
    values = pd.Series(column.spread(wall, np.datetime64("NaT", "us")), index=column.text.index, name=column.text.name)
    return Typed(values, column.problems(reading.what), tuple(reading.questions), tuple(reading.notes))


def _day_numbers(reading: _Reading, calendar: int, day_first: bool | None, serials: str) -> np.ndarray:
    """Day number of each distinct cell; reasons go to `reading`."""
    order = _orders(reading, calendar, day_first)
    year, month, day = _fields(reading.parts, order)
    calendar_of = _calendars(reading, order, year, calendar)
    year = _full_years(reading, year, calendar_of)
    dated = np.isin(reading.parts.form, (YEAR_FIRST, YEAR_LAST, SHORT_YEAR))
    number = np.where(calendar_of == JALALI, calendars.jalali(year, month, day), calendars.gregorian(year, month, day))
    reading.what[dated & (number == calendars.NO_DAY) & (reading.what == "")] = "no-such-day"
    reading.note(dated & (calendar_of == JALALI), "jalali-days")
    return np.where(dated, number, _serials(reading, serials))


def _fields(read: Parts, order: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Year, month and day of each cell, once the order is known."""
    year_first = (read.form == YEAR_FIRST) | ((read.form == SHORT_YEAR) & (order == "ymd"))
    month_first = ~year_first & (order == "mdy") & (read.named == 0)
    year = np.where(year_first, read.first, read.third)
    day = np.where(year_first, read.third, np.where(month_first, read.second, read.first))
    return year, np.where(month_first, read.first, read.second), day


def _orders(reading: _Reading, calendar: int, day_first: bool | None) -> str:
    """The order of day, month and year where cells leave it open: the whole column tells, or is asked about."""
    read = reading.parts
    short = (read.form == SHORT_YEAR) & (read.named == 0)
    open_ = short | ((read.form == YEAR_LAST) & (read.named == 0))
    if not open_.any():
        return "dmy"
    against = _against(read, open_, short, calendar)
    if day_first is not None:
        against |= dict.fromkeys(("mdy", "ymd") if day_first else ("dmy",), open_)
    left = [order for order in ("dmy", "mdy", "ymd") if not against[order].any()]
    if len(left) == 1 and (day_first is not None or _is_settled(against, left[0], open_)):
        return left[0]
    if set(left) == {"dmy", "mdy"} and not (open_ & (read.first != read.second)).any():
        return "dmy"
    reading.ask(open_, "day-order", "day_first", orders=left)
    return "dmy"


def _against(read: Parts, open_: np.ndarray, short: np.ndarray, calendar: int) -> dict[str, np.ndarray]:
    """Cells that each order cannot have written. A column without two-digit years does not begin with the year."""
    never = open_ if not short.any() else np.zeros_like(open_)
    return {
        "dmy": open_ & ((read.second > 12) | (read.first > 31)),
        "mdy": open_ & ((read.first > 12) | (read.second > 31) | ((calendar == JALALI) & short)),
        "ymd": never | (short & ((read.second > 12) | (read.third > 31))),
    }


def _is_settled(against: dict[str, np.ndarray], order: str, open_: np.ndarray) -> bool:
    """Whether enough cells speak against the other order: one in a long column may be a slip."""
    other = against["mdy" if order == "dmy" else "dmy"]
    return int(other.sum()) * _THIN >= int(open_.sum())


def _calendars(reading: _Reading, order: str, year: np.ndarray, calendar: int) -> np.ndarray:
    """Calendar of each cell: the month's name, the year, or what was said; doubts are asked."""
    read = reading.parts
    short = read.form == SHORT_YEAR
    by_year = np.where(year < calendars.GREGORIAN_YEARS[0], JALALI, GREGORIAN)
    found = np.where(read.named > 0, read.named, np.where(short, calendar or GREGORIAN, by_year))
    dated = np.isin(read.form, (YEAR_FIRST, YEAR_LAST))
    if calendar:
        reading.what[dated & (found != calendar) & (reading.what == "")] = "other-calendar"
        return found
    reading.ask(dated & (found == JALALI) & (year > _LAST_JALALI), "lunar-year", "calendar")
    open_ = short & (read.named == 0)
    if (
        open_.any()
        and order != "mdy"
        and not ((year[open_] > _SHORT_JALALI[0]) & (year[open_] < _SHORT_JALALI[1])).any()
    ):
        reading.ask(open_, "short-year", "calendar")
    if (dated & (found == JALALI)).any() and (dated & (found == GREGORIAN)).any():
        reading.note(dated & (found == GREGORIAN), "two-calendars")
    return found


def _full_years(reading: _Reading, year: np.ndarray, calendar_of: np.ndarray) -> np.ndarray:
    """Years of two digits in full: 00 to 68 is 2000 to 2068; Jalali 00 to 49 is 1400 to 1449."""
    short = reading.parts.form == SHORT_YEAR
    reading.note(short, "years-filled")
    gregorian = year + np.where(year < 69, 2000, 1900)
    jalali = year + np.where(year < 50, 1400, 1300)
    return np.where(short, np.where(calendar_of == JALALI, jalali, gregorian), year)


def _serials(reading: _Reading, serials: str) -> np.ndarray:
    """Day number of cells that count days as spreadsheets do; asked unless it was said that they do."""
    is_serial = reading.parts.form == SERIAL
    if not serials:
        reading.ask(is_serial, "serials", "serials")
        return np.zeros_like(reading.parts.first)
    return np.where(is_serial, reading.parts.first + _SERIAL_ZERO[serials], 0)


def _instants(reading: _Reading) -> np.ndarray:
    """Microseconds of cells that count seconds since 1970, and the fractions of serials."""
    read = reading.parts
    found = np.where(read.form == SERIAL, np.round(read.third, -3), 0)
    for form, unit in ((SECONDS, 1_000_000), (MILLISECONDS, 1_000)):
        is_form = read.form == form
        day = read.first * unit // _DAY
        is_near = (day >= _EPOCH_DAYS[0]) & (day <= _EPOCH_DAYS[1])
        reading.what[is_form & ~is_near] = "no-day"
        reading.note(is_form, "epoch")
        found = np.where(is_form & is_near, read.first * unit, found)
    return found
