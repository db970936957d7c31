"""Small groups borrow strength: each group's mean drawn towards that of all, the more the smaller it is.

The best and the worst of twenty branches are usually the smallest ones: with ten answers luck alone makes an extreme.
Shrinkage keeps what a group's own answers carry and takes the rest from its fellows, so that a curve over the stages
or a league of branches does not show noise as character.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.errors import CxError
from cxlib.measures.given import aligned, between
from cxlib.measures.shares import normal_quantile


def shrunk(values: ArrayLike, *, se: ArrayLike, level: float = 0.95) -> pd.DataFrame:
    """Return the groups' means drawn together, one row a group in the order given.

    Columns: value, low, high, own (the group's own mean), weight (how much of it was kept, 0 to 1). The intervals hold
    their level over all groups together, not for each one: the truly extreme group is drawn in a little too far.
    Where groups hardly differ they hold more than promised.

    Parameters
    ----------
    values
        Mean of each group, shape (k,); a missing one gets the mean of all.
    se
        Standard error of each mean, above 0, shape (k,).
    level
        Of the intervals.

    Raises
    ------
    CxError
        If the two differ in length, a standard error is not positive, or fewer than four groups have a mean.

    Notes
    -----
    Normal means with a normal distribution between groups; its variance by Paule and Mandel (1982); shrinkage and
    intervals by Morris (1983), Journal of the American Statistical Association 78:47–55.

    Examples
    --------
    >>> shrunk([50, 52, 48, 51, 90], se=[2, 2, 2, 2, 20])["value"].round(0).tolist()
    [50.0, 52.0, 48.0, 51.0, 72.0]
    """
    own = aligned(values, name="values")
    error = aligned(se, name="se", length=len(own))
    between(level, 0, 1, name="level")
    known = ~np.isnan(own)
    if known.sum() < 4:
        raise CxError("values-few", column="values", found=int(known.sum()), expected=4)
    if not (error[known] > 0).all():
        raise CxError("values-between", column="se", found=float(np.nanmin(error[known])), low=0, high="∞")
    y, v, k = own[known], error[known] ** 2, int(known.sum())
    spread = _between_groups(y, v)
    mean, _ = _centre(y, v, spread)
    drawn = (k - 3) / (k - 1) * v / (v + spread)
    scatter = 2 / (k - 3) * drawn**2 * (v.mean() + spread) / (v + spread)
    variance = v * (1 - (k - 1) / k * drawn) + scatter * (y - mean) ** 2
    table = pd.DataFrame({"value": np.full(len(own), mean), "own": own, "weight": np.zeros(len(own))})
    table.loc[known, "value"] = y - drawn * (y - mean)
    table.loc[known, "weight"] = 1 - drawn
    wide = np.sqrt(spread + v.mean())
    half = normal_quantile(level) * np.where(known, 0.0, wide)
    half[known] = normal_quantile(level) * np.sqrt(variance)
    table = table.assign(low=table["value"] - half, high=table["value"] + half)
    return table[["value", "low", "high", "own", "weight"]]


def _centre(y: np.ndarray, v: np.ndarray, spread: float) -> tuple[float, float]:
    """Mean of all groups, and how much more they differ than luck and `spread` explain."""
    weight = 1 / (v + spread)
    mean = float(weight @ y / weight.sum())
    return mean, float(weight @ (y - mean) ** 2) - (len(y) - 1)


def _between_groups(y: np.ndarray, v: np.ndarray) -> float:
    """Variance between groups beyond luck."""
    from scipy.optimize import brentq

    if _centre(y, v, 0.0)[1] <= 0:
        return 0.0
    return float(brentq(lambda spread: _centre(y, v, spread)[1], 0.0, 10 * float(np.ptp(y)) ** 2))
