"""Whether several questions measure one thing: Cronbach's alpha and McDonald's omega of a battery.

Both rise with the number of questions and with how much they go together. Below 0.7 the mean of a battery is a
mixture; above 0.95 the questions repeat each other. Alpha takes it that all questions carry the same; omega lets each
carry its own share, so where the two differ omega is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.errors import CxError
from cxlib.measures.estimate import Estimate, cannot_tell
from cxlib.measures.shares import normal_quantile

_ROUNDS, _FEW_ROUNDS, _SETTLED, _FLOOR = 5_000, 100, 1e-9, 0.005


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
    items = _complete(frame, drop)
    n, k = items.shape
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


def _complete(frame: pd.DataFrame, drop: Sequence[str]) -> pd.DataFrame:
    """The people who answered all questions."""
    items = frame.drop(columns=list(drop)).astype(float).dropna()
    n, k = items.shape
    if k < 2 or n < 3:
        raise CxError("items-too-few", found=k if k < 2 else n)
    return items


def mcdonald_omega(
    frame: pd.DataFrame, *, drop: Sequence[str] = (), draws: int = 200, seed: int = 0, level: float = 0.95
) -> Estimate:
    """Return McDonald's omega of a battery: the share of the sum's variance that one common factor carries.

    "Cannot tell" with two questions, where a factor is not determined, and where a question never changes.

    Parameters
    ----------
    frame, drop, level
        As in `cronbach_alpha`.
    draws, seed
        Bootstrap draws of people, and their seed.

    Raises
    ------
    CxError
        If fewer than two questions or three people are left.

    Notes
    -----
    McDonald (1999), Test Theory; one factor by maximum likelihood (EM, Rubin and Thayer 1982), unique variances at
    least 0.005 as in R's factanal. Interval: bootstrap standard error of log(1 − omega).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> answers = pd.DataFrame(rng.normal(size=(200, 1)) + rng.normal(size=(200, 4)))
    >>> print(mcdonald_omega(answers))
    0.801 (0.751 to 0.842; n=200)
    """
    items = _complete(frame, drop).to_numpy()
    n, k = items.shape
    if k < 3 or (np.ptp(items, axis=0) == 0).any():
        return cannot_tell("one-factor", n=n, level=level, unit="ratio")
    omega = float(_omega(np.cov(items, rowvar=False)[None])[0])
    picked = items[np.random.default_rng(seed).integers(0, n, (draws, n))]
    centred = picked - picked.mean(axis=1, keepdims=True)
    drawn = centred.transpose(0, 2, 1) @ centred / (n - 1)
    spread = np.log1p(-_omega(drawn, rounds=_FEW_ROUNDS))
    reach = np.exp(normal_quantile(level) * float(np.nanstd(spread)))
    low, high = 1 - (1 - omega) * reach, 1 - (1 - omega) / reach
    return Estimate(omega, low, high, n=n, level=level, method="bootstrap", unit="ratio")


def loadings(
    covariances: NDArray[np.float64], *, rounds: int = _ROUNDS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return loadings and unique variances of one factor by maximum likelihood, for many matrices at once.

    Parameters
    ----------
    covariances
        Shape (draws, k, k), k of at least 3, no variance 0.
    rounds
        Steps at most.

    Examples
    --------
    >>> found, unique = loadings(np.array([[[1, 0.56, 0.48], [0.56, 1, 0.42], [0.48, 0.42, 1]]]))
    >>> found.round(3).tolist(), unique.round(3).tolist()
    ([[0.8, 0.7, 0.6]], [[0.36, 0.51, 0.64]])
    """
    scale = np.sqrt(np.einsum("dii->di", covariances))
    between = covariances / scale[:, :, None] / scale[:, None, :]
    carried = np.linalg.eigh(between)[1][:, :, -1] * 0.7 * np.sqrt(between.shape[1])
    unique = np.full_like(carried, 0.5)
    for _ in range(rounds):
        weight = carried / unique
        weight = weight / (1 + (carried * weight).sum(axis=1, keepdims=True))
        along = np.einsum("dij,dj->di", between, weight)
        size = 1 - (weight * carried).sum(axis=1) + (weight * along).sum(axis=1)
        before, carried = carried, along / size[:, None]
        unique = np.maximum(1 - carried * along, _FLOOR)
        if np.abs(carried - before).max() < _SETTLED:
            break
    return carried * scale * np.sign(carried.sum(axis=1, keepdims=True)), unique * scale**2


def _omega(covariances: NDArray[np.float64], *, rounds: int = _ROUNDS) -> NDArray[np.float64]:
    """Omega of many covariance matrices; not-a-number where a question never changes."""
    varies = (np.einsum("dii->di", covariances) > 0).all(axis=1)
    found = np.full(len(covariances), np.nan)
    carried, unique = loadings(covariances[varies], rounds=rounds)
    common = carried.sum(axis=1) ** 2
    found[varies] = common / (common + unique.sum(axis=1))
    return found


def _alpha(covariance: NDArray[np.float64]) -> float:
    """Alpha from the covariance of the questions."""
    k, total = len(covariance), float(covariance.sum())
    return k / (k - 1) * (1 - float(np.trace(covariance)) / total) if total > 0 else float("nan")


def _feldt(alpha: float, n: int, k: int, level: float) -> tuple[float, float]:
    """Bounds from the F distribution of (1 − true alpha) / (1 − alpha)."""
    from scipy.special import fdtri

    upper, lower = (fdtri(n - 1, (n - 1) * (k - 1), share) for share in ((1 - level) / 2, (1 + level) / 2))
    return 1 - (1 - alpha) * float(lower), 1 - (1 - alpha) * float(upper)
