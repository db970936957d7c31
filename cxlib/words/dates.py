"""Days and periods in the Gregorian and the Jalali calendar.

A day is always a `datetime.date`; only its reading and writing depend on the calendar. A period is a year, a quarter,
a month or a range of months, written ``2025``, ``2025-Q2``, ``2025-06`` or ``2025-01..2025-06``
(``1404-Q1`` in a Jalali engagement, where the year begins at Nowruz).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from persiantools.jdatetime import JalaliDate

from cxlib.errors import CxError
from cxlib.words.catalogue import both, phrase
from cxlib.words.numbers import digits, latin

CALENDARS = ("gregorian", "jalali")
_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_PERIOD = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(\d{2})))?")


def day(text: str, calendar: str) -> dt.date:
    """Return the day that `text` (year, month, day) names in `calendar`.

    Raises
    ------
    CxError
        If `text` is no date of that calendar, or its year belongs to the other one.

    Examples
    --------
    >>> day("1404-01-01", "jalali"), day("۱۴۰۳/۱۲/۳۰", "jalali")
    (datetime.date(2025, 3, 21), datetime.date(2025, 3, 20))
    """
    match = _DAY.fullmatch(latin(str(text)).strip())
    try:
        year, month, number = (int(part) for part in match.groups())
        if (year < 1700) != (calendar == "jalali"):
            raise ValueError(year)
        return date_of(year, month, number, calendar)
    except (AttributeError, ValueError) as error:
        raise CxError("not-a-date", found=str(text), expected=both(f"calendar.{calendar}.example")) from error


def date_of(year: int, month: int, number: int, calendar: str) -> dt.date:
    """Return the day with this year, month and day of `calendar`; `ValueError` if there is none."""
    if calendar == "jalali":
        return JalaliDate(year, month, number).to_gregorian()
    return dt.date(year, month, number)


def parts(date: dt.date, calendar: str) -> tuple[int, int, int]:
    """Return year, month and day of `date` in `calendar`.

    Examples
    --------
    >>> parts(dt.date(2026, 11, 21), "jalali")
    (1405, 8, 30)
    """
    if calendar == "jalali":
        local = JalaliDate(date)
        return local.year, local.month, local.day
    return date.year, date.month, date.day


def date_text(date: dt.date, lang: str, calendar: str) -> str:
    """Return `date` as a reader of `lang` says it.

    Examples
    --------
    >>> date_text(dt.date(2026, 11, 21), "fa", "jalali"), date_text(dt.date(2026, 11, 21), "en", "gregorian")
    ('۳۰ آبان ۱۴۰۵', '21 November 2026')
    """
    year, month, number = parts(date, calendar)
    return digits(f"{number} {month_name(month, lang, calendar)} {year}", lang)


def month_name(month: int, lang: str, calendar: str) -> str:
    """Return the name of a month counted from 1."""
    return phrase(f"month.{calendar}.{month}", lang)


def stamp(date: dt.date, calendar: str) -> str:
    """Return `date` as ``1404-02-31``: the form of engagement files."""
    return "{:04d}-{:02d}-{:02d}".format(*parts(date, calendar))


@dataclass(frozen=True, order=True)
class Period:
    """A stretch of whole days, both ends included.

    Attributes
    ----------
    start, end
        First and last day.
    text
        How it was asked for, for example ``2025-Q2``; it names the output folder.
    calendar
        ``gregorian`` or ``jalali``.
    """

    start: dt.date
    end: dt.date
    text: str
    calendar: str

    def __contains__(self, date: dt.date) -> bool:
        return self.start <= date <= self.end

    def words(self, lang: str) -> str:
        """Return "1 April 2025 to 30 June 2025" in `lang`."""
        ends = {"start": date_text(self.start, lang, self.calendar), "end": date_text(self.end, lang, self.calendar)}
        return phrase("period.range", lang, **ends)


def period(text: str, calendar: str) -> Period:
    """Return the period that `text` names.

    Raises
    ------
    CxError
        If `text` is not a year, quarter, month or range of them in this calendar.

    Examples
    --------
    >>> period("2025-Q2", "gregorian").start, period("1404-12", "jalali").end
    (datetime.date(2025, 4, 1), datetime.date(2026, 3, 20))
    """
    first, _, last = latin(str(text)).strip().partition("..")
    try:
        start, end = _span(first, calendar)[0], _span(last or first, calendar)[1]
    except ValueError as error:
        raise CxError("not-a-period", found=str(text), expected=both(f"calendar.{calendar}.periods")) from error
    if end < start:
        raise CxError("period-backwards", found=str(text))
    return Period(start, end, latin(str(text)).strip(), calendar)


def _span(text: str, calendar: str) -> tuple[dt.date, dt.date]:
    """First and last day of one year, quarter or month."""
    match = _PERIOD.fullmatch(text)
    if not match or (int(match[1]) < 1700) != (calendar == "jalali"):
        raise ValueError(text)
    year, quarter, month = int(match[1]), match[2], match[3]
    first = 3 * int(quarter) - 2 if quarter else int(month or 1)
    last = 3 * int(quarter) if quarter else int(month or 12)
    after = date_of(year + (last == 12), last % 12 + 1, 1, calendar)
    return date_of(year, first, 1, calendar), after - dt.timedelta(days=1)


def months(start: dt.date, end: dt.date, calendar: str) -> list[Period]:
    """Return the calendar months that `start` to `end` touches, in order.

    Examples
    --------
    >>> [month.text for month in months(dt.date(2025, 3, 1), dt.date(2025, 4, 1), "jalali")]
    ['1403-12', '1404-01']
    """
    year, month, _ = parts(start, calendar)
    found = []
    while date_of(year, month, 1, calendar) <= end:
        found.append(period(f"{year:04d}-{month:02d}", calendar))
        year, month = year + month // 12, month % 12 + 1
    return found


def month_text(text: str, lang: str, calendar: str) -> str:
    """Return a month such as ``1404-02`` as an axis shows it, for example "Ordibehesht 1404"."""
    year, month = text.split("-")
    return digits(f"{month_name(int(month), lang, calendar)} {year}", lang)
