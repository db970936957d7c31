"""A share and how sure we are of it: Wilson's interval, Newcombe's difference, and many comparisons at once.

A share of answers is never read with the plain Wald interval: at 0 or 100 % that has no width at all. Wilson's
interval asks instead which true shares would make the observed one unsurprising.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.errors import CxError
from cxlib.measures.estimate import Difference, Estimate, cannot_tell


def normal_quantile(level: float) -> float:
    """Return how many standard errors an interval of `level` reaches to each side.

    Raises
    ------
    CxError
        If `level` is not between 0 and 1.

    Examples
    --------
    >>> round(normal_quantile(0.95), 4)
    1.96
    """
    if not 0 < level < 1:
        raise CxError("level-not-a-share", found=level)
    return NormalDist().inv_cdf((1 + level) / 2)


def two_sided_p(z: float) -> float:
    """Return the probability of a standard normal value at least as far from 0 as `z`.

    Examples
    --------
    >>> round(two_sided_p(1.96), 3)
    0.05
    """
    return math.erfc(abs(z) / math.sqrt(2))


def percent(share: float) -> float:
    """Return a share as percent.

    Examples
    --------
    >>> percent(0.25)
    25.0
    """
    return 100 * share


def wilson(successes: float, n: float, *, level: float = 0.95) -> tuple[float, float]:
    """Return the bounds of Wilson's interval for a share of `successes` out of `n`.

    Both may be fractions, as an effective n of a weighted sample is.

    Raises
    ------
    CxError
        If `n` is not positive or `successes` is not between 0 and `n`.

    Notes
    -----
    Wilson (1927); method 3 of Newcombe (1998), Statistics in Medicine 17:857–872. At n = 10 and an extreme true
    share its coverage can fall to 89 % at a level of 95 % (the count can take few values); averaged over shares it
    holds the level.

    Examples
    --------
    >>> low, high = wilson(81, 263)
    >>> round(low, 4), round(high, 4)
    (0.2553, 0.3662)
    """
    if not (n > 0 and 0 <= successes <= n):
        raise CxError("not-a-count", found=[successes, n])
    z, share = normal_quantile(level), successes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if successes == 0 else middle - half
    return max(0.0, low), 1.0 if successes == n else min(1.0, middle + half)


def share(successes: float, n: float, *, level: float = 0.95) -> Estimate:
    """Return a share with Wilson's interval, or "cannot tell" where `n` is 0.

    Examples
    --------
    >>> print(share(7, 10))
    0.7 (0.397 to 0.892; n=10)
    """
    if n == 0:
        return cannot_tell("no-answers", level=level, unit="share")
    low, high = wilson(successes, n, level=level)
    return Estimate(successes / n, low, high, n=int(n), level=level, method="wilson", unit="share")


def share_difference(x1: float, n1: float, x2: float, n2: float, *, level: float = 0.95) -> Difference:
    """Return the difference of two independent shares, first minus second.

    Two intervals that overlap can still hide a clear difference: read this one instead.

    Parameters
    ----------
    x1, n1, x2, n2
        Successes and answers of the first and the second group.

    Notes
    -----
    Newcombe (1998), Statistics in Medicine 17:873–890, method 10, from the two Wilson intervals. The p-value is that
    of the pooled score test, the test that Wilson's interval inverts.

    Examples
    --------
    >>> print(share_difference(56, 70, 48, 80))
    0.2 (0.0524 to 0.334; n=150)
    """
    if n1 == 0 or n2 == 0:
        return Difference(None, n=int(n1 + n2), level=level, unit="share", reason="no-answers")
    p1, p2 = x1 / n1, x2 / n2
    (low1, high1), (low2, high2) = wilson(x1, n1, level=level), wilson(x2, n2, level=level)
    low = p1 - p2 - math.hypot(p1 - low1, high2 - p2)
    high = p1 - p2 + math.hypot(high1 - p1, p2 - low2)
    p_value = _pooled_p(x1, n1, x2, n2)
    n = int(n1 + n2)
    return Difference(p1 - p2, low, high, n=n, level=level, method="newcombe-10", unit="share", p_value=p_value)


def _pooled_p(x1: float, n1: float, x2: float, n2: float) -> float:
    """Two-sided p-value of the score test that two shares are equal."""
    pooled = (x1 + x2) / (n1 + n2)
    se = math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    return two_sided_p((x1 / n1 - x2 / n2) / se) if se else 1.0


@dataclass(frozen=True)
class Discoveries:
    """Which of many comparisons stand after luck is allowed for.

    Attributes
    ----------
    adjusted
        p-values after the adjustment, in the order given; not-a-number where none was given.
    rejected
        Which of them are below the false-discovery rate.
    count
        How many are.
    expected_by_luck
        How many of the plain p-values luck alone would put below the rate.
    """

    adjusted: tuple[float, ...]
    rejected: tuple[bool, ...]
    count: int
    expected_by_luck: float


def false_discoveries(p_values: Sequence[float], *, rate: float = 0.05) -> Discoveries:
    """Return which of many p-values are discoveries while at most `rate` of those shown are false.

    Twenty cuts of a survey give one "significant" result by luck alone. Missing p-values are left out and stay missing.

    Raises
    ------
    CxError
        If a p-value is not between 0 and 1.

    Notes
    -----
    Benjamini & Hochberg (1995), JRSS B 57:289–300: of m p-values the k-th smallest becomes the least p·m/j with j ≥ k.

    Examples
    --------
    >>> false_discoveries([0.001, 0.02, 0.04, 0.5]).rejected
    (True, True, False, False)
    """
    values = np.asarray(pd.array(p_values, dtype="Float64").to_numpy(dtype=float, na_value=np.nan))
    known = ~np.isnan(values)
    if ((values[known] < 0) | (values[known] > 1)).any():
        raise CxError("p-not-a-share", found=[float(p) for p in values[known] if not 0 <= p <= 1])
    adjusted = values.copy()
    order = np.flatnonzero(known)[np.argsort(-values[known], kind="stable")]
    m = len(order)
    adjusted[order] = np.minimum.accumulate(np.minimum(values[order] * m / np.arange(m, 0, -1), 1))
    rejected = adjusted <= rate
    return Discoveries(tuple(adjusted.tolist()), tuple(rejected.tolist()), int(rejected.sum()), rate * int(known.sum()))


def quantiles(values: ArrayLike, p: ArrayLike) -> list[float]:
    """Return the quantiles of `values` at the shares `p`, by Hyndman and Fan's type 7.

    Type 7 interpolates between the ordered values; it is the rule of R, numpy and spreadsheets, so that a median or
    p90 can be checked there. Missing values are left out.

    Raises
    ------
    CxError
        If there is no value, or a share lies outside 0 to 1.

    Examples
    --------
    >>> quantiles([1, 2, 3, 4], [0.5, 0.9])
    [2.5, 3.7]
    """
    known = np.asarray(values, dtype=float)
    known = known[~np.isnan(known)]
    at = np.atleast_1d(np.asarray(p, dtype=float))
    if not known.size:
        raise CxError("no-values")
    if ((at < 0) | (at > 1)).any():
        raise CxError("p-not-a-share", found=at.tolist())
    return [float(q) for q in np.quantile(known, at, method="linear")]
