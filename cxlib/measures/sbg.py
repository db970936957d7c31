"""How long contracts last: the shifted-beta-geometric model of customers who renew or leave each period.

Retention of a cohort rises with time not because customers grow loyal but because those likely to leave go first.
Each customer has an own chance to leave at every renewal; over customers it follows a beta distribution (α, β).
A forecast with one constant churn rate undervalues the customers who are left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import betaln, hyp2f1

from cxlib.errors import CxError
from cxlib.measures.answers import numbers


@dataclass(frozen=True)
class Sbg:
    """A fitted model of renewal.

    Attributes
    ----------
    alpha, beta
        Beta distribution of the chance to leave at a renewal.
    loglik
        Log-likelihood of the cohorts.

    Examples
    --------
    >>> Sbg(1.0, 3.0).mean_churn
    0.25
    """

    alpha: float
    beta: float
    loglik: float = float("nan")

    def __post_init__(self) -> None:
        if not min(self.alpha, self.beta) > 0:
            raise CxError("not-positive", column="alpha, beta", found=[self.alpha, self.beta])

    @property
    def mean_churn(self) -> float:
        """Mean chance to leave at the first renewal."""
        return self.alpha / (self.alpha + self.beta)


def fit(active: ArrayLike) -> Sbg:
    """Return the model that makes one cohort most likely.

    Parameters
    ----------
    active
        Customers still there at the start and after each period, falling, shape (periods + 1,).

    Raises
    ------
    CxError
        If there are fewer than three counts, they rise, or nobody or everybody left.

    Notes
    -----
    Fader & Hardie (2007), How to Project Customer Retention, Journal of Interactive Marketing 21(1):76–90.

    Examples
    --------
    >>> model = fit([1000, 869, 743, 653, 593, 551, 517, 491])
    >>> round(model.alpha, 3), round(model.beta, 3), round(model.loglik, 1)
    (0.668, 3.806, -1611.2)
    """
    return fit_cohorts([active])


def fit_cohorts(cohorts: Sequence[ArrayLike]) -> Sbg:
    """Return the model that makes several cohorts together most likely; they may be of different age.

    Parameters
    ----------
    cohorts
        Each as in `fit`; two counts are enough if there are several.

    Raises
    ------
    CxError
        As in `fit`.

    Examples
    --------
    >>> whole = [1000, 869, 743, 653]
    >>> round(fit_cohorts([whole, whole[:2]]).mean_churn, 2)
    0.13
    """
    checked = [_cohort(active) for active in cohorts]
    longest = max((len(active) for active in checked), default=0)
    if longest < 3:
        raise CxError("cohort-too-short", found=longest, expected=3)
    lost, left = _pooled(checked, longest)
    if not lost.sum() or not left.sum():
        raise CxError("cohort-all-or-none", found=[float(lost.sum()), float(left.sum())])
    best = _climb(lost, left)
    alpha, beta = (float(value) for value in np.exp(best))
    return Sbg(alpha, beta, _loglik(alpha, beta, lost, left))


def _cohort(active: ArrayLike) -> NDArray[np.float64]:
    """A cohort, checked."""
    counts = numbers(active)
    if len(counts) < 2 or not (counts >= 0).all() or (np.diff(counts) > 0).any() or counts[0] == 0:
        raise CxError("cohort-rises", found=counts.tolist())
    return counts


def _pooled(cohorts: Sequence[NDArray[np.float64]], longest: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How many left at each renewal, and how many were last seen after it."""
    lost, left = np.zeros(longest - 1), np.zeros(longest - 1)
    for active in cohorts:
        lost[: len(active) - 1] -= np.diff(active)
        left[len(active) - 2] += active[-1]
    return lost, left


def _climb(lost: NDArray[np.float64], left: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logarithms of the parameters at the maximum."""
    n = lost.sum() + left.sum()
    starts = [(0.0, 1.0), (1.0, 1.0), (-1.0, 0.0)]
    tries = [
        minimize(
            lambda x: -_loglik(*np.exp(x), lost, left) / n,
            start,
            method="Nelder-Mead",
            options={"xatol": 1e-9, "fatol": 1e-13, "maxiter": 5000, "maxfev": 5000},
            bounds=[(-10.0, 10.0)] * 2,
        )
        for start in starts
    ]
    return np.asarray(min(tries, key=lambda found: found.fun).x)


def _loglik(alpha: float, beta: float, lost: NDArray[np.float64], left: NDArray[np.float64]) -> float:
    """Log-likelihood of pooled cohorts."""
    renewal = np.arange(1, len(lost) + 1)
    base = betaln(alpha, beta)
    leave, stay = betaln(alpha + 1, beta + renewal - 1) - base, betaln(alpha, beta + renewal) - base
    return float(lost @ leave + left @ stay)


def loglik(model: Sbg, active: ArrayLike) -> float:
    """Return the log-likelihood of a cohort under given parameters.

    Examples
    --------
    >>> round(loglik(Sbg(1, 1), [1000, 869, 743, 653, 593, 551, 517, 491]), 1)
    -2115.5
    """
    counts = _cohort(active)
    return _loglik(model.alpha, model.beta, *_pooled([counts], len(counts)))


def survival(model: Sbg, *, periods: int) -> list[float]:
    """Return the share of a cohort still there after 0, 1, … `periods` renewals.

    Examples
    --------
    >>> [round(share, 3) for share in survival(Sbg(0.668, 3.806), periods=2)]
    [1.0, 0.851, 0.747]
    """
    t = np.arange(periods + 1)
    return [float(s) for s in np.exp(betaln(model.alpha, model.beta + t) - betaln(model.alpha, model.beta))]


def retention(model: Sbg, *, periods: int) -> list[float]:
    """Return the share that renews at the 1st, 2nd, … renewal of those who come to it.

    Examples
    --------
    >>> [round(rate, 3) for rate in retention(Sbg(0.668, 3.806), periods=2)]
    [0.851, 0.878]
    """
    t = np.arange(1, periods + 1)
    return [float(rate) for rate in (model.beta + t - 1) / (model.alpha + model.beta + t - 1)]


def residual_lifetime(model: Sbg, *, discount: float, survived_periods: int = 0) -> float:
    """Return the discounted expected residual lifetime of a customer who has renewed `survived_periods` times.

    In periods, just before the next renewal, which counts in full. Multiply by the margin of a period for a value.

    Parameters
    ----------
    discount
        Per period: 0.1 is 10 %.
    survived_periods
        Renewals made so far.

    Raises
    ------
    CxError
        If the discount is not above 0 or the renewals are negative.

    Notes
    -----
    Fader & Hardie (2010), Customer-Base Valuation in a Contractual Setting, Marketing Science 29(1):85–93,
    equation 7.

    Examples
    --------
    >>> round(residual_lifetime(Sbg(0.668, 3.806), discount=0.1, survived_periods=4), 2)
    6.9
    """
    if not discount > 0:
        raise CxError("not-positive", column="discount", found=discount)
    if survived_periods < 0:
        raise CxError("not-a-count", found=[survived_periods])
    a, b, n = model.alpha, model.beta, survived_periods + 1
    return float((b + n - 1) / (a + b + n - 1) * hyp2f1(1, b + n, a + b + n, 1 / (1 + discount)))
