"""CUSUM and EWMA: against loops, and with the run lengths of the textbook."""

from __future__ import annotations

import numpy as np
import pytest

from cxlib.errors import CxError
from cxlib.measures import shifts


def test_cusum_against_a_loop() -> None:
    x = np.random.default_rng(0).normal(10.3, 1, 200)
    chart, above, below = shifts.cusum(x, target=10, sigma=1), 0.0, 0.0
    for place, value in enumerate(x):
        above, below = max(0.0, above + value - 10.5), max(0.0, below + 9.5 - value)
        assert chart.above[place] == pytest.approx(above, abs=1e-9)
        assert chart.below[place] == pytest.approx(below, abs=1e-9)


def test_ewma_against_a_loop() -> None:
    x = np.random.default_rng(1).normal(10, 1, 50)
    chart, z = shifts.ewma(x, target=10, sigma=1, weight=0.3), 10.0
    for place, value in enumerate(x):
        z = 0.3 * value + 0.7 * z
        assert chart.z[place] == pytest.approx(z)


def test_ewma_first_limit_is_that_of_one_point() -> None:
    """λ L σ √1 at the first point, L σ √(λ/(2 − λ)) in the end."""
    chart = shifts.ewma(np.zeros(80), target=0, sigma=2, weight=0.2, width=3)
    assert chart.high[0] == pytest.approx(0.2 * 3 * 2)
    assert chart.high[-1] == pytest.approx(3 * 2 * np.sqrt(0.2 / 1.8))


def run_length(chart, shift: float, seed: int, n: int = 3000) -> int:
    first = chart(np.random.default_rng(seed).normal(shift, 1, n))
    return n if first is None else first + 1


def cusum_first(x):
    return shifts.cusum(x, target=0, sigma=1).first_signal


def ewma_first(x):
    return next(iter(shifts.ewma(x, target=0, sigma=1).signals), None)


@pytest.mark.parametrize(
    ("chart", "shift", "expected"), [(cusum_first, 0, 465), (cusum_first, 1, 10.4), (ewma_first, 1, 9.9)]
)
def test_average_run_length_as_montgomery_prints_it(chart, shift: float, expected: float, soak: bool) -> None:
    """Table 9.3: k = ½, h = 5 give 465 without and 10.4 with a shift of one sigma; EWMA .2, 2.962: about 10."""
    lengths = [run_length(chart, shift, seed) for seed in range(1000 if soak else 150)]
    assert np.mean(lengths) == pytest.approx(expected, abs=3.5 * np.std(lengths) / np.sqrt(len(lengths)))


def test_ewma_false_alarms_every_500_points(soak: bool) -> None:
    lengths = [run_length(ewma_first, 0, seed, 1500) for seed in range(400 if soak else 80)]
    assert 350 < np.mean(lengths) < 650


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: shifts.cusum([1], target=0, sigma=0), "'sigma' is 0"),
        (lambda: shifts.ewma([1], target=0, sigma=1, weight=0), "'weight' is 0"),
        (lambda: shifts.cusum([], target=0, sigma=1), "'x' holds 0"),
    ],
)
def test_wrong_input_is_refused(call, says: str) -> None:
    with pytest.raises(CxError, match=says):
        call()
