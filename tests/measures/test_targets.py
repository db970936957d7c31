"""Power and detectable change: published numbers, and what simulation shows."""

from __future__ import annotations

import numpy as np
import pytest

from cxlib.errors import CxError
from cxlib.measures import effects, shares, targets


def test_cohen_1988_table() -> None:
    """Cohen's table 2.4.1, two-sided .05, power .80: d = .2 → 393, .5 → 64, .8 → 26 a group."""
    assert [targets.means_sample_size(d).per_group for d in (0.2, 0.5, -0.8)] == [394, 64, 26]


@pytest.mark.parametrize("d", [0.6, 1.0])
def test_power_of_the_t_test_by_simulation(d: float, soak: bool) -> None:
    runs, n = 4000 if soak else 800, targets.means_sample_size(d).per_group
    rng = np.random.default_rng(0)
    seen = [effects.ab_test(rng.normal(d, 1, n), control=rng.normal(0, 1, n)).p_value < 0.05 for _ in range(runs)]
    assert np.mean(seen) == pytest.approx(0.8, abs=3.5 * np.sqrt(0.16 / runs))


def test_power_for_two_shares_by_simulation(soak: bool) -> None:
    runs, n = 4000 if soak else 800, targets.shares_sample_size(0.5, p2=0.6, power=0.9).per_group
    rng = np.random.default_rng(1)
    draws = rng.binomial(n, [0.5, 0.6], (runs, 2))
    seen = [shares.share_difference(a, n, b, n).p_value < 0.05 for a, b in draws.tolist()]
    assert np.mean(seen) == pytest.approx(0.9, abs=3.5 * np.sqrt(0.09 / runs))


def test_a_smaller_effect_takes_more() -> None:
    sizes = [targets.shares_sample_size(0.5, p2=0.5 + gap).exact for gap in (0.3, 0.2, 0.1, 0.05)]
    assert sizes == sorted(sizes)
    assert targets.shares_sample_size(0.3, p2=0.5).exact == targets.shares_sample_size(0.5, p2=0.3).exact


def test_detectable_change_by_hand() -> None:
    """(1.96 + .8416) √(.25/100 + .25/100) = .1981; against a fixed number √(.25/100) × 2.8016 = .1401."""
    assert targets.detectable_change(100, variance=0.25) == pytest.approx(0.1981, abs=1e-4)
    assert targets.detectable_change(100, baseline_n=np.inf, variance=0.25) == pytest.approx(0.1401, abs=1e-4)


@pytest.mark.parametrize("baseline_n", [None, 2000, np.inf])
def test_needed_n_makes_the_change_detectable_and_one_less_does_not(baseline_n) -> None:
    found = targets.provable(0.05, n=50, variance=0.25, baseline_n=baseline_n)
    enough = targets.detectable_change(found.needs, baseline_n=baseline_n, variance=0.25)
    less = targets.detectable_change(found.needs - 1, baseline_n=baseline_n, variance=0.25)
    assert enough <= 0.05 < less
    assert found.verdict == "needs-n"
    assert targets.provable(0.05, n=found.needs, variance=0.25, baseline_n=baseline_n).verdict == "testable"


def test_what_no_n_can_show() -> None:
    """A baseline of 100 answers is itself ±14 points of share off: no later n shows 5."""
    small = targets.provable(0.05, n=1000, variance=0.25, baseline_n=100)
    assert (small.verdict, small.needs) == ("not-testable", None)
    assert targets.provable(0.0, n=1000, variance=0.25).verdict == "not-testable"
    assert targets.provable(0.001, n=100, variance=0.25).verdict == "not-testable"


def test_variance_of_one_answer() -> None:
    """NPS with 50 % promoters and 20 % detractors: .7 − .3² = .61."""
    assert targets.answer_variance("nps", value=0.3, spread=0.7) == pytest.approx(0.61)
    assert targets.answer_variance("nps", value=0.0) == pytest.approx(2 / 3)
    assert targets.answer_variance("mean", value=4, spread=1.2) == pytest.approx(1.44)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: targets.means_sample_size(0), "two values are equal"),
        (lambda: targets.shares_sample_size(0.5, p2=0.5), "two values are equal"),
        (lambda: targets.shares_sample_size(0.5, p2=1.5), "'p2' is 1.50"),
        (lambda: targets.means_sample_size(0.5, power=1), "'power' is 1"),
        (lambda: targets.detectable_change(0, variance=1), "'n' is 0"),
        (lambda: targets.answer_variance("mean", value=1), "standard deviation"),
        (lambda: targets.answer_variance("median", value=1), "'median' is not a value of 'kind'"),
    ],
)
def test_wrong_input_is_refused(call, says: str) -> None:
    with pytest.raises(CxError, match=says):
        call()
