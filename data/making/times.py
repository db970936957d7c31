"""Days, clocks and working time of the sample's shop: 18 Jalali months from Farvardin 1403, Tehran time."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
from persiantools.jdatetime import JalaliDate

START, END = dt.date(2024, 3, 20), dt.date(2025, 9, 22)
"""1403-01-01 and 1404-06-31."""
UTC_OFFSET = dt.timedelta(hours=3, minutes=30)
OPENS, CLOSES = 9, 18
WEEKEND = (3, 4)
"""Thursday and Friday, as Python counts weekdays."""
HOLIDAYS = (
    ("1403-01-01", "1403-01-04"),
    ("1403-01-13", "1403-01-13"),
    ("1404-01-01", "1404-01-04"),
    ("1404-01-13", "1404-01-13"),
)
_PERSIAN = str.maketrans("0123456789", "".join(chr(0x06F0 + digit) for digit in range(10)))


def jalali(text: str) -> dt.date:
    """Return the day that ``1403-10-01`` names."""
    return JalaliDate(*(int(part) for part in text.split("-"))).to_gregorian()


def day_number(day: dt.date) -> int:
    """Return days since the start of the data."""
    return (day - START).days


def day_of(number: int) -> dt.date:
    """Return the day `number` days after the start of the data."""
    return START + dt.timedelta(days=int(number))


@cache
def jalali_text(day: dt.date, sign: str = "/") -> str:
    """Return ``1403/10/01``."""
    local = JalaliDate(day)
    return f"{local.year:04d}{sign}{local.month:02d}{sign}{local.day:02d}"


def persian(text: str) -> str:
    """Return `text` with Persian digits."""
    return str(text).translate(_PERSIAN)


def moments(days: np.ndarray, rng: np.random.Generator, *, first: int = 8, last: int = 22) -> list[dt.datetime]:
    """Return a local moment on each day, between the hours `first` and `last`."""
    seconds = rng.integers(first * 3600, last * 3600, len(days))
    midnight = dt.datetime.combine(START, dt.time())
    pairs = zip(days.tolist(), seconds.tolist(), strict=True)
    return [midnight + dt.timedelta(days=int(day), seconds=second) for day, second in pairs]


def iso(moment: dt.datetime) -> str:
    """Return ``2024-03-20 14:05:09``."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def iso_utc(moment: dt.datetime) -> str:
    """Return a local moment as ``2024-03-20T10:35:09Z``."""
    return (moment - UTC_OFFSET).strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def working_days() -> tuple[dt.datetime, ...]:
    """Opening moments of all working days, well past the end of the data."""
    closed = {
        day_number(jalali(first)) + k
        for first, last in HOLIDAYS
        for k in range((jalali(last) - jalali(first)).days + 1)
    }
    days = (day_of(number) for number in range(-10, 1500) if number not in closed)
    return tuple(dt.datetime.combine(day, dt.time(OPENS)) for day in days if day.weekday() not in WEEKEND)


def after_working_minutes(opened: list[dt.datetime], minutes: np.ndarray) -> list[dt.datetime]:
    """Return when so many working minutes have passed since each moment."""
    openings, length = np.array(working_days(), dtype="datetime64[s]"), (CLOSES - OPENS) * 60
    total = _position(opened) + minutes
    day = np.minimum(total // length, len(openings) - 1).astype(int)
    seconds = np.round((total - day * length) * 60).astype("timedelta64[s]")
    return (openings[day] + seconds).tolist()


def working_minutes(start: list[dt.datetime], end: list[dt.datetime]) -> np.ndarray:
    """Return the working minutes between moments."""
    return _position(end) - _position(start)


def _position(moments: list[dt.datetime]) -> np.ndarray:
    """Working minutes since the first opening."""
    openings, length = np.array(working_days(), dtype="datetime64[s]"), (CLOSES - OPENS) * 60
    at = np.array(moments, dtype="datetime64[s]")
    index = np.searchsorted(openings, at, side="right") - 1
    return index * length + np.clip((at - openings[index]) / np.timedelta64(60, "s"), 0, length)
