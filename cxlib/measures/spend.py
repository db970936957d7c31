"""What customers are worth: Gamma-Gamma for the amount of a purchase, and customer lifetime value.

The mean amount of a customer with few purchases is mostly luck; Gamma-Gamma draws it towards that of all customers, the
more so the fewer there are. It assumes that how much people spend does not depend on how often they buy: check it with
`frequency_and_spend`. The value of a customer is expected purchases times expected amount times margin, discounted.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import digamma, gammaln

from cxlib.errors import CxError
from cxlib.measures import value
from cxlib.measures.answers import numbers
from cxlib.measures.estimate import Estimate, cannot_tell
from cxlib.measures.shares import normal_quantile


@dataclass(frozen=True, eq=False)
class GammaGamma:
    """A fitted model of amounts: gamma within a customer with shape p, its scale gamma between customers (q, v).

    Attributes
    ----------
    p, q, v
        Parameters; the mean amount over all customers is p v / (q − 1), which exists only if q is above 1.
    loglik
        Log-likelihood.
    n
        Customers with a repeat purchase.
    covariance
        Of the logarithms of p, q and v, shape (3, 3); None for parameters that were given.
    """

    p: float
    q: float
    v: float
    loglik: float = float("nan")
    n: int = 0
    covariance: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        if not min(self.p, self.q, self.v) > 0:
            raise CxError("not-positive", column="p, q, v", found=[self.p, self.q, self.v])


def fit(frequency: ArrayLike, spend: ArrayLike) -> GammaGamma:
    """Return the Gamma-Gamma model that makes the mean amounts most likely.

    Parameters
    ----------
    frequency
        Repeat purchases of each customer, shape (n,). Customers without one say nothing and are left out.
    spend
        Mean amount of these purchases, above 0, shape (n,).

    Raises
    ------
    CxError
        If nobody bought twice, a mean amount is not above 0, or no maximum is found.

    Notes
    -----
    Fader & Hardie (2013), The Gamma-Gamma Model of Monetary Value, brucehardie.com/notes/025.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.integers(1, 9, 3000)
    >>> model = fit(x, rng.gamma(6 * x, 1 / rng.gamma(4, 1 / 15, 3000)) / x)
    >>> 3 < model.q < 5
    True
    """
    x, m = numbers(frequency), numbers(spend)
    x, m = x[x > 0], m[x > 0]
    if not len(x):
        raise CxError("nobody-bought-twice", found=len(numbers(frequency)))
    if not (m > 0).all():
        raise CxError("spend-not-positive", row=int(np.flatnonzero(~(m > 0))[0]) + 1, found=int((~(m > 0)).sum()))
    scale = float(m.mean())
    best = _climb(x, m / scale)
    covariance = _covariance(best, x, m / scale)
    p, q, v = np.exp(best)
    loglik = -len(x) * _loglik(best, x, m / scale)[0] - len(x) * np.log(scale)
    return GammaGamma(float(p), float(q), float(v * scale), float(loglik), len(x), covariance)


def _climb(x: NDArray[np.float64], m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logarithms of the parameters at the maximum of the likelihood."""
    options = {"maxiter": 1000, "ftol": 1e-14, "gtol": 1e-8, "maxcor": 20}
    for start in ((1.0, 1.0, 0.0), (0.0, 0.5, 0.0), (2.0, 1.0, -1.0)):
        found = minimize(
            _loglik, start, args=(x, m), jac=True, method="L-BFGS-B", bounds=[(-10.0, 10.0)] * 3, options=options
        )
        if np.isfinite(found.fun) and np.abs(found.jac).max() < 1e-3:
            return np.asarray(found.x)
    raise CxError("no-maximum", found=float(np.abs(found.jac).max()))


def _loglik(
    log_params: NDArray[np.float64], x: NDArray[np.float64], m: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    """Minus the mean log-likelihood and its gradient by the logarithms of the parameters."""
    p, q, v = np.exp(log_params)
    px, bottom = p * x, x * m + v
    value = gammaln(px + q) - gammaln(px) - gammaln(q) + q * np.log(v) + px * np.log(x * m) - np.log(m)
    value -= (px + q) * np.log(bottom)
    d_p = x * (digamma(px + q) - digamma(px) + np.log(x * m) - np.log(bottom))
    d_q = digamma(px + q) - digamma(q) + np.log(v) - np.log(bottom)
    d_v = q / v - (px + q) / bottom
    gradient = np.array([d_p.mean() * p, d_q.mean() * q, d_v.mean() * v])
    return -float(value.mean()), -gradient


def _covariance(best: NDArray[np.float64], x: NDArray[np.float64], m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Inverse of the curvature at the maximum, from differences of the gradient."""
    step = 1e-4
    curvature = np.array(
        [(_loglik(best + e, x, m)[1] - _loglik(best - e, x, m)[1]) / (2 * step) for e in step * np.eye(3)]
    )
    return np.linalg.pinv((curvature + curvature.T) / 2 * len(x), hermitian=True)


def expected_spend(model: GammaGamma, *, frequency: ArrayLike, spend: ArrayLike) -> NDArray[np.float64]:
    """Return the mean amount to expect of each customer, drawn towards that of all.

    A customer without a repeat purchase gets the mean of all. Not-a-number where that does not exist (q ≤ 1).

    Examples
    --------
    >>> expected_spend(GammaGamma(6.25, 3.74, 15.44), frequency=[2, 0], spend=[22.35, 0]).round(2)
    array([24.66, 35.22])
    """
    x, m = numbers(frequency), np.nan_to_num(numbers(spend))
    bottom = model.p * x + model.q - 1
    return np.where(bottom > 0, model.p * (model.v + x * m) / np.where(bottom > 0, bottom, 1), np.nan)


def loglik_each(model: GammaGamma, *, frequency: ArrayLike, spend: ArrayLike) -> NDArray[np.float64]:
    """Return the log-likelihood of each customer; 0 for those without a repeat purchase.

    Examples
    --------
    >>> loglik_each(GammaGamma(6.25, 3.74, 15.44), frequency=[2, 0], spend=[22.35, 0]).round(3)
    array([-3.551,  0.   ])
    """
    x, m = numbers(frequency), numbers(spend)
    has = x > 0
    x, m, p, q, v = np.where(has, x, 1.0), np.where(has, m, 1.0), model.p, model.q, model.v
    found = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(v) + p * x * np.log(x * m) - np.log(m)
    return np.where(has, found - (p * x + q) * np.log(x * m + v), 0.0)


def frequency_and_spend(frequency: ArrayLike, spend: ArrayLike, *, level: float = 0.95) -> Estimate:
    """Return the correlation between how often people buy again and how much they spend, which should be near 0.

    Where it is clearly not, values from `lifetime_value` are off: too low for frequent buyers if it is positive.

    Notes
    -----
    Spearman's, with Fisher's interval as Bonett & Wright (2000) widen it.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> estimate = frequency_and_spend(rng.integers(1, 9, 500), rng.gamma(5, 10, 500))
    >>> estimate.low < 0 < estimate.high
    True
    """
    x, m = numbers(frequency), numbers(spend)
    ranks = [pd.Series(column[x > 0]).rank().to_numpy() for column in (x, m)]
    n = len(ranks[0])
    if n < 4 or not all(np.ptp(rank) for rank in ranks):
        return cannot_tell("too-few", n=n, level=level, unit="ratio", needs=4)
    rho = float(np.corrcoef(*ranks)[0, 1])
    half = normal_quantile(level) * np.sqrt((1 + rho**2 / 2) / (n - 3))
    middle = np.arctanh(np.clip(rho, -1 + 1e-12, 1 - 1e-12))
    low, high = np.tanh([middle - half, middle + half])
    return Estimate(rho, low, high, n=n, level=level, method="spearman", unit="ratio")


def lifetime_value(
    customers: pd.DataFrame,
    *,
    purchases: value.BgNbd,
    amounts: GammaGamma,
    months: int = 12,
    monthly_discount: float = 0.01,
    periods_per_month: float = 4.345,
    margin: float = 1.0,
) -> NDArray[np.float64]:
    """Return what each customer is expected to bring in the next `months`, in today's money.

    Only future purchases count; what a customer has cost or brought so far does not.

    Parameters
    ----------
    customers
        One a row, columns ``frequency``, ``recency``, ``age`` and ``spend`` as `cxlib.measures.value.histories` gives
        them.
    purchases, amounts
        Fitted models.
    months
        Horizon.
    monthly_discount
        0.01 is 1 % a month. Purchases of a month are discounted from its end.
    periods_per_month
        Units of time of the histories in a month: 4.345 for weeks, 30.4375 for days, 1 for months.
    margin
        Share of the amount that is kept.

    Raises
    ------
    CxError
        If `months` is below 1 or the discount is not above −1.

    Notes
    -----
    The sum of expected purchases a month, discounted, as in the Python package lifetimes.

    Examples
    --------
    >>> customers = pd.DataFrame({"frequency": [2], "recency": [30.43], "age": [38.86], "spend": [22.35]})
    >>> models = {"purchases": value.BgNbd(0.243, 4.414, 0.793, 2.426), "amounts": GammaGamma(6.25, 3.74, 15.44)}
    >>> lifetime_value(customers, **models, months=12).round(2)
    array([36.29])
    """
    if months < 1 or not monthly_discount > -1:
        raise CxError("not-positive", column="months, 1 + monthly_discount", found=[months, 1 + monthly_discount])
    history = {name: numbers(customers[name]) for name in ("frequency", "recency", "age")}
    until = [
        value.conditional_purchases(purchases, **history, t=month * periods_per_month) for month in range(1, months + 1)
    ]
    bought = np.diff(np.vstack([np.zeros(len(customers)), *until]), axis=0)
    worth = (1 + monthly_discount) ** -np.arange(1.0, months + 1) @ bought
    return margin * worth * expected_spend(amounts, frequency=customers["frequency"], spend=customers["spend"])


@dataclass(frozen=True, eq=False)
class BackTest:
    """A forecast made with what was known at an earlier day, against what then happened.

    Attributes
    ----------
    model
        Fitted on purchases up to that day.
    customers
        How many there were.
    actual, expected
        Repeat purchases of these customers in the time after.
    error
        (expected − actual) / actual; not-a-number if nothing was bought.
    by_frequency
        One row a number of repeat purchases before the day (7 and more together): ``frequency``, ``customers``,
        ``actual`` and ``expected`` purchases a customer after it.
    """

    model: value.BgNbd
    customers: int
    actual: int
    expected: float
    error: float
    by_frequency: pd.DataFrame


def back_test(
    log: pd.DataFrame, *, customer: str, day: str, calibration_end: dt.date, holdout_end: dt.date, unit: str = "week"
) -> BackTest:
    """Return how well the model of an earlier day foretold the purchases since.

    A model that misses here by much must not be used for a list or a budget.

    Parameters
    ----------
    log
        One purchase a row; purchases of one customer on one day count as one.
    customer, day
        Columns of the customer and the date.
    calibration_end
        Last day that the model may see. Only customers who had bought by then are followed.
    holdout_end
        Last day of the time after.
    unit
        ``day``, ``week`` or ``month``.

    Raises
    ------
    CxError
        If the time after is empty, or as in `cxlib.measures.value.fit`.

    Examples
    --------
    >>> days = pd.to_datetime(["2025-01-01", "2025-01-20", "2025-02-20", "2025-01-05", "2025-01-09", "2025-01-03"])
    >>> log = pd.DataFrame({"who": list("aaabbc"), "on": days})
    >>> ends = {"calibration_end": dt.date(2025, 1, 31), "holdout_end": dt.date(2025, 2, 28)}
    >>> back_test(log, customer="who", day="on", **ends).actual
    1
    """
    length = (holdout_end - calibration_end).days / value.DAYS[unit]
    if length <= 0:
        raise CxError("period-backwards", found=f"{calibration_end}..{holdout_end}")
    before = value.histories(log, customer=customer, day=day, end=calibration_end, unit=unit)
    model = value.fit(before["frequency"], before["recency"], before["age"])
    history = {name: before[name] for name in ("frequency", "recency", "age")}
    expected = value.conditional_purchases(model, **history, t=length)
    after = value.histories(log, customer=customer, day=day, end=holdout_end, unit=unit)["frequency"]
    actual = (after.reindex(before.index) - before["frequency"]).to_numpy()
    error = expected.sum() / actual.sum() - 1 if actual.sum() else float("nan")
    table = pd.DataFrame({"frequency": before["frequency"].clip(upper=7), "actual": actual, "expected": expected})
    found = table.groupby("frequency", as_index=False).agg(
        customers=("actual", "size"), actual=("actual", "mean"), expected=("expected", "mean")
    )
    return BackTest(model, len(before), int(actual.sum()), float(expected.sum()), float(error), found)
