"""RFM scores: the README of the R package rfm, and its rule by hand."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from cxlib.errors import CxError
from cxlib.measures.rfm import rfm, within

COLUMNS = {"customer": "who", "day": "on", "amount": "paid"}


def log() -> pd.DataFrame:
    """Ten customers: number k has k transactions of 10 each, the last k days before 31 January."""
    rows = [(f"c{k:02d}", dt.date(2025, 1, 31) - dt.timedelta(days=k), 10.0) for k in range(1, 11) for _ in range(k)]
    return pd.DataFrame(rows, columns=["who", "on", "paid"])


def test_scores_as_in_the_readme_of_r_rfm(shared):
    orders = pd.read_csv(shared / "cases" / "data" / "rfm_orders.csv")
    found = rfm(orders, customer="customer_id", day="order_date", amount="revenue", as_of=dt.date(2006, 12, 31))
    assert (len(found), found["frequency"].sum()) == (995, 4906)
    expected = {
        "Abbey O'Reilly": (205, 6, 472, 343),
        "Add Senger": (140, 3, 340, 412),
        "Aden Lesch": (194, 4, 405, 323),
    }
    for name, values in expected.items():
        assert tuple(found.loc[name, ["recency", "frequency", "monetary", "score"]]) == values


def test_the_rule_by_hand():
    # type-7 fifths of 1 … 10 are 2.8, 4.6, 6.4, 8.2; plus 1: 3.8, 5.6, 7.4, 9.2
    found = rfm(log(), **COLUMNS, as_of=dt.date(2025, 1, 31))
    assert found["frequency_score"].tolist() == [1, 1, 1, 2, 2, 3, 3, 4, 4, 5]
    assert found["recency_score"].tolist() == [5, 5, 5, 4, 4, 3, 3, 2, 2, 1]
    # sums 10 … 100: 28, 46, 64, 82 plus 1
    assert found["monetary_score"].tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert found["score"].iloc[0] == 511


def test_champions_are_within_the_highest_bounds():
    found = rfm(log(), **COLUMNS, as_of=dt.date(2025, 1, 31))
    assert within(found).sum() == 0
    assert within(found, recency=(1, 5)).sum() == 3


def test_what_comes_later_and_who_is_nobody_is_left_out():
    more = pd.concat([log(), pd.DataFrame({"who": ["c01", None], "on": [dt.date(2026, 1, 1), dt.date(2025, 1, 1)]})])
    found = rfm(more, **COLUMNS, as_of=dt.date(2025, 1, 31))
    assert found.loc["c01", "frequency"] == 1
    assert len(found) == 10


def test_order_of_rows_changes_nothing():
    found = [rfm(frame, **COLUMNS, as_of=dt.date(2025, 1, 31)) for frame in (log(), log()[::-1])]
    pd.testing.assert_frame_equal(*found)


def test_one_customer_gets_scores():
    assert rfm(log()[:1], **COLUMNS, as_of=dt.date(2025, 1, 31))["score"].tolist() == [511]


def test_bad_input_is_refused():
    with pytest.raises(CxError, match="no column 'day'"):
        rfm(log(), customer="who", day="day", amount="paid", as_of=dt.date(2025, 1, 31))
    with pytest.raises(CxError, match="no purchases up to 2020"):
        rfm(log(), **COLUMNS, as_of=dt.date(2020, 1, 1))
