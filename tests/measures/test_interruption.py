"""Interrupted time series: the truth comes back, and the intervals hold on series that depend on themselves."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from cxlib.measures.interruption import interruption


def series(seed: int, n: int, start: int, jump: float, memory: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=n)
    for place in range(1, n):
        noise[place] += memory * noise[place - 1]
    return 50 + 0.1 * np.arange(n) + jump * (np.arange(n) >= start) + noise


def test_coefficients_are_those_of_least_squares() -> None:
    y, time = series(0, 24, 12, 3), np.arange(24.0)
    later = (time >= 12).astype(float)
    fit = sm.OLS(y, np.column_stack([np.ones(24), time - 12, later, later * (time - 12)])).fit()
    found = interruption(y, start=12)
    assert (found.jump.value, found.bend.value) == pytest.approx(tuple(fit.params[2:]))
    assert found.average.value == pytest.approx(fit.params[2] + 5.5 * fit.params[3])


@pytest.mark.parametrize(
    ("n", "start", "memory", "least"), [(12, 8, 0, 0.93), (24, 12, 0.3, 0.91), (48, 24, 0.3, 0.92)]
)
def test_coverage(n: int, start: int, memory: float, least: float, soak: bool) -> None:
    runs, hits, spans = 1500 if soak else 250, 0, 0
    for seed in range(runs):
        found = interruption(series(seed, n, start, 3, memory), start=start)
        hits += found.jump.low <= 3 <= found.jump.high
        spans += found.average.low <= 3 <= found.average.high
    assert hits / runs >= least - 2.5 * np.sqrt(0.05 * 0.95 / runs)
    assert spans / runs >= least - 2.5 * np.sqrt(0.05 * 0.95 / runs)


def test_false_alarms_without_a_change(soak: bool) -> None:
    runs = 1500 if soak else 250
    wrong = np.mean([interruption(series(seed, 24, 12, 0), start=12).jump.p_value < 0.05 for seed in range(runs)])
    assert wrong <= 0.06 + 2.5 * np.sqrt(0.05 * 0.95 / runs)


def test_memory_is_seen_and_widens() -> None:
    calm, sticky = (interruption(series(3, 60, 30, 0, memory), start=30) for memory in (0, 0.8))
    assert sticky.autocorrelation > 0.4 > calm.autocorrelation
    assert sticky.jump.high - sticky.jump.low > calm.jump.high - calm.jump.low


def test_a_season_is_allowed_for() -> None:
    wave = 6 * np.cos(2 * np.pi * np.arange(48) / 12)
    y = series(4, 48, 24, 3) + wave
    plain, allowed = interruption(y, start=24), interruption(y, start=24, season=12)
    assert abs(allowed.jump.value - 3) < abs(plain.jump.value - 3)
    assert allowed.jump.low < 3 < allowed.jump.high


def test_missing_periods_may_stay_missing() -> None:
    y = series(5, 30, 15, 4)
    y[[3, 20]] = np.nan
    assert interruption(y, start=15).jump.n == 28


def test_too_short_a_history_says_what_would_do() -> None:
    for found in (interruption([1, 2, 3, 4, 5, 6], start=3), interruption(series(6, 20, 12, 1), start=12, season=12)):
        assert found.jump.value is None
        assert found.jump.reason == "history-short"
    assert interruption([1, 2, 3, 4, 5, 6], start=3).jump.needs == 12


def test_a_series_without_noise_says_so() -> None:
    exact = np.where(np.arange(16) >= 8, 7.0, 5.0)
    assert interruption(exact, start=8).jump.reason == "no-spread"
