"""Simple lifetime value and earned growth, by hand."""

from __future__ import annotations

import pytest

from cxlib.errors import CxError
from cxlib.measures import returns


def test_margin_multiple_is_the_sum_of_the_years() -> None:
    """Margin 100, retention .8, discount .1: Σ (.8/1.1)^t from t = 1 is 2.6667, from t = 0 is 3.6667."""
    years = sum((0.8 / 1.1) ** t for t in range(1, 400))
    assert returns.margin_multiple(0.8, discount=0.1) == pytest.approx(years)
    assert returns.simple_clv(100, retention=0.8, discount=0.1) == pytest.approx(266.67, abs=0.005)
    assert returns.simple_clv(100, retention=0.8, discount=0.1, paid_at="start") == pytest.approx(366.67, abs=0.005)


def test_more_retention_is_worth_more() -> None:
    values = [returns.margin_multiple(retention / 10, discount=0.1) for retention in range(11)]
    assert values == sorted(values)
    assert values[0] == 0


@pytest.mark.parametrize(
    ("given", "says"),
    [({"retention": 1.2}, "'retention' is 1.20"), ({"discount": -0.3}, "'discount'"), ({"paid_at": "now"}, "'now'")],
)
def test_impossible_rates_are_refused(given: dict, says: str) -> None:
    with pytest.raises(CxError, match=says):
        returns.margin_multiple(**{"retention": 0.8, "discount": 0.1} | given)


def test_earned_growth_by_hand() -> None:
    """95 of 100 stay and 12 came by recommendation: 95 % + 12 % − 100 % = 7 %."""
    growth = returns.earned_growth(100, from_prior_customers=95, from_earned_new=12)
    assert (growth.net_retention, growth.earned_new, growth.rate) == pytest.approx((0.95, 0.12, 0.07))
    with pytest.raises(CxError, match="'revenue_prior' is 0"):
        returns.earned_growth(0, from_prior_customers=1, from_earned_new=1)
