"""Shrinkage: nearer to the truth than the plain means, with intervals that hold over all groups."""

from __future__ import annotations

import numpy as np
import pytest

from cxlib.errors import CxError
from cxlib.measures.shrinkage import shrunk


@pytest.mark.parametrize(("k", "tau"), [(6, 3.0), (12, 1.0), (12, 8.0), (30, 3.0)])
def test_coverage_and_gain(k: int, tau: float, soak: bool) -> None:
    runs, hits, ours, plain = 2000 if soak else 300, 0.0, 0.0, 0.0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        se = rng.uniform(2, 6, k)
        truth = rng.normal(50, tau, k)
        own = rng.normal(truth, se)
        found = shrunk(own, se=se)
        hits += ((found["low"] <= truth) & (truth <= found["high"])).mean()
        ours += ((found["value"] - truth) ** 2).mean()
        plain += ((own - truth) ** 2).mean()
    assert hits / runs >= 0.93
    assert hits / runs <= (0.98 if tau >= 3 else 1)
    assert ours < plain


def test_equal_groups_meet_and_far_ones_stay() -> None:
    same = shrunk([50, 51, 49, 50, 50], se=[5] * 5)
    assert np.ptp(same["value"]) < 1.1
    apart = shrunk([10, 30, 50, 70, 90], se=[0.1] * 5)
    assert apart["value"].tolist() == pytest.approx([10, 30, 50, 70, 90], abs=0.01)


def test_the_small_group_moves_most_and_order_does_not_matter() -> None:
    found = shrunk([40, 45, 50, 55, 70], se=[2, 2, 2, 2, 10])
    assert found["weight"].idxmin() == 4
    turned = shrunk([70, 55, 50, 45, 40], se=[10, 2, 2, 2, 2])
    assert turned["value"].tolist() == pytest.approx(found["value"].tolist()[::-1])


def test_a_group_without_answers_gets_the_mean_and_a_wide_interval() -> None:
    found = shrunk([40, 45, 50, 55, None], se=[2, 2, 2, 2, None])
    assert found["value"].iloc[4] == pytest.approx(47.5, abs=0.1)
    assert found["weight"].iloc[4] == 0
    assert (found["high"] - found["low"]).idxmax() == 4


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: shrunk([1, 2, 3], se=[1, 1, 1]), "'values' holds 3 usable values; at least 4"),
        (lambda: shrunk([1, 2, 3, 4], se=[1, 1, 1, 0]), "'se' is 0"),
        (lambda: shrunk([1, 2, 3, 4], se=[1, 1]), "'se' has the size 2 where 4"),
    ],
)
def test_wrong_input_is_refused(call, says: str) -> None:
    with pytest.raises(CxError, match=says):
        call()
