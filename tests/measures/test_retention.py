"""Retention from IDs, and what the formula makes of it."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from cxlib.errors import CxError
from cxlib.measures.retention import (
    churn_rate,
    formula,
    inactivity_window,
    reconciled,
    retention_rate,
    revenue_churn,
)

YEAR = {"start": dt.date(2025, 1, 1), "end": dt.date(2025, 12, 31)}


def thousand() -> tuple[pd.Series, pd.Series]:
    """1,000 at the start of whom 220 leave; 200 new of whom 30 leave: 950 at the end."""
    joined = pd.Series(["2024-05-01"] * 1000 + ["2025-02-01"] * 200)
    left = pd.Series(["2025-06-01"] * 220 + [None] * 780 + ["2025-07-01"] * 30 + [None] * 170)
    return pd.to_datetime(joined), pd.to_datetime(left)


def test_the_formula_is_wrong_where_new_customers_left():
    # (950 − 200) / 1000 = 75 %, but 780 of 1000 stayed
    found = reconciled(*thousand(), **YEAR)
    assert (found.start, found.end, found.new, found.new_left, found.lost) == (1000, 950, 200, 30, 220)
    assert (found.formula_rate, found.true_rate) == pytest.approx((0.75, 0.78))


def test_the_formula_is_right_with_new_customers_still_present():
    found = reconciled(*thousand(), **YEAR)
    assert formula(found.start, found.end, found.new - found.new_left) == pytest.approx(found.true_rate)
    assert formula(200, 210, 30) == 0.9


def test_retention_and_churn_are_complements():
    stayed, went = retention_rate(*thousand(), **YEAR), churn_rate(*thousand(), **YEAR)
    assert (stayed.value, went.value, stayed.n) == (pytest.approx(0.78), pytest.approx(0.22), 1000)
    assert stayed.low == pytest.approx(1 - went.high)


@pytest.mark.parametrize(
    ("joined", "left", "n", "value"),
    [
        ("2024-12-31", "2025-01-01", 1, 0),  # there at the start, gone on the first day
        ("2024-12-31", "2025-12-31", 1, 0),  # gone on the last day
        ("2024-12-31", "2026-01-01", 1, 1),  # gone after it
        ("2025-01-01", None, 0, None),  # joined in the period
        ("2024-06-01", "2024-12-31", 0, None),  # gone before
        (None, None, 0, None),  # joined at an unknown time
        ("2024-06-01", "2024-05-01", 0, None),  # gone before joining
    ],
)
def test_the_edges_of_a_period(joined, left, n, value):
    found = retention_rate(pd.Series(pd.to_datetime([joined])), pd.Series(pd.to_datetime([left])), **YEAR)
    assert (found.n, found.value) == (n, value)


def test_nobody_at_the_start_is_not_told():
    empty = pd.Series([], dtype="datetime64[us]")
    assert retention_rate(empty, empty, **YEAR).reason == "no-answers"
    assert np.isnan(reconciled(empty, empty, **YEAR).true_rate)


def test_a_period_that_ends_before_it_starts_is_refused():
    with pytest.raises(CxError, match=r"2025-12-31\.\.2025-01-01"):
        retention_rate(*thousand(), start=YEAR["end"], end=YEAR["start"])


def test_a_formula_without_customers_is_refused():
    with pytest.raises(CxError, match="not counts that fit"):
        formula(0, 10, 5)


def test_revenue_churn_with_equal_revenue_is_churn():
    joined, left = thousand()
    plain = churn_rate(joined, left, **YEAR)
    found = revenue_churn(joined, left, pd.Series(50.0, index=joined.index), **YEAR)
    assert (found.value, found.low, found.high, found.n) == pytest.approx((plain.value, plain.low, plain.high, 1000))


def test_revenue_churn_by_hand_and_without_revenue():
    joined = pd.to_datetime(pd.Series(["2024-01-01"] * 3))
    left = pd.to_datetime(pd.Series(["2025-02-01", None, None]))
    # 30 of 100 went; the third brought nothing and does not count
    found = revenue_churn(joined, left, pd.Series([30.0, 70, None]), **YEAR)
    assert (found.value, found.n) == (pytest.approx(0.3), 2)
    assert revenue_churn(joined, left, pd.Series([0.0, 0, 0]), **YEAR).reason == "no-answers"


def purchases(n: int, seed: int) -> pd.DataFrame:
    """Customers who buy again after 1 to 100 days, all equally likely."""
    gaps = np.random.default_rng(seed).integers(1, 101, n)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.column_stack([np.zeros(n), gaps]).ravel(), unit="D")
    return pd.DataFrame({"who": np.repeat(np.arange(n), 2), "on": days})


def test_the_window_is_the_quantile_of_gaps():
    log = pd.DataFrame(
        {
            "who": ["a"] * 4 + ["b"],
            "on": pd.to_datetime(["2025-01-01", "2025-01-01", "2025-01-11", "2025-01-31", "2025-01-01"]),
        }
    )
    found = inactivity_window(log, customer="who", day="on", share=0.5)
    assert (found.value, found.n, found.reason) == (15, 2, "too-few")
    assert inactivity_window(log[4:], customer="who", day="on").reason == "nobody-came-back"


def test_the_window_covers(soak):
    draws = 1000 if soak else 200
    for n in (30, 100, 1000) if soak else (100,):
        found = [inactivity_window(purchases(n, s), customer="who", day="on", share=0.5) for s in range(draws)]
        held = np.mean([e.low <= 50.5 <= e.high for e in found])
        # whole days and order statistics: it covers a little more than the level, never less
        assert 0.93 - 3 * np.sqrt(0.95 * 0.05 / draws) <= held, (n, held)
