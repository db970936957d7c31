"""Effects: against scipy and statsmodels, with coverage."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_ind

from cxlib.errors import CxError
from cxlib.measures import effects


@pytest.mark.parametrize(("n", "share"), [(10, 0.5), (30, 0.8), (100, 0.95)])
def test_coverage_of_ab_test_and_before_after(n: int, share: float, soak: bool) -> None:
    runs, hits, later = 4000 if soak else 800, 0, 0
    rng = np.random.default_rng(2)
    for _ in range(runs):
        effect = effects.ab_test(rng.random(n) < share, control=rng.random(2 * n) < 0.5)
        hits += effect.low is not None and effect.low <= share - 0.5 <= effect.high
        moved = effects.before_after(rng.normal(0, 1, n), after=rng.normal(2, 3, n))
        later += moved.low <= 2 <= moved.high
    assert hits / runs >= 0.93 - 3 * np.sqrt(0.05 * 0.95 / runs)
    assert later / runs == pytest.approx(0.95, abs=0.01 + 3 * np.sqrt(0.05 * 0.95 / runs))


def test_ab_test_against_scipy() -> None:
    rng = np.random.default_rng(3)
    a, b = rng.normal(1, 2, 20), rng.normal(0, 1, 33)
    theirs, ours = ttest_ind(a, b, equal_var=False), effects.ab_test(a, control=b)
    interval = theirs.confidence_interval(0.95)
    assert ours.p_value == pytest.approx(theirs.pvalue)
    assert (ours.low, ours.high) == pytest.approx((interval.low, interval.high))


def two_by_two(rng: np.random.Generator, n: int, effect: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    group, post = np.repeat([0, 0, 1, 1], n), np.tile(np.repeat([0, 1], n), 2)
    return 5 + group + post + effect * group * post + rng.normal(0, 1 + group, 4 * n), group, post


def test_did_is_the_difference_of_four_means() -> None:
    y, group, post = two_by_two(np.random.default_rng(4), 25, 2)
    cells = {(g, p): y[(group == g) & (post == p)].mean() for g in (0, 1) for p in (0, 1)}
    by_means = effects.did_means(
        cells[1, 0], treated_after=cells[1, 1], control_before=cells[0, 0], control_after=cells[0, 1]
    )
    for errors in effects.ERRORS:
        found = effects.did(y, group=group, post=post, errors=errors)
        assert found.effect.value == pytest.approx(by_means)
        assert found.coefficients["intercept"] == pytest.approx(cells[0, 0])


def test_coverage_of_did_robust(soak: bool) -> None:
    runs, hits = 1500 if soak else 250, 0
    for seed in range(runs):
        y, group, post = two_by_two(np.random.default_rng(seed), 10, 2)
        effect = effects.did(y, group=group, post=post).effect
        hits += effect.low <= 2 <= effect.high
    assert hits / runs == pytest.approx(0.95, abs=0.02 + 2.5 * np.sqrt(0.05 * 0.95 / runs))


def test_clusters_widen_the_interval_and_hold_the_level(soak: bool) -> None:
    runs, hits, plain = 1000 if soak else 200, 0, 0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        account = np.repeat(np.arange(60), 6)
        group, post = (account < 30).astype(int), np.tile([0, 0, 0, 1, 1, 1], 60)
        y = group + 2 * group * post + rng.normal(size=60)[account] * post + rng.normal(size=360)
        clustered = effects.did(y, group=group, post=post, cluster=account).effect
        naive = effects.did(y, group=group, post=post).effect
        hits += clustered.low <= 2 <= clustered.high
        plain += naive.low <= 2 <= naive.high
    assert hits / runs >= 0.93 - 2.5 * np.sqrt(0.05 * 0.95 / runs)
    assert plain < hits


def test_cuped_holds_its_level_and_narrows(soak: bool) -> None:
    runs, hits, width = 1500 if soak else 300, 0, []
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        x, treated = rng.normal(size=60), np.tile([0, 1], 30)
        test = effects.cuped(2 * x + treated + rng.normal(size=60), x=x, treated=treated)
        hits += test.adjusted.low <= 1 <= test.adjusted.high
        width.append((test.adjusted.high - test.adjusted.low) / (test.raw.high - test.raw.low))
    assert hits / runs == pytest.approx(0.95, abs=0.02 + 2.5 * np.sqrt(0.05 * 0.95 / runs))
    assert np.mean(width) == pytest.approx(np.sqrt(0.2), abs=0.05)


def test_cuped_variance_ratio_is_one_minus_the_squared_correlation() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=50)
    y = x + rng.normal(size=50)
    assert effects.cuped(y, x=x, treated=np.tile([0, 1], 25)).variance_ratio == pytest.approx(
        1 - np.corrcoef(x, y)[0, 1] ** 2
    )


def test_missing_rows_are_left_out() -> None:
    full = effects.cuped([1, 2, 4, 4, 6], x=[1, 2, 3, 4, 5], treated=[0, 1, 0, 1, 1])
    gap = effects.cuped([1, 2, None, 4, 4, 6], x=[1, 2, 9, 3, 4, 5], treated=[0, 1, 1, 0, 1, 1])
    assert gap.adjusted == full.adjusted


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: effects.ab_test([1], control=[1, 2]), "'treated' holds 1 usable values"),
        (
            lambda: effects.did([1, 2, 3, 4, 5], group=[0, 0, 1, 1, 1], post=[0, 0, 0, 1, 1]),
            r"Found \(group/after: n\)",
        ),
        (lambda: effects.did([1, 2], group=[0], post=[0, 1]), "'group' has the size 1 where 2"),
        (lambda: effects.cuped([1, 2, 3], x=[1, 1, 1], treated=[0, 1, 1]), "values of 'x' are the same"),
    ],
)
def test_wrong_input_is_refused(call, says: str) -> None:
    with pytest.raises(CxError, match=says):
        call()


def test_no_spread_is_said() -> None:
    assert effects.ab_test([2, 2], control=[1, 1]).reason == "no-spread"
