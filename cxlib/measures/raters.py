"""How far several raters agree, and where they do not.

A mean of five opinions hides whether five people agreed or two camps met in the middle. Agreement is measured
against what chance would give: Krippendorff's alpha for any scale and missing ratings, Fleiss' and Cohen's kappa for
categories, the intraclass correlations for scores, Kendall's W for rankings. Alpha below 0.667 does not
carry even a tentative conclusion; the remedy is to talk over the definitions, not to average harder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.errors import CxError
from cxlib.measures.estimate import Estimate, cannot_tell
from cxlib.measures.given import option, table

SCALES = ("nominal", "ordinal", "interval", "ratio")
_GOOD, _TENTATIVE = 0.8, 0.667


def krippendorff(ratings: ArrayLike, *, scale: str = "ordinal") -> float:
    """Return Krippendorff's alpha: 1 is full agreement, 0 what chance gives, below 0 systematic quarrel.

    Parameters
    ----------
    ratings
        One row a rater, one column an object, shape (raters, objects); missing where a rater said nothing.
    scale
        ``nominal``, ``ordinal``, ``interval`` or ``ratio``: what distance between two ratings means.

    Raises
    ------
    CxError
        If no object has two ratings or the scale is unknown.

    Notes
    -----
    Krippendorff (2011), Computing Krippendorff's alpha-reliability. If all ratings are the same there is nothing to
    disagree on and alpha is 1.

    Examples
    --------
    >>> round(krippendorff([[1, 2, 3, 3], [1, 2, 3, 4]], scale="nominal"), 3)
    0.696
    """
    option(scale, SCALES, name="scale")
    values = table(ratings, name="ratings")
    paired = values[:, (~np.isnan(values)).sum(axis=0) >= 2]
    if paired.shape[1] == 0:
        raise CxError("values-few", column="ratings", found=0, expected=2)
    levels = np.unique(paired[~np.isnan(paired)])
    counts = (paired[:, :, None] == levels).sum(axis=0).astype(float)
    within = counts / (counts.sum(axis=1, keepdims=True) - 1)
    together = counts.T @ within - np.diag(within.sum(axis=0))
    totals = together.sum(axis=1)
    distance = _distance(levels, totals, scale)
    expected = float((np.outer(totals, totals) * distance).sum()) / (totals.sum() - 1)
    observed = float((together * distance).sum())
    return float(1 - observed / expected) if expected > 0 else 1.0


def _distance(levels: np.ndarray, totals: np.ndarray, scale: str) -> np.ndarray:
    """Squared distance between two ratings."""
    if scale == "nominal":
        return 1.0 - np.eye(len(levels))
    if scale == "ordinal":
        middle = np.cumsum(totals) - totals / 2
        return np.subtract.outer(middle, middle) ** 2
    gap = np.subtract.outer(levels, levels)
    if scale == "interval":
        return gap**2
    total = np.add.outer(levels, levels)
    return np.divide(gap, total, out=np.zeros_like(gap), where=total != 0) ** 2


def agreement(
    ratings: ArrayLike, *, scale: str = "ordinal", level: float = 0.95, draws: int = 1000, seed: int = 0
) -> Estimate:
    """Return Krippendorff's alpha with an interval, by drawing objects anew.

    Parameters
    ----------
    ratings, scale
        As in `krippendorff`.
    level, draws, seed
        Of the bootstrap.

    Examples
    --------
    >>> print(agreement([[1, 2, 3, 3, 1, 2], [1, 2, 3, 4, 1, 2]], draws=200))
    0.972 (0.659 to 1; n=6)
    """
    values = table(ratings, name="ratings")
    values = values[:, (~np.isnan(values)).sum(axis=0) >= 2]
    n = values.shape[1]
    if n < 3:
        return cannot_tell("objects-few", n=n, level=level, unit="ratio", needs=3)
    low, high = _redrawn(values, lambda part: krippendorff(part, scale=scale), level, draws, seed)
    return Estimate(krippendorff(values, scale=scale), low, high, n=n, level=level, method="bootstrap", unit="ratio")


def _redrawn(
    values: np.ndarray, measure: Callable[[np.ndarray], float], level: float, draws: int, seed: int
) -> tuple[float, float]:
    """Percentile bounds of a measure over columns drawn anew."""
    rng = np.random.default_rng(seed)
    n = values.shape[1]
    found = [measure(values[:, rng.integers(0, n, n)]) for _ in range(draws)]
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def icc(ratings: ArrayLike) -> dict[str, float]:
    """Return the six intraclass correlations of Shrout and Fleiss.

    ICC1: each object had other raters; ICC2: these raters stand for all raters; ICC3: these raters are the only ones.
    ``k`` means the mean of the k raters is used. A rater who is always harsher lowers ICC2, not ICC3.

    Parameters
    ----------
    ratings
        One row an object, one column a rater, shape (objects, raters); rows with a missing rating are left out.

    Raises
    ------
    CxError
        If there are fewer than two objects or raters.

    Notes
    -----
    Shrout and Fleiss (1979), Psychological Bulletin 86:420–428.

    Examples
    --------
    >>> round(icc([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])["ICC3"], 2)
    0.71
    """
    values = _complete(ratings)
    n, k = values.shape
    mean = values.mean()
    rows = k * ((values.mean(axis=1) - mean) ** 2).sum() / (n - 1)
    columns = n * ((values.mean(axis=0) - mean) ** 2).sum() / (k - 1)
    inside = ((values - values.mean(axis=1, keepdims=True)) ** 2).sum() / (n * (k - 1))
    left = values - values.mean(axis=1, keepdims=True) - values.mean(axis=0) + mean
    error = (left**2).sum() / ((n - 1) * (k - 1))
    forms = {
        "ICC1": (rows - inside, rows + (k - 1) * inside),
        "ICC2": (rows - error, rows + (k - 1) * error + k * (columns - error) / n),
        "ICC3": (rows - error, rows + (k - 1) * error),
        "ICC1k": (rows - inside, rows),
        "ICC2k": (rows - error, rows + (columns - error) / n),
        "ICC3k": (rows - error, rows),
    }
    return {name: float(top / bottom) if bottom else 0.0 for name, (top, bottom) in forms.items()}


def _complete(ratings: ArrayLike) -> np.ndarray:
    """The rows without a missing rating: at least two of them, two raters wide."""
    values = table(ratings, name="ratings")
    values = values[~np.isnan(values).any(axis=1)]
    if min(values.shape) < 2:
        raise CxError("values-few", column="ratings", found=min(values.shape), expected=2)
    return values


@dataclass(frozen=True)
class Concordance:
    """Kendall's W, plain and corrected for ties: 1 if all raters rank alike, 0 if their rankings cancel out."""

    w: float
    w_tie_corrected: float


def kendall_w(ratings: ArrayLike) -> Concordance:
    """Return how far raters rank the objects alike.

    Parameters
    ----------
    ratings
        One row an object, one column a rater, shape (objects, raters); ranks are made of them, ties share the mean
        rank; rows with a missing rating are left out.

    Raises
    ------
    CxError
        If there are fewer than two objects or raters.

    Notes
    -----
    Kendall and Babington Smith (1939); tie correction by Siegel and Castellan.

    Examples
    --------
    >>> round(kendall_w([[1, 1, 2], [2, 2, 1], [3, 3, 3]]).w, 3)
    0.778
    """
    from scipy.stats import rankdata

    values = _complete(ratings)
    n, m = values.shape
    ranks = rankdata(values, axis=0)
    spread = float(((ranks.sum(axis=1) - m * (n + 1) / 2) ** 2).sum())
    ties = sum(float((sizes**3 - sizes).sum()) for sizes in (np.unique(row, return_counts=True)[1] for row in values.T))
    full = m * m * (n**3 - n)
    return Concordance(12 * spread / full, 12 * spread / (full - m * ties) if full > m * ties else 1.0)


def fleiss_kappa(ratings: pd.DataFrame) -> float:
    """Return Fleiss' kappa: agreement of several raters on categories beyond chance.

    Parameters
    ----------
    ratings
        One row an object, one column a rater, cells are categories (text or numbers); rows with a missing rating are
        left out.

    Raises
    ------
    CxError
        If there are fewer than two objects or raters.

    Notes
    -----
    Fleiss (1971), Psychological Bulletin 76:378–382.

    Examples
    --------
    >>> fleiss_kappa(pd.DataFrame({"a": ["x", "x", "y"], "b": ["x", "x", "y"]}))
    1.0
    """
    labels = pd.DataFrame(ratings).dropna()
    if min(labels.shape) < 2:
        raise CxError("values-few", column="ratings", found=min(labels.shape), expected=2)
    codes, names = pd.factorize(labels.to_numpy().ravel())
    counts = (codes.reshape(labels.shape)[:, :, None] == np.arange(len(names))).sum(axis=1)
    n, m = labels.shape
    observed = float((counts * (counts - 1)).sum()) / (n * m * (m - 1))
    expected = float(((counts.sum(axis=0) / (n * m)) ** 2).sum())
    return (observed - expected) / (1 - expected) if expected < 1 else 1.0


def cohen_kappa(a: ArrayLike, *, b: ArrayLike, level: float = 0.95, draws: int = 1000, seed: int = 0) -> Estimate:
    """Return the agreement of two labellings beyond chance, with an interval by drawing objects anew.

    Made for measured agreement of themes with a sample labelled by hand.

    Parameters
    ----------
    a, b
        Labels of the same objects, shape (n,).

    Examples
    --------
    >>> print(cohen_kappa(list("xxyyxxyy"), b=list("xxyyxxyx"), draws=200))
    0.75 (0 to 1; n=8)
    """
    labels = pd.DataFrame({"a": list(a), "b": list(b)}).dropna()
    if len(labels) < 3:
        return cannot_tell("objects-few", n=len(labels), level=level, unit="ratio", needs=3)
    codes = pd.factorize(labels.to_numpy().ravel())[0].reshape(labels.shape).T.astype(float)
    low, high = _redrawn(codes, _kappa, level, draws, seed)
    return Estimate(_kappa(codes), low, high, n=len(labels), level=level, method="bootstrap", unit="ratio")


def _kappa(codes: np.ndarray) -> float:
    """Cohen's kappa of two rows of codes."""
    size = int(codes.max()) + 1
    a, b = (np.bincount(row.astype(int), minlength=size) / codes.shape[1] for row in codes)
    chance = float(a @ b)
    return (float((codes[0] == codes[1]).mean()) - chance) / (1 - chance) if chance < 1 else 1.0


def opinions(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return for each object what the raters say and how far apart they are, most disputed first.

    Columns: object, n (raters), median, low, high (least and most said), spread (standard deviation), is_split (the
    raters fall into two camps: range at least half of what is used, and no one in the middle third).

    Parameters
    ----------
    ratings
        One row an object (the index names it), one column a rater; missing where a rater said nothing.

    Examples
    --------
    >>> opinions(pd.DataFrame({"ann": [1, 4], "bob": [5, 4]}, index=["simple", "clear"]))["object"].tolist()
    ['simple', 'clear']
    """
    values = pd.DataFrame(ratings).astype(float)
    used = float(np.nanmax(values.to_numpy()) - np.nanmin(values.to_numpy())) if values.notna().any().any() else 0.0
    rows = pd.DataFrame(
        {
            "object": values.index,
            "n": values.notna().sum(axis=1).to_numpy(),
            "median": values.median(axis=1).to_numpy(),
            "low": values.min(axis=1).to_numpy(),
            "high": values.max(axis=1).to_numpy(),
            "spread": values.std(axis=1, ddof=0).to_numpy(),
            "is_split": [_is_split(row[~np.isnan(row)], used) for row in values.to_numpy()],
        }
    )
    return rows.sort_values("spread", ascending=False, kind="stable").reset_index(drop=True)


def _is_split(said: np.ndarray, used: float) -> bool:
    """Whether the ratings of one object leave the middle third of their range empty, and that range is wide."""
    if len(said) < 2 or used == 0 or np.ptp(said) < used / 2:
        return False
    inner = (said > said.min() + np.ptp(said) / 3) & (said < said.max() - np.ptp(said) / 3)
    return not inner.any()


def strength(alpha: float) -> str:
    """Return ``good`` (from 0.8), ``tentative`` (from 0.667) or ``poor``, as Krippendorff reads his alpha.

    Examples
    --------
    >>> strength(0.7)
    'tentative'
    """
    return "good" if alpha >= _GOOD else "tentative" if alpha >= _TENTATIVE else "poor"
