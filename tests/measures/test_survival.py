"""Kaplan–Meier and log-rank: Freireich's leukaemia data, R, statsmodels as twin, coverage."""

from __future__ import annotations

import numpy as np
import pytest

from cxlib.errors import CxError
from cxlib.measures.survival import happened_by, log_rank, survival_at, survival_curve, time_reached

# Freireich (1963), remission in weeks: 6-MP and placebo
MP = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
MP_EVENT = [1] * 9 + [0] * 12
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def sample(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    life, watched = rng.exponential(10, n), rng.uniform(5, 30, n)
    return np.minimum(life, watched), (life <= watched).astype(int)


def test_curve_as_in_r_survfit():
    curve = survival_curve(MP, MP_EVENT)
    shares = {6: 0.85714, 7: 0.80672, 10: 0.75294, 13: 0.6902, 16: 0.62745, 22: 0.53782, 23: 0.44818}
    for time, share in shares.items():
        assert survival_at(curve, time).survival == pytest.approx(share, abs=6e-6)
    six, last = survival_at(curve, 6), survival_at(curve, 23)
    assert (six.se, six.low, six.high) == pytest.approx((0.07636, 0.61972, 0.95155), abs=6e-6)
    assert (last.low, last.high) == pytest.approx((0.18805, 0.68014), abs=6e-6)
    assert (curve.events, curve.n) == (9, 21)


def test_median_as_in_r_survfit():
    found = time_reached(survival_curve(MP, MP_EVENT))
    assert found[:2] == (23, 13)
    assert np.isnan(found[2])


def test_a_flat_stretch_at_the_quantile_gives_its_middle_as_in_r():
    # R: survfit(Surv(1:4, rep(1, 4)) ~ 1) has median 2.5
    assert time_reached(survival_curve([1, 2, 3, 4], [1, 1, 1, 1]))[0] == 2.5


def test_curve_as_in_statsmodels():
    from statsmodels.duration.survfunc import SurvfuncRight

    time, event = sample(300)
    twin, curve = SurvfuncRight(time, event), survival_curve(time, event)
    kept = np.isin(twin.surv_times, curve.time)
    assert curve.survival == pytest.approx(twin.surv_prob[kept])
    assert curve.se == pytest.approx(twin.surv_prob_se[kept])


def test_without_censoring_the_curve_is_the_share_left():
    time = np.array([3.0, 1, 2, 2, 5])
    curve = survival_curve(time, np.ones(5))
    assert [survival_at(curve, t).survival for t in (0.5, 1, 2, 4, 5, 9)] == pytest.approx([1, 0.8, 0.4, 0.2, 0, 0])


def test_log_rank_as_in_r_survdiff():
    found = log_rank(MP, MP_EVENT, PLACEBO, [1] * 21)
    assert (found.chi2, found.expected_a) == pytest.approx((16.793, 19.251), abs=1e-3)
    assert found.p_value == pytest.approx(4.17e-5, abs=1e-7)
    assert found.observed_a == 9


def test_log_rank_as_in_statsmodels():
    from statsmodels.duration.survfunc import survdiff

    (a, a_event), (b, b_event) = sample(80), sample(50, seed=1)
    group = np.repeat([0, 1], [80, 50])
    chi2, p_value = survdiff(np.concatenate([a, b]), np.concatenate([a_event, b_event]), group)
    found = log_rank(a, a_event, b, b_event)
    assert (found.chi2, found.p_value) == pytest.approx((chi2, p_value))


def test_groups_turned_round_give_the_same_test():
    one, other = log_rank(MP, MP_EVENT, PLACEBO, [1] * 21), log_rank(PLACEBO, [1] * 21, MP, MP_EVENT)
    assert one.chi2 == pytest.approx(other.chi2)
    assert one.observed_a + other.observed_a == pytest.approx(one.expected_a + other.expected_a)


def test_nothing_happened_is_no_difference():
    assert log_rank([1, 2], [0, 0], [3, 4], [0, 0]).p_value == 1


def test_beyond_the_time_watched_nothing_is_known():
    curve = survival_curve([1, 2, 5], [1, 0, 0])
    assert np.isnan(survival_at(curve, 6).survival)
    assert happened_by(curve, 6).reason == "watched-too-short"


def test_nobody_or_all_get_wilsons_interval():
    # nobody of 5 watched to 3: Wilson 0 of 5 → 0 to .4345; all 4: 4 of 4 → .5101 to 1
    assert happened_by(survival_curve([3, 4, 5, 6, 7, 1], [0] * 6), 3).high == pytest.approx(0.4345, abs=1e-4)
    everyone = happened_by(survival_curve([1, 1, 2, 2], [1] * 4), 2)
    assert (everyone.value, everyone.low, everyone.high) == pytest.approx((1, 0.5101, 1), abs=1e-4)


def test_order_and_missing_times_change_nothing():
    time, event = sample(60)
    order = np.random.default_rng(1).permutation(60)
    shuffled = survival_curve([*time[order], None], [*event[order], 1])
    assert shuffled.survival == pytest.approx(survival_curve(time, event).survival)


@pytest.mark.parametrize(
    ("time", "event", "message"),
    [
        ([], [], "no time"),
        ([-1, 2], [1, 1], "negative: .1"),
        ([1, 2], [1, 2], "may only hold 0 and 1"),
        ([1, 2], [1], "different lengths"),
    ],
)
def test_bad_input_is_refused(time, event, message):
    with pytest.raises(CxError, match=message):
        survival_curve(time, event)


def test_a_quantile_is_a_share():
    with pytest.raises(CxError, match="not a probability"):
        time_reached(survival_curve([1], [1]), quantile=50)


def coverage(n: int, draws: int) -> tuple[float, float]:
    """How often the intervals of the share at 7 and of the median hold the truth; unknown bounds hold everything."""
    held = np.zeros(2)
    for seed in range(draws):
        rng = np.random.default_rng([n, seed])
        life, watched = rng.exponential(10, n), rng.uniform(8, 40, n)
        curve = survival_curve(np.minimum(life, watched), (life <= watched).astype(int))
        share, (_, low, high) = happened_by(curve, 7), time_reached(curve)
        held[0] += share.low <= 1 - np.exp(-0.7) <= share.high
        held[1] += not (low > 10 * np.log(2) or high < 10 * np.log(2))
    return held[0] / draws, held[1] / draws


def test_intervals_cover(soak):
    """Both at the level, give or take two points; at n = 10 the few values of the share let it fall to 92 %."""
    draws = 2000 if soak else 400
    slack = 3 * np.sqrt(0.95 * 0.05 / draws)
    for n in (10, 30, 100, 1000) if soak else (10, 100):
        share, median = coverage(n, draws)
        assert (0.92 if n == 10 else 0.93) - slack <= share <= 0.97 + slack, (n, share)
        assert 0.93 - slack <= median <= (0.985 if n == 10 else 0.97) + slack, (n, median)
