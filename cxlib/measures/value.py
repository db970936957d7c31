"""What customers will still buy: BG/NBD, where nobody tells us that they have left.

Each customer buys at random at an own rate, and after each purchase may leave for good. From how often and how lately
a customer bought (`frequency`, `recency`, `age`) follow the probability of being still there and the purchases to come.
A customer who has bought once and never again gets a probability of 1, however long ago: this model lets people leave
only after a repeat purchase. Say so wherever single buyers are shown.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import betaln, digamma, gammaln, hyp2f1, xlogy

from cxlib.errors import CxError
from cxlib.measures.answers import numbers

DAYS = {"day": 1, "week": 7, "month": 30.4375}
"""Days in each unit of time."""


@dataclass(frozen=True, eq=False)
class BgNbd:
    """A fitted model of buying and leaving.

    Attributes
    ----------
    r, alpha
        Shape and rate of the gamma distribution of buying rates: the mean is r / alpha purchases per unit of time.
    a, b
        Beta distribution of the chance to leave after a purchase: the mean is a / (a + b).
    loglik
        Log-likelihood.
    n
        Customers.
    covariance
        Of the logarithms of r, alpha, a and b, shape (4, 4); None for parameters that were given.

    Examples
    --------
    >>> model = BgNbd(0.243, 4.414, 0.793, 2.426)
    >>> round(expected_purchases(model, 39), 3)
    1.197
    """

    r: float
    alpha: float
    a: float
    b: float
    loglik: float = float("nan")
    n: int = 0
    covariance: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        if not min(self.r, self.alpha, self.a, self.b) > 0:
            raise CxError("not-positive", column="r, alpha, a, b", found=[self.r, self.alpha, self.a, self.b])


def histories(
    log: pd.DataFrame, *, customer: str, day: str, end: dt.date, amount: str | None = None, unit: str = "week"
) -> pd.DataFrame:
    """Return one row a customer: how often, how lately and since when they have bought, up to the day `end`.

    Parameters
    ----------
    log
        One purchase a row. Purchases of one customer on one day count as one; those after `end` are left out.
    customer, day, amount
        Columns of the customer, the date, and the amount spent.
    end
        Last day that counts.
    unit
        ``day``, ``week`` or ``month``.

    Returns
    -------
    pd.DataFrame
        Index: customer. Columns ``frequency`` (days with a purchase after the first), ``recency`` (from first to last
        purchase), ``age`` (from first purchase to `end`), and with `amount` ``spend`` (mean amount of a repeat
        purchase day, 0 if none).

    Raises
    ------
    CxError
        If a column is missing or nothing was bought by `end`.

    Examples
    --------
    >>> log = pd.DataFrame({"who": ["a", "a", "b"], "on": pd.to_datetime(["2025-01-01", "2025-01-15", "2025-01-08"])})
    >>> histories(log, customer="who", day="on", end=dt.date(2025, 1, 29))
         frequency  recency  age
    who
    a            1      2.0  4.0
    b            0      0.0  3.0
    """
    for name in filter(None, [customer, day, amount]):
        if name not in log:
            raise CxError("frame-without-column", column=name, found=list(map(str, log.columns)), near="")
    length = DAYS[unit]
    on = pd.to_datetime(log[day]).dt.tz_localize(None).dt.normalize().rename("on")
    kept = log.loc[on <= pd.Timestamp(end)]
    spent = pd.Series(1.0, index=kept.index) if amount is None else kept[amount].astype(float)
    days = spent.groupby([kept[customer], on[kept.index]]).sum().rename("spend").reset_index()
    if not len(days):
        raise CxError("no-purchases", found=str(end))
    return _summary(days, customer, pd.Timestamp(end), length, with_spend=amount is not None)


def _summary(days: pd.DataFrame, customer: str, end: pd.Timestamp, length: float, *, with_spend: bool) -> pd.DataFrame:
    """One row a customer from one row a customer and day."""
    whose = days.groupby(customer)
    first, last, count = whose["on"].min(), whose["on"].max(), whose["on"].size()
    found = pd.DataFrame({"frequency": count - 1, "recency": (last - first).dt.days / length})
    found["age"] = (end - first).dt.days / length
    if with_spend:
        repeat = whose["spend"].sum() - whose["spend"].first()
        found["spend"] = (repeat / found["frequency"].where(found["frequency"] > 0)).fillna(0.0)
    return found


@dataclass(frozen=True, eq=False)
class _Rows:
    """Distinct histories and how many customers have each, with what repeats worked out once."""

    x: NDArray[np.float64]
    recency: NDArray[np.float64]
    age: NDArray[np.float64]
    count: NDArray[np.float64]
    values: NDArray[np.float64]
    place: NDArray[np.intp]
    by_value: NDArray[np.float64]


def _rows(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, counts: ArrayLike | None) -> _Rows:
    """Histories checked and reduced to distinct ones."""
    table = np.column_stack([numbers(column) for column in (frequency, recency, age)])
    weight = np.ones(len(table)) if counts is None else numbers(counts)
    _check_histories(table)
    order = np.lexsort(table.T[::-1])
    table, weight = table[order], weight[order]
    starts = np.flatnonzero(np.r_[True, (np.diff(table, axis=0) != 0).any(axis=1)])
    x, lately, since = table[starts].T
    count = np.add.reduceat(weight, starts)
    values, place = np.unique(x, return_inverse=True)
    return _Rows(x, lately, since, count, values, place, np.bincount(place, weights=count))


def _check_histories(table: NDArray[np.float64]) -> None:
    """Refuse histories that cannot be."""
    if not len(table):
        raise CxError("no-values")
    x, recency, age = table.T
    wrong = ~((x >= 0) & (recency >= 0) & (recency <= age) & ((x > 0) | (recency == 0)))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise CxError("impossible-history", row=row + 1, found=table[row].tolist())


def fit(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, *, counts: ArrayLike | None = None) -> BgNbd:
    """Return the BG/NBD model that makes the histories most likely.

    Parameters
    ----------
    frequency, recency, age
        One customer a row, as `histories` returns them, shape (n,); all times in one unit.
    counts
        How many customers have each history, shape (n,).

    Raises
    ------
    CxError
        If a history cannot be, nobody bought twice, or no maximum is found.

    Notes
    -----
    Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2):275–284; maximum
    likelihood over distinct histories with the analytic gradient.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> age = np.full(2000, 50.0)
    >>> x, last = simulated(BgNbd(0.5, 5, 1, 3), age, rng=rng)
    >>> model = fit(x, last, age)
    >>> 0.3 < model.r < 0.7
    True
    """
    rows = _rows(frequency, recency, age, counts)
    if not (rows.x * rows.count).any():
        raise CxError("nobody-bought-twice", found=int(rows.count.sum()))
    scale = float(rows.age.max()) / 10 or 1.0
    scaled = _Rows(rows.x, rows.recency / scale, rows.age / scale, rows.count, rows.values, rows.place, rows.by_value)
    n = float(rows.count.sum())
    best = _climb(scaled)
    r, alpha, a, b = np.exp(best)
    value, _ = _loglik(best, scaled)
    loglik = float(-n * value - rows.x @ rows.count * np.log(scale))
    return BgNbd(float(r), float(alpha * scale), float(a), float(b), loglik, int(n), _covariance(best, scaled, n))


def _climb(rows: _Rows) -> NDArray[np.float64]:
    """Logarithms of the parameters at the maximum of the likelihood."""
    bounds = [(-12.0, 12.0)] * 4
    options = {"maxiter": 500, "ftol": 1e-13, "gtol": 1e-7, "maxcor": 20}
    for start in ((0.0, 0.0, 0.0, 0.0), (-1.0, 0.0, -0.5, 1.0), (1.0, 1.0, -2.0, 1.0)):
        found = minimize(_loglik, start, args=(rows,), jac=True, method="L-BFGS-B", bounds=bounds, options=options)
        if np.isfinite(found.fun) and np.abs(found.jac).max() < 1e-3:
            return np.asarray(found.x)
    raise CxError("no-maximum", found=float(np.abs(found.jac).max()))


def _loglik(log_params: NDArray[np.float64], rows: _Rows) -> tuple[float, NDArray[np.float64]]:
    """Minus the mean log-likelihood and its gradient by the logarithms of the parameters."""
    r, alpha, a, b = np.exp(log_params)
    x, k, n = rows.x, rows.values, rows.by_value
    has = x > 0
    log_age, log_last = np.log(alpha + rows.age), np.log(alpha + rows.recency)
    stay = -(r + x) * log_age
    left_before = b + np.where(has, x, 1.0) - 1
    leave = np.where(has, np.log(a) - np.log(left_before) - (r + x) * log_last, -np.inf)
    total = np.logaddexp(stay, leave)
    gone = np.exp(leave - total)
    front = gammaln(r + k) - gammaln(r) + r * np.log(alpha)
    front += gammaln(a + b) + gammaln(b + k) - gammaln(b) - gammaln(a + b + k)
    size, c = float(n.sum()), rows.count
    value = float(n @ front + c @ total)
    mixed = (1 - gone) * log_age + gone * log_last
    rate = (1 - gone) / (alpha + rows.age) + gone / (alpha + rows.recency)
    d_r = n @ (digamma(r + k) - digamma(r) + np.log(alpha)) - c @ mixed
    d_alpha = size * r / alpha - c @ ((r + x) * rate)
    both = digamma(a + b) - digamma(a + b + k)
    d_a = n @ both + c @ gone / a
    d_b = n @ (both + digamma(b + k) - digamma(b)) - c @ (gone / left_before)
    gradient = np.array([d_r * r, d_alpha * alpha, d_a * a, d_b * b])
    return -value / size, -gradient / size


def _covariance(best: NDArray[np.float64], rows: _Rows, n: float) -> NDArray[np.float64]:
    """Inverse of the curvature at the maximum, from differences of the gradient."""
    step = 1e-4
    curvature = np.array(
        [(_loglik(best + e, rows)[1] - _loglik(best - e, rows)[1]) / (2 * step) for e in step * np.eye(4)]
    )
    return np.linalg.pinv((curvature + curvature.T) / 2 * n, hermitian=True)


def loglik_each(model: BgNbd, *, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> NDArray[np.float64]:
    """Return the log-likelihood of each customer.

    Examples
    --------
    >>> loglik_each(BgNbd(0.243, 4.414, 0.793, 2.426), frequency=[2, 0], recency=[30.43, 0], age=[38.86, 9]).round(3)
    array([-9.459, -0.27 ])
    """
    x, last, since = (numbers(column) for column in (frequency, recency, age))
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    front = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    stay = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + since)
    leave = betaln(a + 1, b + np.maximum(x, 1) - 1) - betaln(a, b) - (r + x) * np.log(alpha + last)
    return np.asarray(front + np.where(x > 0, np.logaddexp(stay, leave), stay))


def p_alive(model: BgNbd, *, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> NDArray[np.float64]:
    """Return the probability that each customer is still there; 1 for those who never bought again.

    Examples
    --------
    >>> p_alive(BgNbd(0.243, 4.414, 0.793, 2.426), frequency=[2, 0], recency=[30.43, 0], age=[38.86, 38.86]).round(3)
    array([0.727, 1.   ])
    """
    x, last, since = (numbers(column) for column in (frequency, recency, age))
    log_odds = (model.r + x) * np.log((model.alpha + since) / (model.alpha + last))
    log_odds += np.log(model.a) - np.log(model.b + np.maximum(x, 1) - 1)
    return np.where(x > 0, 1 / (1 + np.exp(np.minimum(log_odds, 700))), 1.0)


def expected_purchases(model: BgNbd, t: ArrayLike) -> NDArray[np.float64] | float:
    """Return how many repeat purchases a new customer makes in the time `t` from the first one.

    Examples
    --------
    >>> round(expected_purchases(BgNbd(0.243, 4.414, 0.793, 2.426), 1), 3)
    0.053
    """
    times = np.asarray(t, dtype=float)
    found = _future(model, np.zeros_like(times), np.zeros_like(times), times)
    return found if times.ndim else float(found)


def conditional_purchases(
    model: BgNbd, *, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, t: float
) -> NDArray[np.float64]:
    """Return how many purchases to expect of each customer in the next `t`, given what they have done.

    Examples
    --------
    >>> model = BgNbd(0.243, 4.414, 0.793, 2.426)
    >>> conditional_purchases(model, frequency=[2], recency=[30.43], age=[38.86], t=39).round(3)
    array([1.226])
    """
    x, _, since = (numbers(column) for column in (frequency, recency, age))
    alive = p_alive(model, frequency=frequency, recency=recency, age=age)
    return _future(model, x, since, np.full(len(x), float(t))) * alive


def _future(
    model: BgNbd, x: NDArray[np.float64], age: NDArray[np.float64], t: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Purchases to expect in the time `t` of customers who are still there.

    Of the two forms of the hypergeometric series that Euler's transformation links, the one with the smaller power is
    taken: with a + b in the thousands the other leaves the range of floats. Not-a-number where both do.
    """
    r, alpha, b = model.r, model.alpha, model.b
    a = model.a if abs(model.a - 1) > 1e-6 else 1 + 1e-6
    z = t / (alpha + age + t)
    swap = r + x < a - 1
    power = np.where(swap, r + x, a - 1)
    fits = power * np.log1p(-z) > -700
    series = hyp2f1(
        np.where(swap, r + x, a + b - 1 - r), np.where(swap, b + x, a - 1), a + b + x - 1, np.where(fits, z, 0.0)
    )
    left = np.where(fits, (1 - z) ** power * series, np.nan)
    return (a + b + x - 1) / (a - 1) * (1 - left)


def purchase_probabilities(model: BgNbd, *, n: ArrayLike, t: float) -> NDArray[np.float64]:
    """Return the probability that a new customer makes exactly `n` repeat purchases in the time `t`.

    Notes
    -----
    Fader, Hardie & Lee (2005), equation 8.

    Examples
    --------
    >>> purchase_probabilities(BgNbd(0.243, 4.414, 0.793, 2.426), n=[0, 1], t=39).round(4)
    array([0.5738, 0.1994])
    """
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    k, share = numbers(n), t / (alpha + t)
    many = np.arange(int(k.max(initial=0)) + 1)
    poisson = np.exp(gammaln(r + many) - gammaln(r) - gammaln(many + 1) + r * np.log1p(-share) + xlogy(many, share))
    below = np.concatenate([[0.0], np.cumsum(poisson)])
    place = k.astype(int)
    stayed = np.exp(betaln(a, b + k) - betaln(a, b)) * poisson[place]
    left = np.exp(betaln(a + 1, b + np.maximum(k, 1) - 1) - betaln(a, b)) * (1 - below[place])
    return stayed + np.where(k > 0, left, 0.0)


def simulated(
    model: BgNbd, age: ArrayLike, *, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return frequencies and recencies of customers drawn from the model, one for each age.

    Examples
    --------
    >>> x, last = simulated(BgNbd(0.5, 5, 1, 3), [50, 50, 50], rng=np.random.default_rng(0))
    >>> bool((last <= 50).all())
    True
    """
    since = numbers(age)
    rate = rng.gamma(model.r, 1 / model.alpha, len(since))
    leaving = np.clip(rng.beta(model.a, model.b, len(since)), 1e-12, 1)
    lives = rng.geometric(leaving).astype(float)
    x, last, clock = np.zeros(len(since)), np.zeros(len(since)), np.zeros(len(since))
    open_ = np.arange(len(since))
    while len(open_):
        clock[open_] += rng.exponential(1 / np.maximum(rate[open_], 1e-12))
        open_ = open_[clock[open_] <= since[open_]]
        x[open_] += 1
        last[open_] = clock[open_]
        open_ = open_[x[open_] < lives[open_]]
    return x, last
