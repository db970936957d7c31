"""sBG: tables of Fader & Hardie (2007), sums taken by brute force."""

from __future__ import annotations

import numpy as np
import pytest

from cxlib.errors import CxError
from cxlib.measures import sbg
from cxlib.measures.sbg import Sbg

HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]


def test_high_end_as_in_fader_hardie_2007():
    found = sbg.fit(HIGH_END)
    assert (found.alpha, found.beta) == pytest.approx((0.668, 3.806), abs=1e-3)
    assert found.loglik == pytest.approx(-1611.2, abs=0.05)
    assert found.mean_churn == pytest.approx(0.15, abs=6e-3)


def test_regular_as_in_fader_hardie_2007():
    found = sbg.fit(REGULAR)
    assert (found.alpha, found.beta) == pytest.approx((0.704, 1.182), abs=1e-3)
    assert found.loglik == pytest.approx(-1680.3, abs=0.05)


def test_loglik_as_in_appendix_b():
    assert sbg.loglik(Sbg(1, 1), HIGH_END) == pytest.approx(-2115.5, abs=0.05)
    best = sbg.fit(HIGH_END)
    assert sbg.loglik(best, HIGH_END) == pytest.approx(best.loglik)


def test_survival_by_the_recursion_of_the_paper():
    """P(1) = α/(α+β), P(t) = P(t−1) (β+t−2)/(α+β+t−1); survival is what is left."""
    a, b = 0.668, 3.806
    leaving = [a / (a + b)]
    for t in range(2, 13):
        leaving.append(leaving[-1] * (b + t - 2) / (a + b + t - 1))
    assert sbg.survival(Sbg(a, b), periods=12) == pytest.approx([1, *(1 - np.cumsum(leaving))])


def test_retention_rises_and_makes_survival():
    rates = sbg.retention(Sbg(0.668, 3.806), periods=20)
    assert (np.diff(rates) > 0).all()
    assert np.cumprod(rates) == pytest.approx(sbg.survival(Sbg(0.668, 3.806), periods=20)[1:])


@pytest.mark.parametrize("renewals", [0, 1, 4, 10])
@pytest.mark.parametrize("discount", [0.05, 0.1, 0.3])
def test_residual_lifetime_by_adding_up(renewals, discount):
    model = Sbg(0.668, 3.806)
    left = sbg.survival(model, periods=1000)
    slow = sum(left[t] / left[renewals] / (1 + discount) ** (t - renewals - 1) for t in range(renewals + 1, 1001))
    assert sbg.residual_lifetime(model, discount=discount, survived_periods=renewals) == pytest.approx(slow, rel=1e-9)


def test_two_halves_of_a_cohort_are_the_cohort():
    half = [count / 2 for count in HIGH_END]
    one, two = sbg.fit(HIGH_END), sbg.fit_cohorts([half, half])
    assert (two.alpha, two.beta, two.loglik) == pytest.approx((one.alpha, one.beta, one.loglik), rel=1e-5)


def test_cohorts_of_different_age_recover_the_truth():
    truth = np.array(sbg.survival(Sbg(0.8, 3), periods=8)) * 10_000
    found = sbg.fit_cohorts([truth[: 8 - age] for age in range(6)])
    assert (found.alpha, found.beta) == pytest.approx((0.8, 3), rel=1e-3)


@pytest.mark.parametrize(
    ("active", "message"),
    [
        ([100, 110, 90], "only shrinks"),
        ([0, 0, 0], "only shrinks"),
        ([100, 90], "longest cohort has 2"),
        ([100, 100, 100], "left and stayed"),
        ([100, 20, 0], "left and stayed"),
    ],
)
def test_cohorts_that_tell_nothing_are_refused(active, message):
    with pytest.raises(CxError, match=message):
        sbg.fit(active)


def test_bad_parameters_are_refused():
    with pytest.raises(CxError, match="alpha, beta"):
        Sbg(0, 1)
    with pytest.raises(CxError, match="`discount` is 0"):
        sbg.residual_lifetime(Sbg(1, 1), discount=0)
    with pytest.raises(CxError, match="not counts"):
        sbg.residual_lifetime(Sbg(1, 1), discount=0.1, survived_periods=-1)
