"""Control charts: limits by hand, few false signals in pure noise, and the right chart for the metric."""

from __future__ import annotations

import numpy as np
import pytest

from cxlib.errors import CxError
from cxlib.measures import control


def test_xmr_by_hand() -> None:
    """1, 3, 2, 4: mean 2.5, moving ranges 2, 1, 2 of mean 1.6667, sigma 1.4775, limits 2.5 ± 4.4326."""
    chart = control.xmr([1, 3, 2, 4])
    assert (chart.center, chart.moving_range) == (2.5, pytest.approx(5 / 3))
    assert (chart.low[0], chart.high[0]) == (pytest.approx(-1.9326, abs=1e-4), pytest.approx(6.9326, abs=1e-4))
    assert chart.moving_high == pytest.approx(5.445)


def test_baseline_and_exclusion() -> None:
    x = [5, 6, 5, 6, 5, 6, 50, 51]
    first = control.xmr(x, baseline=6)
    assert first.center == 5.5
    assert first.out == (6, 7)
    assert control.xmr(x, baseline=[0, 1, 2, 3, 4, 5]).high[0] == first.high[0]
    assert control.xmr(x, exclude=[6, 7]).high[0] == first.high[0]


def test_screening_leaves_out_one_large_range() -> None:
    """Ranges 1 ×8 and 40 ×2, mean 8.8, limit 28.7: the 40s go, the mean is 1."""
    x = [5, 6, 5, 6, 5, 45, 5, 6, 5, 6, 5]
    assert control.xmr(x).moving_range == pytest.approx(8.8)
    assert control.xmr(x, screen_moving_ranges=True).moving_range == 1


def test_shifting_and_scaling_move_the_limits_along() -> None:
    x = np.random.default_rng(0).normal(50, 4, 30)
    chart, moved = control.xmr(x), control.xmr(3 * x + 7)
    assert moved.high == pytest.approx(3 * chart.high + 7)
    assert moved.out == chart.out


def test_false_signals_of_an_xmr_chart_are_as_few_as_promised(soak: bool) -> None:
    """Known limits: 0.27 % of points. Limits from 24 points themselves: about 0.4 %; never above 1 %."""
    seeds = 2000 if soak else 300
    out = [len(control.xmr(np.random.default_rng(seed).normal(size=24)).out) for seed in range(seeds)]
    assert 0.001 < np.mean(out) / 24 < 0.01


def test_p_chart_limits_follow_the_sample_size() -> None:
    """p = 60/300 = .2; at n = 100 limits .2 ± 3 √(.16/100) = .08 to .32; at n = 25 the lower one is cut at 0."""
    chart = control.p_chart([20, 40], size=[100, 200])
    assert (chart.low[0], chart.high[0]) == (pytest.approx(0.08), pytest.approx(0.32))
    assert control.p_chart([5, 5], size=[25, 25]).low[0] == 0


def test_prime_is_the_plain_chart_where_only_chance_moves_and_wider_elsewhere() -> None:
    rng = np.random.default_rng(1)
    size = np.full(60, 400)
    calm = rng.binomial(size, 0.3)
    wild = rng.binomial(size, np.clip(rng.normal(0.3, 0.08, 60), 0, 1))
    assert control.p_chart(calm, size=size, prime=True).sigma == pytest.approx(1, abs=0.3)
    assert control.p_chart(wild, size=size, prime=True).sigma > 2
    assert len(control.p_chart(wild, size=size).out) > 10 > len(control.p_chart(wild, size=size, prime=True).out)


@pytest.mark.parametrize(
    ("values", "size", "kind", "reason"),
    [
        ([50, 52, 49] * 5, None, "xmr", "chart-single-numbers"),
        ([50, 52, 49], None, "none", "chart-few-points"),
        ([300, 305, 295] * 5, [1000] * 15, "p", "chart-share"),
        ([300, 400, 200] * 5, [1000] * 15, "p-prime", "chart-overdispersed"),
        ([1, 0, 2] * 5, [50] * 15, "p", "chart-rare"),
    ],
)
def test_right_chart(values, size, kind: str, reason: str) -> None:
    choice = control.right_chart(values, size=size, is_share=size is not None)
    assert (choice.kind, choice.reason) == (kind, reason)


def test_chance_alone_seldom_asks_for_p_prime(soak: bool) -> None:
    """The test behind the choice is wrong in 1 % of null series."""
    seeds = 2000 if soak else 300
    found = [
        control.overdispersion_p(np.random.default_rng(seed).binomial(300, 0.3, 24), size=np.full(24, 300)) < 0.01
        for seed in range(seeds)
    ]
    assert np.mean(found) <= 0.01 + 3 * np.sqrt(0.01 * 0.99 / seeds)
    assert control.overdispersion_p([0, 0], size=[10, 10]) == 1


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: control.xmr([1]), "'x' holds 1 usable values"),
        (lambda: control.xmr([1, 2, 3], exclude=[0, 1]), "'baseline' holds 1"),
        (lambda: control.p_chart([1, 2], size=[10, 0]), "'size' is 0"),
        (lambda: control.p_chart([1, 2], size=[10]), "'size' has the size 1 where 2"),
    ],
)
def test_wrong_input_is_refused(call, says: str) -> None:
    with pytest.raises(CxError, match=says):
        call()
