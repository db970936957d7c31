"""Forecasts: the level by a loop, the line against statsmodels, and intervals that hold what they promise."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from cxlib.errors import CxError
from cxlib.measures import forecasts


def squares(series: np.ndarray, weight: float, start: float) -> float:
    """Sum of squared one-step errors, step by step."""
    level, total = start, 0.0
    for value in series:
        total += (value - level) ** 2
        level += weight * (value - level)
    return total


def test_weight_and_start_are_the_best_of_a_grid() -> None:
    y = np.random.default_rng(0).normal(0, 1, 20).cumsum() + 50
    fit = forecasts.smoothing(y)
    best = squares(y, fit.weight, fit.start)
    grid = [squares(y, w, s) for w in np.linspace(0.01, 0.99, 40) for s in np.linspace(y.min() - 3, y.max() + 3, 60)]
    assert best <= min(grid) + 1e-9


def test_hyndman_oil_interval_width_uses_n_minus_2() -> None:
    """forecast::ses on oil 1996–2013 (fpp2, 7.1): sigma 29.83 = √(SSE/16) of 18 points, alpha .8339."""
    oil = [446.6565, 454.4733, 455.663, 423.6322, 456.2713, 440.5881, 425.3325, 485.1494, 506.0482, 526.792, 514.2689,
           494.211, 490.8, 467.8, 471.3, 503.5, 507.9, 542.3]  # fmt: skip
    fit = forecasts.smoothing(oil, textbook=True)
    width = (fit.forecast.high[0] - fit.forecast.value[0]) / 1.959964
    assert width**2 * 16 == pytest.approx(squares(np.array(oil), fit.weight, fit.start))


@pytest.mark.parametrize(("n", "h", "drift"), [(10, 1, 0.5), (10, 4, 0.5), (24, 1, 0.5), (24, 4, 2.0), (12, 1, 2.0)])
def test_smoothing_interval_holds_its_level(n: int, h: int, drift: float, soak: bool) -> None:
    runs, hits = 1000 if soak else 200, 0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        y = np.cumsum(rng.normal(0, drift, n + h)) + rng.normal(size=n + h)
        found = forecasts.smoothing(y[:n], h=h).forecast
        hits += found.low[-1] <= y[-1] <= found.high[-1]
    assert hits / runs >= 0.93 - 2.5 * np.sqrt(0.05 * 0.95 / runs)


def test_the_textbook_interval_holds_less(soak: bool) -> None:
    for seed in range(20):
        y = np.random.default_rng(seed).normal(size=10).cumsum()
        ours, printed = (forecasts.smoothing(y, h=3, textbook=flag).forecast for flag in (False, True))
        assert (ours.high - ours.low > printed.high - printed.low).all()


def test_trend_against_statsmodels() -> None:
    rng = np.random.default_rng(1)
    x, at = np.arange(15.0), np.array([16.0, 20.0])
    y = 3 + 0.4 * x + rng.normal(size=15)
    fit = sm.OLS(y, sm.add_constant(x)).fit()
    frame = fit.get_prediction(np.column_stack([np.ones(2), at])).summary_frame(alpha=0.1)
    found = forecasts.trend(y, x=x, at=at, level=0.9)
    assert (found.intercept, found.slope) == pytest.approx(tuple(fit.params))
    assert found.forecast.low == pytest.approx(frame["obs_ci_lower"].to_numpy())
    assert found.forecast.high == pytest.approx(frame["obs_ci_upper"].to_numpy())


@pytest.mark.parametrize("n", [5, 10, 40])
def test_trend_interval_holds_its_level_and_chance_is_calibrated(n: int, soak: bool) -> None:
    """The chance to reach what then came is uniform: below 10 % in 10 % of all series."""
    runs = 4000 if soak else 600
    hits, chances = 0, []
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        y = 50 + 0.3 * np.arange(n + 3) + rng.normal(size=n + 3)
        found = forecasts.trend(y[:n], x=np.arange(n), at=[n + 2]).forecast
        hits += found.low[0] <= y[-1] <= found.high[0]
        chances.append(forecasts.chance(found, target=y[-1])[0])
    assert hits / runs == pytest.approx(0.95, abs=3 * np.sqrt(0.05 * 0.95 / runs))
    for share in (0.1, 0.5, 0.9):
        allowed = 3 * np.sqrt(share * (1 - share) / runs)
        assert np.mean(np.array(chances) < share) == pytest.approx(share, abs=allowed)


def test_missing_rows_are_left_out() -> None:
    with_gap = forecasts.trend([1, None, 3, 4.2], x=[1, 2, 3, 4], at=[5])
    assert with_gap.slope == forecasts.trend([1, 3, 4.2], x=[1, 3, 4], at=[5]).slope


def test_chance_of_a_sure_thing() -> None:
    line = forecasts.trend([1, 2, 3, 4], x=[1, 2, 3, 4], at=[5]).forecast
    sharp = forecasts.Forecast(line.at, line.value, line.value, line.value, line.se * 0, 4, 2, 0.95)
    assert forecasts.chance(sharp, target=4.9) == [1.0]
    assert forecasts.chance(sharp, target=4.9, direction="decrease") == [0.0]


def test_target_met_spans_both_models() -> None:
    rising = 50 + np.arange(16) + np.random.default_rng(0).normal(0, 0.5, 16)
    up = forecasts.target_met(rising, ahead=4, target=67)
    assert up.value > 0.9
    assert up.low < 0.5 < up.high
    assert forecasts.target_met(rising, ahead=4, target=40, direction="decrease").value < 0.05
    by_level = forecasts.target_met(rising, ahead=4, target=67, model="level")
    assert by_level.value == up.low


def test_target_met_says_when_it_cannot_tell() -> None:
    short = forecasts.target_met([70, 72, 71], ahead=2, target=75)
    assert (short.value, short.reason, short.needs) == (None, "history-short", 8)
    above = forecasts.target_met([90] * 8, ahead=2, target=101, ceiling=100)
    assert (above.value, above.method) == (0.0, "above-ceiling")


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: forecasts.smoothing([1, 2, 3]), "'y' holds 3 usable values; at least 4"),
        (lambda: forecasts.trend([1, 2, 3], x=[1, 1, 1], at=[2]), "'x' holds 1"),
        (lambda: forecasts.trend([1, 2, 3], x=[1, 2], at=[2]), "'x' has the size 2 where 3"),
        (lambda: forecasts.target_met(range(9), ahead=1, target=1, model="x"), "'x' is not a value of 'model'"),
    ],
)
def test_wrong_input_is_refused(call, says: str) -> None:
    with pytest.raises(CxError, match=says):
        call()
