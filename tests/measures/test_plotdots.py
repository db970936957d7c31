"""Making Data Count: each sign at the right points, the gravest first."""

from __future__ import annotations

import numpy as np
import pytest

from cxlib.errors import CxError
from cxlib.measures import plotdots

WAVE = [5, 6] * 6


def test_limits_by_hand() -> None:
    """Mean 5.5, moving ranges all 1: limits 5.5 ± 2.66."""
    found = plotdots.dots(WAVE)
    assert (found.mean, found.low, found.high) == pytest.approx((5.5, 2.84, 8.16))
    assert set(found.labels) == {"common"}
    assert found.special == ()


def test_a_point_outside() -> None:
    found = plotdots.dots([*WAVE, 20, *WAVE], screen_moving_ranges=True)
    assert found.labels[12] == "outside-high"
    low = plotdots.dots([*WAVE, -9, *WAVE])
    assert low.labels[12] == "outside-low"


def test_seven_rising_points_and_not_six() -> None:
    seven = plotdots.dots([5, 9, 5, 9, 1, 2, 3, 4, 5, 6, 7, 5, 9, 5, 9])
    assert [place for place, label in enumerate(seven.labels) if label == "trend-up"] == list(range(4, 11))
    six = plotdots.dots([5, 9, 5, 9, 2, 3, 4, 5, 6, 7, 5, 9, 5, 9])
    assert "trend-up" not in six.labels


def test_seven_on_one_side_and_not_six() -> None:
    assert plotdots.dots([5, 6] * 4 + [5.6] * 7 + [5, 6] * 4).labels[8:15] == ("run-above",) * 7
    assert "run-above" not in plotdots.dots([5, 6] * 4 + [5, *[5.8, 5.9] * 3] + [5, 6] * 4).labels


def test_two_of_three_near_a_limit_mark_only_the_near_ones() -> None:
    """Near is above 5.5 + 1.77 (ranges screened to about 1): the middle of three may be common."""
    found = plotdots.dots([*WAVE, 7.6, 6.6, 7.6, *WAVE[::-1], 5])
    near = [place for place, label in enumerate(found.labels) if label == "near-high"]
    assert near == [12, 14]


def test_upside_down_is_the_mirror() -> None:
    mirror = {"outside-high": "outside-low", "trend-up": "trend-down", "near-high": "near-low",
              "run-above": "run-below", "common": "common"}  # fmt: skip
    mirror |= {low: high for high, low in mirror.items()}
    x = np.random.default_rng(4).normal(0, 1, 200).cumsum()
    assert plotdots.dots(-x).labels == tuple(mirror[label] for label in plotdots.dots(x).labels)


def test_fixed_limits_come_from_the_first_points() -> None:
    found = plotdots.dots([*WAVE, 9, 9, 9], fix_after=12)
    assert found.mean == 5.5
    assert found.labels[-3:] == ("outside-high",) * 3


def test_signs_in_pure_noise_stay_rare(soak: bool) -> None:
    """A sign in a month of pure noise: about 2 to 4 % of points; that is why a sign is a question."""
    seeds = 500 if soak else 100
    share = np.mean([len(plotdots.dots(np.random.default_rng(seed).normal(size=24)).special) for seed in range(seeds)])
    assert 0.005 < share / 24 < 0.08


def test_a_series_without_spread_is_common() -> None:
    assert set(plotdots.dots([5, 5, 5]).labels) == {"common"}


def test_assurance() -> None:
    limits = [[1, 3], [5, 7], [1, 5]]
    decrease = plotdots.assurance(limits, target=4, direction="decrease")
    assert decrease == ["consistent_pass", "consistent_fail", "inconsistent"]
    assert plotdots.assurance(limits, target=4, direction="neutral") == ["", "", ""]
    with pytest.raises(CxError, match="Did you mean 'increase'"):
        plotdots.assurance(limits, target=4, direction="increas")


def test_one_point_is_no_series() -> None:
    with pytest.raises(CxError, match="'x' holds 1"):
        plotdots.dots([1])
