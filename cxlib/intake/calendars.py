"""Days of the Gregorian and the Jalali calendar, whole columns at once.

A day is a number: days since 1 January 1970. The beginnings of Jalali years come from persiantools, which the rest of
the workbook uses for single days, so that both can never disagree.
"""

from __future__ import annotations

from functools import cache

import numpy as np

GREGORIAN_YEARS = (1700, 2262)
JALALI_YEARS = (1200, 1500)
NO_DAY = np.iinfo(np.int64).min
_EPOCH = 719163
_BEFORE_MONTH = np.array([0, 0, 31, 62, 93, 124, 155, 186, 216, 246, 276, 306, 336])


def gregorian(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Return the day numbers of Gregorian dates, `NO_DAY` where there is no such day.

    Examples
    --------
    >>> gregorian(np.array([1970, 2023]), np.array([1, 2]), np.array([2, 29])).tolist() == [1, NO_DAY]
    True
    """
    is_month = (month >= 1) & (month <= 12) & (year >= GREGORIAN_YEARS[0]) & (year <= GREGORIAN_YEARS[1])
    months = np.where(is_month, (year - 1970) * 12 + month - 1, 0)
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    after = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return np.where(is_month & (day >= 1) & (day <= after - first), first + day - 1, NO_DAY)


def jalali(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Return the day numbers of Jalali dates, `NO_DAY` where there is no such day.

    Examples
    --------
    >>> jalali(np.array([1402]), np.array([2]), np.array([31])).astype("datetime64[D]")
    array(['2023-05-21'], dtype='datetime64[D]')
    """
    is_month = (month >= 1) & (month <= 12) & (year >= JALALI_YEARS[0]) & (year < JALALI_YEARS[1])
    place = np.where(is_month, year - JALALI_YEARS[0], 0)
    nowruz, next_nowruz = _nowruz()[place], _nowruz()[place + 1]
    month = np.where(is_month, month, 1)
    longest = np.where(month <= 6, 31, np.where(month < 12, 30, next_nowruz - nowruz - 336))
    found = nowruz + _BEFORE_MONTH[month] + day - 1
    return np.where(is_month & (day >= 1) & (day <= longest), found, NO_DAY)


@cache
def _nowruz() -> np.ndarray:
    """Day number of 1 Farvardin of each year of `JALALI_YEARS`."""
    from persiantools.jdatetime import JalaliDate

    years = range(JALALI_YEARS[0], JALALI_YEARS[1] + 1)
    return np.array([JalaliDate(year, 1, 1).to_gregorian().toordinal() - _EPOCH for year in years])
