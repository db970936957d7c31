"""Service times with open tickets."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from cxlib.measures.service import durations, share_within, time_to
from cxlib.words import phrase

DAY = dt.date(2025, 1, 1)


def tickets(minutes: list[float | None]) -> tuple[pd.Series, pd.Series]:
    opened = pd.Series(pd.to_datetime(["2025-01-01 10:00"] * len(minutes)))
    return opened, opened + pd.to_timedelta(pd.Series(minutes, dtype=float), unit="min")


def test_without_open_tickets_the_median_is_the_median():
    assert time_to(*tickets([10, 20, 30, 40, 50]), as_of=DAY).value == 30
    assert time_to(*tickets([10, 20, 30, 40]), as_of=DAY).value == 25


def test_open_tickets_make_it_longer():
    closed, all_ = tickets([10, 20, 30, 40, 50]), tickets([10, 20, 30, 40, 50, None, None])
    assert time_to(*all_, as_of=DAY).value == 40 > time_to(*closed, as_of=DAY).value
    assert share_within(*all_, as_of=DAY, minutes=30).value == pytest.approx(3 / 7)


def test_what_is_not_reached_is_not_told():
    found = time_to(*tickets([10, None, None]), as_of=DAY)
    assert (found.value, found.reason, found.n) == (None, "quantile-not-reached", 3)
    assert phrase("reason.quantile-not-reached", "fa")
    assert share_within(*tickets([None, None]), as_of=DAY, minutes=10_000).reason == "watched-too-short"


def test_what_was_done_later_counts_as_open():
    opened, done = tickets([10, 20, 30, 5000])
    table = durations(opened, done, as_of=dt.datetime(2025, 1, 1, 11))
    assert table["is_done"].tolist() == [True, True, True, False]
    assert table["minutes"].tolist() == [10, 20, 30, 60]


def test_a_day_means_its_end():
    opened, done = tickets([None])
    assert durations(opened, done, as_of=DAY)["minutes"].tolist() == [14 * 60]


def test_tickets_of_the_future_and_impossible_ones_are_left_out():
    opened = pd.Series(pd.to_datetime(["2025-01-02 10:00", "2025-01-01 10:00", None, "2025-01-01 10:00"]))
    done = pd.Series(pd.to_datetime([None, "2025-01-01 09:00", None, "2025-01-01 10:30"]))
    assert durations(opened, done, as_of=DAY)["minutes"].tolist() == [30]


def test_no_tickets_are_not_told():
    nothing = pd.Series([], dtype="datetime64[us]")
    assert time_to(nothing, nothing, as_of=DAY).reason == "no-tickets"
    assert share_within(nothing, nothing, as_of=DAY, minutes=60).reason == "no-tickets"


def test_p90_is_above_the_median_and_both_intervals_hold_them():
    opened, done = tickets(list(np.random.default_rng(0).exponential(60, 300)))
    median, p90 = (time_to(opened, done, as_of=DAY, quantile=quantile) for quantile in (0.5, 0.9))
    assert median.low <= median.value <= median.high < p90.value <= p90.high
    assert share_within(opened, done, as_of=DAY, minutes=p90.value).value == pytest.approx(0.9, abs=0.01)
