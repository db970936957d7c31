"""Net Promoter Score from counts: the R package NPS of Rocks, hand arithmetic, exact coverage."""

from __future__ import annotations

import numpy as np
import pytest

from cxlib.errors import CxError
from cxlib.measures.promoters import (
    Promoters,
    adjusted_wald,
    net_difference,
    promoters,
    sample_size,
    score_interval,
    two_sample_size,
    wald,
)

MIXES = ((0.5, 0.3, 0.2), (0.2, 0.3, 0.5), (1 / 3, 1 / 3, 1 / 3), (0.7, 0.2, 0.1), (0.9, 0.08, 0.02), (0.6, 0.1, 0.3))
SIXTY = Promoters(30, 20, 10)


def test_counts_of_rocks_first_example():
    # R NPS, tests: 0, 7, 7, 9, 9, 9 → 1 detractor, 2 passives, 3 promoters; variance 5/9
    found = promoters([0, 7, 7, 9, 9, 9])
    assert (found.promoters, found.passives, found.detractors) == (3, 2, 1)
    assert (found.net, found.variance) == pytest.approx((1 / 3, 5 / 9))
    assert found.se == pytest.approx(0.304, abs=1e-3)


@pytest.mark.parametrize(
    ("level", "low", "high"),
    [(0.9, 0.1626662633, 0.4722543716), (0.95, 0.1330118254, 0.5019088096), (0.99, 0.07505390862, 0.5598667263)],
)
def test_adjusted_wald_as_in_r_nps(level, low, high):
    found = adjusted_wald(SIXTY, level=level)
    assert (found.net, found.se, found.low, found.high) == pytest.approx((1 / 3, 0.09410810278, low, high), abs=1e-9)


def test_all_promoters_have_an_interval_with_width():
    # R NPS gives 0.4750355154 to 1.063426023 before clipping; plain Wald gives no width
    found = adjusted_wald(Promoters(10, 0, 0))
    assert (found.low, found.high, found.high_raw) == pytest.approx((0.4750355154, 1, 1.063426023), abs=1e-9)
    assert wald(Promoters(10, 0, 0)).low == wald(Promoters(10, 0, 0)).high == 1


def test_wald_as_huber_computes_it():
    # stats.stackexchange 18603: shares 1/2, 1/3, 1/6, variance 5/9, n = 324 → standard error 4.1 points
    found = wald(Promoters(162, 108, 54))
    assert (found.se, found.low, found.high) == pytest.approx((0.0414, 0.2521738388, 0.4144928278), abs=6e-5)


def test_score_interval_as_in_r_nps():
    assert score_interval(SIXTY) == pytest.approx((0.1317401991, 0.5056389968), abs=2e-6)


def test_score_interval_of_two_groups_without_passives_is_wilsons():
    """Without passives seen the most likely mix may still hold some; with them at ±1 the bounds stay on the scale."""
    low, high = score_interval(Promoters(10, 0, 0))
    assert high == 1
    assert 0.3 < low < 1
    assert score_interval(Promoters(0, 0, 10)) == pytest.approx((-1, -low), abs=1e-9)


def test_score_interval_is_where_the_test_turns():
    """Slow twin: the constrained most likely mix by a grid instead of the closed form."""
    low, high = score_interval(SIXTY)
    grid = np.linspace(1e-6, 1, 200_001)
    for net in (low, high):
        d = grid[(grid + net >= 0) & (grid * 2 + net <= 1)]
        loglik = 30 * np.log(d + net) + 20 * np.log(np.maximum(1 - 2 * d - net, 1e-300)) + 10 * np.log(d)
        best = d[loglik.argmax()]
        z = (20 - 60 * net) / np.sqrt(60 * (2 * best + net - net**2))
        assert abs(z) == pytest.approx(1.959964, abs=1e-3)


def test_difference_as_in_r_nps():
    found = net_difference(Promoters(500, 300, 200), Promoters(460, 310, 230), test="wald")
    expected = (0.07, 0.03531430305, 0.0007852378803, 0.1392147621, 0.04745689715)
    assert (found.difference, found.se, found.low, found.high, found.p_value) == pytest.approx(expected, abs=1e-9)


def test_adjusted_difference_by_hand():
    # 30.75/63 − 10.75/63 = 0.317460; 10.75/63 − 30.75/63 = −0.317460; variance of each (41.5/63 − 0.100781) / 63
    found = net_difference(SIXTY, Promoters(10, 20, 30))
    assert found.centre == pytest.approx(2 * 20 / 63)
    assert found.difference == pytest.approx(2 / 3)
    assert found.se == pytest.approx(0.09410810278 * np.sqrt(2), abs=1e-9)


def test_groups_turned_round_change_sign_only():
    one, other = net_difference(SIXTY, Promoters(3, 4, 5)), net_difference(Promoters(3, 4, 5), SIXTY)
    assert (one.low, one.high, one.p_value) == pytest.approx((-other.high, -other.low, other.p_value))


def test_sample_sizes():
    # MeasuringU: 1.96² · 5/9 / .1² − 3 = 210.4 → 211; (1.96 + .8416)² · 4/3 / .1² − 3 = 1043.5 → 1044
    assert sample_size(margin=0.1, variance=5 / 9) == 211
    assert sample_size(margin=0.9, variance=0.01) == 1
    found = two_sample_size(difference=-0.1, variance_sum=4 / 3, power=0.8)
    assert (found.n_exact, found.n_per_group) == (pytest.approx(1043.5, abs=0.05), 1044)


def test_sample_size_gives_the_margin():
    n = sample_size(margin=0.05, variance=5 / 9)
    assert 1.959964 * np.sqrt(5 / 9 / (n + 3)) <= 0.05 < 1.959964 * np.sqrt(5 / 9 / (n + 2))


def coverage(mix: tuple[float, float, float], n: int, draws: int) -> tuple[float, float]:
    """Share of simulated surveys whose adjusted and plain Wald intervals hold the truth."""
    counts = np.random.default_rng([n, round(1000 * mix[0])]).multinomial(n, mix, draws)
    distinct, times = np.unique(counts, axis=0, return_counts=True)
    truth, held = mix[0] - mix[2], [0, 0]
    for (p, s, d), number in zip(distinct.tolist(), times.tolist(), strict=True):
        for place, found in enumerate((adjusted_wald(Promoters(p, s, d)), wald(Promoters(p, s, d)))):
            held[place] += number * (found.low - 1e-12 <= truth <= found.high + 1e-12)
    return held[0] / draws, held[1] / draws


def test_adjusted_wald_covers_in_24_settings(soak):
    """Six mixes at four sizes: between 93 and 97 % (three standard errors of the simulation allowed)."""
    draws = 40_000 if soak else 6_000
    slack = 3 * np.sqrt(0.95 * 0.05 / draws)
    found = {(mix, n): coverage(mix, n, draws) for mix in MIXES for n in (10, 30, 100, *([1000] if soak else [300]))}
    assert len(found) == 24
    for setting, (adjusted, _) in found.items():
        assert 0.93 - slack <= adjusted <= 0.97 + slack, (setting, adjusted)
    assert found[MIXES[4], 10][1] < 0.67, "plain Wald at n = 10 is the warning that it should be"


def test_score_interval_covers_at_very_small_n():
    """At n = 10 and 5 in each mix, exactly, over all tables: it may cover more (few values), hardly less."""
    from scipy.stats import multinomial

    for n in (5, 10):
        tables = [(p, n - p - d, d) for p in range(n + 1) for d in range(n + 1 - p)]
        bounds = np.array([score_interval(Promoters(*table)) for table in tables])
        for mix in MIXES:
            chance, truth = multinomial.pmf(tables, n, mix), mix[0] - mix[2]
            held = chance[(bounds[:, 0] <= truth + 1e-12) & (truth - 1e-12 <= bounds[:, 1])].sum()
            assert 0.92 <= held <= 0.999, (n, mix, held)


def test_difference_covers(soak):
    rng = np.random.default_rng(3)
    draws = 4000 if soak else 800
    for n in (10, 30, 100, 1000) if soak else (10, 100):
        for one, other in ((MIXES[0], MIXES[0]), (MIXES[3], MIXES[1]), (MIXES[4], MIXES[0])):
            truth = one[0] - one[2] - other[0] + other[2]
            pairs = zip(rng.multinomial(n, one, draws).tolist(), rng.multinomial(n, other, draws).tolist(), strict=True)
            found = [net_difference(Promoters(*a), Promoters(*b)) for a, b in pairs]
            held = np.mean([e.low <= truth <= e.high for e in found])
            assert abs(held - 0.95) <= 0.02 + 3 * np.sqrt(0.95 * 0.05 / draws), (n, one, other, held)


def test_answers_off_the_scale_are_refused():
    with pytest.raises(CxError, match=r"Answers off the scale of nps: 11.*\n.*0, 10"):
        promoters([9, 11])
    with pytest.raises(CxError, match=r"off the scale of nps: 7\.5"):
        promoters([7.5])


def test_counts_and_methods_that_cannot_be_are_refused():
    with pytest.raises(CxError, match="not counts that fit"):
        Promoters(1, -1, 2)
    with pytest.raises(CxError, match="Nobody answered"):
        adjusted_wald(Promoters(0, 0, 0))
    with pytest.raises(CxError, match="no method 'iterative'"):
        net_difference(SIXTY, SIXTY, test="iterative")
    with pytest.raises(CxError, match="`margin` is 0"):
        sample_size(margin=0)
