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
        Of neighbouring residuals; above 0.3 in size even these errors are doubtful.
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
        Periods in a year (12, 4) to allow for a season of two waves; 0: none. Needs two years of history.
    level
        Of the intervals.

    Notes
    -----
    Segmented regression; Newey–West errors with a lag of the root of n, small-sample corrected, by `statsmodels`.
    Wagner, Soumerai, Zhang and Ross-Degnan (2002), Journal of Clinical Pharmacy and Therapeutics 27.

    Examples
    --------
    >>> series = [50, 51, 50, 51, 50, 51, 50, 51, 58, 59, 58, 59]
    >>> round(interruption(series, start=8).jump.value)
    7
    """
    import statsmodels.api as sm

    values = aligned(y, name="y")
    known = ~np.isnan(values)
    time = np.arange(len(values), dtype=float)
    before, after = int(known[:start].sum()), int(known[start:].sum())
    design = _design(time, start, season)
    if before < _BEFORE or after < _AFTER or known.sum() <= design.shape[1] + 1:
        none = Difference(None, n=int(known.sum()), level=level, reason="history-short", needs=_BEFORE + _AFTER)
        return Interruption(none, none, none, 0.0)
    model = sm.OLS(values[known], design[known])
    lags = max(1, int(np.sqrt(known.sum())))
    fit = model.fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}, use_t=True)
    rows = np.zeros((3, design.shape[1]))
    rows[0, 2], rows[1, 3] = 1.0, 1.0
    rows[2, 2], rows[2, 3] = 1.0, float((time[start:] - start)[known[start:]].mean())
    jump, bend, average = (_effect(fit, row, int(known.sum()), level) for row in rows)
    left = fit.resid
    return Interruption(jump, bend, average, float(np.corrcoef(left[:-1], left[1:])[0, 1]) if left.std() > 0 else 0.0)


def _design(time: np.ndarray, start: int, season: int) -> np.ndarray:
    """Columns: level, slope, jump, bend, and one wave of the season."""
    later = (time >= start).astype(float)
    columns = [np.ones_like(time), time - start, later, later * (time - start)]
    if season > 1:
        angle = 2 * np.pi * time / season
        columns += [np.cos(angle), np.sin(angle)] if season > 2 else [np.cos(angle)]
    return np.column_stack(columns)


def _effect(fit, row: np.ndarray, n: int, level: float) -> Difference:
    """One combination of coefficients with its interval and test."""
    test = fit.t_test(row)
    low, high = np.ravel(test.conf_int(alpha=1 - level))
    return Difference(float(np.ravel(test.effect)[0]), float(low), float(high), n=n, level=level,
                      method="interrupted-series", p_value=float(np.ravel(test.pvalue)[0]))
