"""The business case as ranges: draws, tornado, break-even, payback."""

from __future__ import annotations

import numpy as np
import pytest

from cxlib.errors import CxError
from cxlib.measures import business_case as business
from cxlib.measures.business_case import Range

RANGES = {"saved": Range(50, 100, 150, "data"), "price": Range(50, 60, 80), "fixed": Range(5, 5, 5)}


def benefit(a):
    return a["saved"] + a["fixed"]


def cost(a):
    return a["price"]


def test_a_range_means_its_5_and_95_percent_points() -> None:
    drawn = Range(10, 20, 60).draw(np.random.default_rng(0), 200_000)
    assert np.quantile(drawn, [0.05, 0.5, 0.95]) == pytest.approx([10, 20, 60], rel=0.02)


def test_the_chance_that_it_pays_of_a_normal_gain() -> None:
    """Gain 100 ± 50 (5 and 95 %) minus 60: P(z > −40 × 1.645 / 50) = Φ(1.316) = .906."""
    case = business.business_case({"saved": Range(50, 100, 150)}, benefit=lambda a: a["saved"], cost=lambda a: 60)
    assert case.pays.value == pytest.approx(0.906, abs=0.01)
    assert case.gain.value == pytest.approx(40, abs=1)
    assert (case.gain.low, case.gain.high) == (pytest.approx(-10, abs=2), pytest.approx(90, abs=2))
    assert case.roi.value == pytest.approx(40 / 60, abs=0.02)


def test_tornado_puts_the_decisive_assumption_first() -> None:
    """Saved moves the gain from 105 − 60 − 50 = −5 to 95; price from 55 to 25; fixed not at all."""
    case = business.business_case(RANGES, benefit=benefit, cost=cost)
    assert case.tornado["assumption"].tolist() == ["saved", "price", "fixed"]
    assert case.tornado[["low", "high"]].values.tolist() == [[-5, 95], [55, 25], [45, 45]]
    assert case.tornado["grade"].tolist() == ["data", "assumption", "assumption"]
    assert case.tornado["share"].sum() == pytest.approx(1, abs=0.03)


def test_break_even_is_where_the_gain_is_zero() -> None:
    assert business.break_even(RANGES, benefit=benefit, cost=cost, assumption="saved") == pytest.approx(55)
    assert business.break_even(RANGES, benefit=benefit, cost=cost, assumption="price") == pytest.approx(105)
    assert (
        business.break_even(RANGES, benefit=lambda a: 1 + 0 * a["saved"], cost=lambda a: 0, assumption="saved") is None
    )


def test_payback_by_hand() -> None:
    # 120 a year is 10 a month; spent at the start: 60, so after 6 months. With 30 before: 9 months. A second year of
    # 60 with 60 spent each year: 12 months bring 60, just what was spent.
    def after(benefits: list[float], costs: list[float], once: float = 0.0) -> float:
        return float(business.payback(np.array([benefits], float), costs=np.array([costs], float), once=once)[0])

    assert after([120, 120], [60, 60]) == pytest.approx(6)
    assert after([120, 120], [60, 60], 30) == pytest.approx(9)
    assert after([60, 60], [60, 60]) == pytest.approx(12)
    assert after([30, 90], [60, 30]) == pytest.approx(12 + 12 * 60 / 90)
    assert after([30, 30], [60, 60]) == np.inf
    assert after([0, 0], [0, 0]) == 0


def test_payback_is_the_slow_count_of_days() -> None:
    rng = np.random.default_rng(3)
    benefits, costs, once = rng.uniform(0, 100, (50, 3)), rng.uniform(0, 60, (50, 3)), rng.uniform(0, 50, 50)
    found = business.payback(benefits, costs=costs, once=once)
    for row in range(50):
        back = np.inf
        for day in range(3 * 360 + 1):
            year = min(day // 360, 2) if day % 360 or day == 0 else day // 360 - 1
            earned = benefits[row, :year].sum() + benefits[row, year] * (day - 360 * year) / 360
            if earned >= once[row] + costs[row, : year + 1].sum():
                back = day / 30
                break
        assert found[row] == back or abs(found[row] - back) <= 1 / 30


def test_waiting_says_what_the_draws_carry() -> None:
    months = np.arange(1.0, 101.0)
    found = business.waiting(months)
    assert (found.low, found.value, found.high) == (5, 50, 95)
    assert business.waiting(np.where(months > 90, np.inf, months)).reason == "beyond-years"
    assert not business.waiting(np.where(months > 40, np.inf, months)).is_known


def test_same_seed_same_case() -> None:
    one, two = (business.business_case(RANGES, benefit=benefit, cost=cost, draws=500, seed=7) for _ in range(2))
    assert one.gain == two.gain
    assert one.gain != business.business_case(RANGES, benefit=benefit, cost=cost, draws=500, seed=8).gain


def test_no_cost_has_no_roi() -> None:
    case = business.business_case(RANGES, benefit=benefit, cost=lambda a: 0, draws=100)
    assert case.roi.reason == "no-cost"


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: Range(3, 2, 1), "low ≤ likely ≤ high"),
        (lambda: Range(1, 2, 3, "guess"), "'guess' is not a value of 'grade'"),
        (lambda: business.business_case({}, benefit=benefit, cost=cost), "'ranges' holds 0"),
        (lambda: business.break_even(RANGES, benefit=benefit, cost=cost, assumption="x"), "'x' is not a value"),
    ],
)
def test_wrong_input_is_refused(call, says: str) -> None:
    with pytest.raises(CxError, match=says):
        call()
