"""Whole columns of days in both calendars against single days by other libraries."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from persiantools.jdatetime import JalaliDate

from cxlib.intake.calendars import NO_DAY, gregorian, jalali


def numbers(dates: list[dt.date]) -> list[int]:
    return [date.toordinal() - dt.date(1970, 1, 1).toordinal() for date in dates]


def test_every_jalali_day_of_a_century_agrees_with_persiantools():
    first = JalaliDate(1330, 1, 1).to_gregorian()
    dates = [first + dt.timedelta(days=step) for step in range(36_525)]
    own = [JalaliDate(date) for date in dates]
    year, month, day = (np.array([getattr(date, part) for date in own]) for part in ("year", "month", "day"))
    assert jalali(year, month, day).tolist() == numbers(dates)


def test_every_gregorian_day_of_a_century_agrees_with_the_standard_library():
    dates = [dt.date(1930, 1, 1) + dt.timedelta(days=step) for step in range(36_525)]
    year, month, day = (np.array([getattr(date, part) for date in dates]) for part in ("year", "month", "day"))
    assert gregorian(year, month, day).tolist() == numbers(dates)


@pytest.mark.parametrize(
    ("year", "month", "day", "exists"),
    [(1403, 12, 30, True), (1402, 12, 30, False), (1402, 7, 31, False), (1402, 6, 31, True), (1402, 13, 1, False),
     (1402, 1, 0, False), (2566, 1, 1, False)],
)  # fmt: skip
def test_a_jalali_day_exists_or_not(year, month, day, exists):
    """1403 is a leap year of the Iranian civil calendar, 1402 is not."""
    found = jalali(np.array([year]), np.array([month]), np.array([day]))[0]
    assert (found != NO_DAY) is np.bool_(exists)


@pytest.mark.parametrize(
    ("year", "month", "day"), [(2023, 2, 29), (2024, 4, 31), (1402, 5, 13), (9999, 12, 31), (2024, 0, 1)]
)
def test_a_gregorian_day_that_does_not_exist(year, month, day):
    assert gregorian(np.array([year]), np.array([month]), np.array([day]))[0] == NO_DAY
