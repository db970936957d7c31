"""Where a KPI is going, and the chance that it meets its target by the date.

A forecast of a short series is mostly its interval. Two models are enough for KPIs: a level that drifts (simple
exponential smoothing) and a straight line (trend). Both carry prediction intervals whose residual variance is divided
by n − p; with eight points that is the difference between an honest interval and one a third too narrow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from cxlib.errors import CxError
from cxlib.measures.estimate import Estimate, cannot_tell
from cxlib.measures.given import aligned, between, numbers, option

_GRID = np.linspace(0.0001, 0.9999, 200)


@dataclass(frozen=True)
class Forecast:
    """What is to be expected, with the interval of a single future value.

    Attributes
    ----------
    at
        Where it is forecast: steps ahead, or values of the trend's x, shape (h,).
    value, low, high
        Forecast and prediction interval, shape (h,).
    se
        Standard error of the forecast of one value, shape (h,).
    n, df
        Points used, and degrees of freedom of the residual variance.
    level
        Of the interval.
    """

    at: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    se: np.ndarray
    n: int
    df: int
    level: float


@dataclass(frozen=True)
class Smoothing:
    """A fitted simple exponential smoothing: weight of the newest point (0 to 1), level before the first point."""

    weight: float
    start: float
    forecast: Forecast


@dataclass(frozen=True)
class Trend:
    """A fitted straight line and its forecast."""

    intercept: float
    slope: float
    forecast: Forecast


def smoothing(y: ArrayLike, *, h: int = 1, level: float = 0.95, textbook: bool = False) -> Smoothing:
    """Return simple exponential smoothing of a series and its next `h` values.

    The level follows the newest points as fast as fits best; there is no trend and no season in it, so the forecast
    is flat and only its interval grows.

    Parameters
    ----------
    y
        One number a period, in order, shape (n,); at least 4.
    h
        Steps ahead.
    level
        Of the prediction interval.
    textbook
        Whether to take the fitted weight for the true one and the normal quantile, as textbooks print it. That holds
        less than it promises on short series; the default allows for other weights that fit nearly as well.

    Raises
    ------
    CxError
        If there are fewer than four points.

    Notes
    -----
    Weight and first level minimise the squared one-step errors; residual variance = their sum / (n − 2).
    Hyndman and Athanasopoulos, Forecasting: Principles and Practice, chapter 7. By default the variance of the
    forecast is averaged over all weights by their likelihood, with Student's quantile.

    Examples
    --------
    >>> fit = smoothing([5, 5, 5, 9, 9, 9], h=2)
    >>> round(fit.weight, 2), fit.forecast.value.round(1).tolist()
    (1.0, [9.0, 9.0])
    """
    from scipy.optimize import minimize_scalar

    series = numbers(y, name="y", least=4)
    n, ahead = len(series), np.arange(1, h + 1)
    tried = [_one_step(series, weight) for weight in _GRID]
    best = int(np.argmin([squares for squares, _, _ in tried]))
    around = (_GRID[max(best - 1, 0)], _GRID[min(best + 1, len(_GRID) - 1)])
    found = minimize_scalar(
        lambda weight: _one_step(series, weight)[0], bounds=around, method="bounded", options={"xatol": 1e-10}
    )
    weight = float(found.x)
    squares, start, last = _one_step(series, weight)
    variance = squares / (n - 2) * (1 + (ahead - 1) * weight**2)
    if not textbook:
        variance = _averaged(np.array(tried), last, ahead, n)
    value = np.full(h, last)
    return Smoothing(weight, start, _forecast(ahead, value, np.sqrt(variance), n, n - 2, level, not textbook))


def _averaged(tried: np.ndarray, last: float, ahead: np.ndarray, n: int) -> np.ndarray:
    """Variance of the forecast over all weights, each counted by its likelihood."""
    squares, level = tried[:, 0], tried[:, 2]
    if squares.min() <= 0:
        return np.zeros(len(ahead))
    likely = (squares / squares.min()) ** (-(n - 1) / 2)
    likely = likely / likely.sum()
    each = np.outer(squares / (n - 2), np.ones(len(ahead))) * (1 + np.outer(_GRID**2, ahead - 1))
    return likely @ (each + (level[:, None] - last) ** 2)


def _one_step(series: np.ndarray, weight: float) -> tuple[float, float, float]:
    """Squared one-step errors with the best first level, that level, and the last level."""
    n = len(series)
    fading = (1 - weight) ** np.arange(n)
    known = np.zeros(n)
    for place in range(1, n):
        known[place] = weight * series[place - 1] + (1 - weight) * known[place - 1]
    start = float(((series - known) * fading).sum() / (fading**2).sum())
    errors = series - known - fading * start
    last = weight * series[-1] + (1 - weight) * (known[-1] + fading[-1] * start)
    return float((errors**2).sum()), start, float(last)


def trend(y: ArrayLike, *, x: ArrayLike, at: ArrayLike, level: float = 0.95) -> Trend:
    """Return the straight line through a series and its prediction interval at new places.

    Parameters
    ----------
    y, x
        The series and where it stands (time, or anything else), shape (n,); rows with a missing value are left out.
    at
        Where to predict, shape (h,).
    level
        Of the prediction interval of one new value.

    Raises
    ------
    CxError
        If fewer than three points are left or they all have the same x.

    Notes
    -----
    Ordinary least squares; residual variance = squared residuals / (n − 2); Student's quantile.

    Examples
    --------
    >>> line = trend([1, 2, 3, 4.5], x=[1, 2, 3, 4], at=[5])
    >>> round(line.slope, 2), line.forecast.value.round(2).tolist()
    (1.15, [5.5])
    """
    xs, ys = aligned(x, name="x"), aligned(y, name="y")
    if len(xs) != len(ys):
        raise CxError("values-length", column="x", found=len(xs), expected=len(ys))
    known = ~(np.isnan(xs) | np.isnan(ys))
    xs, ys, n = xs[known], ys[known], int(known.sum())
    spread = float(((xs - xs.mean()) ** 2).sum()) if n else 0.0
    if n < 3 or spread == 0:
        raise CxError("values-few", column="x", found=n if spread else 1, expected=3)
    slope = float(((xs - xs.mean()) * (ys - ys.mean())).sum() / spread)
    intercept = float(ys.mean() - slope * xs.mean())
    squares = float(((ys - intercept - slope * xs) ** 2).sum())
    where = aligned(at, name="at")
    se = math.sqrt(squares / (n - 2)) * np.sqrt(1 + 1 / n + (where - xs.mean()) ** 2 / spread)
    return Trend(intercept, slope, _forecast(where, intercept + slope * where, se, n, n - 2, level, True))


def _forecast(
    at: np.ndarray, value: np.ndarray, se: np.ndarray, n: int, df: int, level: float, use_t: bool
) -> Forecast:
    """The forecast with its interval."""
    from scipy.special import stdtrit

    tail = (1 + between(level, 0, 1, name="level")) / 2
    width = float(stdtrit(df, tail)) if use_t else NormalDist().inv_cdf(tail)
    return Forecast(at, value, value - width * se, value + width * se, se, n, df, level)


def chance(forecast: Forecast, *, target: float, direction: str = "increase") -> list[float]:
    """Return the probability that a value meets the target at each place of a forecast.

    Parameters
    ----------
    forecast
        From `smoothing` or `trend`.
    target
        What should be reached.
    direction
        ``increase``: at least the target; ``decrease``: at most.

    Examples
    --------
    >>> chance(trend([1, 2, 3, 4.5], x=[1, 2, 3, 4], at=[5]).forecast, target=5.5)
    [0.5]
    """
    from scipy.special import stdtr

    option(direction, ("increase", "decrease"), name="direction")
    gap = (forecast.value - target) * (1 if direction == "increase" else -1)
    scale = np.where(forecast.se > 0, forecast.se, 1.0)
    sure = np.where(gap >= 0, 1.0, 0.0)
    return [float(p) for p in np.where(forecast.se > 0, stdtr(forecast.df, gap / scale), sure)]


def target_met(
    y: ArrayLike,
    *,
    ahead: int,
    target: float,
    direction: str = "increase",
    ceiling: float | None = None,
    model: str = "",
    least: int = 8,
) -> Estimate:
    """Return the probability that a KPI meets its target `ahead` periods from now, as history goes on.

    It says what happens if nothing new is done. The interval spans the two models (level that drifts, straight line):
    where they disagree, history does not decide.

    Parameters
    ----------
    y
        One number a period, in order, shape (n,).
    ahead
        Periods until the date.
    target, direction
        As in `chance`.
    ceiling
        Highest value possible (100 points, 1 of a share): a target beyond it has probability 0.
    model
        ``level`` or ``trend`` for the value; empty: the one with the smaller one-step error on the last third.
    least
        Fewest periods from which to answer.

    Examples
    --------
    >>> print(target_met([70, 71, 72, 71, 73, 74, 73, 75], ahead=4, target=75))
    0.943 (0.43 to 0.943; n=8)
    """
    series = numbers(y, name="y", least=0)
    if len(series) < least:
        return cannot_tell("history-short", n=len(series), unit="share", needs=least)
    if ceiling is not None and direction == "increase" and target > ceiling:
        return Estimate(0.0, 0.0, 0.0, n=len(series), method="above-ceiling", unit="share")
    time = np.arange(len(series))
    both = {
        "level": chance(smoothing(series, h=ahead).forecast, target=target, direction=direction)[-1],
        "trend": chance(
            trend(series, x=time, at=[len(series) - 1 + ahead]).forecast, target=target, direction=direction
        )[-1],
    }
    value = both[option(model or _better(series), tuple(both), name="model")]
    return Estimate(value, min(both.values()), max(both.values()), n=len(series), method="two-models", unit="share")


def _better(series: np.ndarray) -> str:
    """The model with the smaller squared one-step error on the last third, each time fitted to what came before."""
    errors = {"level": 0.0, "trend": 0.0}
    for end in range(max(4, 2 * len(series) // 3), len(series)):
        past, new = series[:end], series[end]
        errors["level"] += (smoothing(past).forecast.value[0] - new) ** 2
        errors["trend"] += (trend(past, x=np.arange(end), at=[end]).forecast.value[0] - new) ** 2
    return min(errors, key=errors.get)
