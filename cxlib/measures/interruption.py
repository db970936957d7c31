"""Interrupted time series: where the line was going, and where it went after the change.

One group, many periods, a change at a known moment: the history before it is continued, and the jump of the level and
the bend of the slope are the effect. It is wrong where something else happened at the same moment, and it needs at
least eight periods on the side before and four after.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxlib.measures.estimate import Difference
from cxlib.measures.given import aligned

_BEFORE, _AFTER = 8, 4


@dataclass(frozen=True)
class Interruption:
    """Effect of a change on a series.

    Attributes
    ----------
    jump
        Change of the level at the moment of the change, in the series' unit.
    bend
        Change of the slope, in the series' unit a period.
    average
        Mean distance between the series after the change and the line it was on.
    autocorrelation
        Of neighbouring periods, as far as the series shows it; the intervals allow for it.
    """

    jump: Difference
    bend: Difference
    average: Difference
    autocorrelation: float


def interruption(y: ArrayLike, *, start: int, season: int = 0, level: float = 0.95) -> Interruption:
    """Return jump, bend and average effect of a change in a series.

    Parameters
    ----------
    y
        One number a period, in order, shape (n,); missing periods may stay missing.
    start
        Position of the first period after the change, from 0.
    season
        Periods in a year (12, 4) to allow for a season of one wave; 0: none. Needs two years of history.
    level
        Of the intervals.

    Notes
    -----
    Segmented regression: Wagner, Soumerai, Zhang and Ross-Degnan (2002), Journal of Clinical Pharmacy and
    Therapeutics 27. Neighbouring periods resemble each other (first-order autocorrelation, by moments with the bias of
    short series removed); errors of the least-squares coefficients under it, with Satterthwaite's degrees of freedom.
    Newey–West errors, the usual choice, hold 75 instead of 95 % on 24 periods.

    Examples
    --------
    >>> series = [50, 51, 50, 51, 50, 51, 50, 51, 58, 59, 58, 59]
    >>> round(interruption(series, start=8).jump.value)
    7
    """
    values = aligned(y, name="y")
    known = ~np.isnan(values)
    time = np.arange(len(values), dtype=float)
    design = _design(time, start, season)[known]
    n, before, after = int(known.sum()), int(known[:start].sum()), int(known[start:].sum())
    if before < max(_BEFORE, 2 * season) or after < _AFTER or n <= design.shape[1] + 1:
        needs = max(_BEFORE, 2 * season) + _AFTER
        none = Difference(None, n=n, level=level, reason="history-short", needs=needs)
        return Interruption(none, none, none, 0.0)
    rows = np.zeros((3, design.shape[1]))
    rows[0, 2], rows[1, 3] = 1.0, 1.0
    rows[2, 2], rows[2, 3] = 1.0, float((time[start:] - start)[known[start:]].mean())
    effects, correlation = _estimated(values[known], design, time[known], rows, level)
    return Interruption(*effects, correlation)


def _design(time: np.ndarray, start: int, season: int) -> np.ndarray:
    """Columns: level, slope, jump, bend, and one wave of the season."""
    later = (time >= start).astype(float)
    columns = [np.ones_like(time), time - start, later, later * (time - start)]
    if season > 1:
        angle = 2 * np.pi * time / season
        columns += [np.cos(angle), np.sin(angle)] if season > 2 else [np.cos(angle)]
    return np.column_stack(columns)


def _estimated(
    values: np.ndarray, design: np.ndarray, time: np.ndarray, rows: np.ndarray, level: float
) -> tuple[list[Difference], float]:
    """The combinations of coefficients with their intervals, and the autocorrelation."""
    inverse = np.linalg.pinv(design)
    left_over = np.eye(len(values)) - design @ inverse
    residual = left_over @ values
    apart = np.abs(np.subtract.outer(time, time))
    correlation = _correlation(residual, left_over, apart)
    noise = correlation**apart
    outside = left_over @ noise
    freedom = float(np.trace(outside))
    variance = float(residual @ residual) / freedom
    df = freedom**2 / float(np.trace(outside @ outside))
    reach = rows @ inverse
    errors = np.sqrt(variance * np.einsum("ij,jk,ik->i", reach, noise, reach))
    found = [_effect(value, error, df, len(values), level) for value, error in zip(reach @ values, errors, strict=True)]
    return found, correlation


def _correlation(residual: np.ndarray, left_over: np.ndarray, apart: np.ndarray) -> float:
    """The autocorrelation, 0 to 0.95, under which residuals like these are to be expected."""
    from scipy.optimize import brentq

    neighbours = (apart == 1).astype(float) / 2
    total = float(residual @ residual)
    if total < 1e-12 * len(residual):
        return 0.0
    seen = float(residual @ neighbours @ residual) / total

    def excess(correlation: float) -> float:
        expected = left_over @ (correlation**apart) @ left_over
        return float((expected * neighbours).sum() / np.trace(expected)) - seen

    if excess(0.0) >= 0:
        return 0.0
    return float(brentq(excess, 0.0, 0.95)) if excess(0.95) > 0 else 0.95


def _effect(value: float, error: float, df: float, n: int, level: float) -> Difference:
    """One combination of coefficients with its interval and test."""
    from scipy.special import stdtr, stdtrit

    if error < 1e-9:
        return Difference(float(value), n=n, level=level, method="interrupted-series", reason="no-spread")
    half = float(stdtrit(df, (1 + level) / 2)) * float(error)
    p_value = float(2 * stdtr(df, -abs(value) / error))
    return Difference(
        float(value), value - half, value + half, n=n, level=level, method="interrupted-series", p_value=p_value
    )
