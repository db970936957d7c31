"""Whether several questions measure one thing: Cronbach's alpha of a battery.

Alpha rises with the number of questions and with how much they go together. Below 0.7 the mean of a battery is a
mixture; above 0.95 the questions repeat each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.errors import CxError
from cxlib.measures.estimate import Estimate


@dataclass(frozen=True)
class Reliability:
    """Cronbach's alpha of a battery.

    Attributes
    ----------
    alpha
        With Feldt's interval.
    k
        Questions.
    if_dropped
        Question → alpha of the others; one that is clearly above `alpha` marks a question that does not belong, or
        runs the other way round. Empty for two questions.
    """

    alpha: Estimate
    k: int
    if_dropped: dict[str, float]


def cronbach_alpha(frame: pd.DataFrame, *, drop: Sequence[str] = (), level: float = 0.95) -> Reliability:
    """Return Cronbach's alpha of a battery of questions.

    Parameters
    ----------
    frame
        One person a row, one question a column, all in the same direction, shape (n, k). People who did not answer
        all are left out.
    drop
        Columns to leave out.
    level
        Confidence level of the interval.

    Raises
    ------
    CxError
        If fewer than two questions or three people are left, or all answer all questions alike.

    Notes
    -----
    Cronbach (1951); interval of Feldt, Woodruff & Salih (1987), Applied Psychological Measurement 11:93–103.

    Examples
    --------
    >>> answers = pd.DataFrame({"a": [1, 2, 3, 4, 5], "b": [1, 3, 3, 4, 5], "c": [2, 2, 3, 5, 5]})
    >>> found = cronbach_alpha(answers)
    >>> print(found.alpha, found.k)
    0.97 (0.847 to 0.997; n=5) 3
    """
    items = frame.drop(columns=list(drop)).astype(float).dropna()
    n, k = items.shape
    if k < 2 or n < 3:
        raise CxError("items-too-few", found=k if k < 2 else n)
    covariance = np.cov(items.to_numpy(), rowvar=False)
    if not covariance.sum() > 0:
        raise CxError("column-constant", found=[str(name) for name in items])
    alpha = _alpha(covariance)
    low, high = _feldt(alpha, n, k, level)
    estimate = Estimate(alpha, low, high, n=n, level=level, method="feldt", unit="ratio")
    kept = [np.delete(np.arange(k), place) for place in range(k)] if k > 2 else []
    names = [str(name) for name in items]
    dropped = {name: _alpha(covariance[np.ix_(rest, rest)]) for name, rest in zip(names, kept, strict=False)}
    return Reliability(estimate, k, dropped)


def _alpha(covariance: NDArray[np.float64]) -> float:
    """Alpha from the covariance of the questions."""
    k, total = len(covariance), float(covariance.sum())
    return k / (k - 1) * (1 - float(np.trace(covariance)) / total) if total > 0 else float("nan")


def _feldt(alpha: float, n: int, k: int, level: float) -> tuple[float, float]:
    """Bounds from the F distribution of (1 − true alpha) / (1 − alpha)."""
    from scipy.special import fdtri

    upper, lower = (fdtri(n - 1, (n - 1) * (k - 1), share) for share in ((1 - level) / 2, (1 + level) / 2))
    return 1 - (1 - alpha) * float(lower), 1 - (1 - alpha) * float(upper)
