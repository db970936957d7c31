"""How sure the mean value of a group of customers is, and how far a forecast of purchases was off.

Both come from fitted models, so they are unsure in two ways that belong together: the customers might have been others,
and then the models would be others too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cxlib.errors import CxError
from cxlib.measures import spend, value
from cxlib.measures.answers import numbers
from cxlib.measures.estimate import Estimate, cannot_tell
from cxlib.measures.shares import normal_quantile

_STEP = 1e-3
_HISTORY = ("frequency", "recency", "age")
_PARAMETERS = {value.BgNbd: ("r", "alpha", "a", "b"), spend.GammaGamma: ("p", "q", "v")}


@dataclass(frozen=True, eq=False)
class Valuation:
    """What each of n customers is worth, and what each of them has to do with the parameters behind it.

    Attributes
    ----------
    each
        Value of each customer, shape (n,).
    slopes
        How the values move with the logarithm of each of the seven parameters, shape (7, n); None if the parameters
        were given and not fitted.
    influence
        Influence of each customer on those parameters, shape (7, n); None likewise.
    """

    each: NDArray[np.float64]
    slopes: NDArray[np.float64] | None
    influence: NDArray[np.float64] | None

    def mean(self, group: ArrayLike | None = None, *, level: float = 0.95) -> Estimate:
        """Return the mean value of a group of customers (True, shape (n,); all without it), with its uncertainty.

        The interval does not cover a model that is wrong for these customers: read it beside
        `cxlib.measures.spend.back_test`. "Cannot tell" without customers, or where the mean amount does not exist; no
        interval for parameters that were given.

        Raises
        ------
        CxError
            If `group` has another length.
        """
        chosen = _chosen(group, len(self.each))
        n, each = int(chosen.sum()), self.each[chosen]
        if not n:
            return cannot_tell("empty-group", level=level, unit="money")
        if not np.isfinite(each).all():
            return cannot_tell("no-mean-amount", n=n, level=level, unit="money")
        mean, plain = float(each.mean()), {"n": n, "level": level, "method": "sandwich", "unit": "money"}
        if self.slopes is None:
            return Estimate(mean, **plain, reason="parameters-given")
        if n < 2:
            return Estimate(mean, **plain, reason="one-unit", needs=2)
        influence = self.slopes[:, chosen].mean(axis=1) @ self.influence
        influence[chosen] += (each - mean) / n
        reach = np.exp(normal_quantile(level) * np.sqrt((influence**2).sum()) / mean)
        return Estimate(mean, mean / reach, mean * reach, **plain)


def _chosen(group: ArrayLike | None, n: int) -> NDArray[np.bool_]:
    """Who of `n` customers is meant: all without a group."""
    chosen = np.ones(n, bool) if group is None else np.asarray(group, dtype=bool)
    if len(chosen) != n:
        raise CxError("lengths-differ", found=[n, len(chosen)])
    return chosen


def valuation(
    customers: pd.DataFrame,
    *,
    purchases: value.BgNbd,
    amounts: spend.GammaGamma,
    months: int = 12,
    monthly_discount: float = 0.01,
    periods_per_month: float = 4.345,
    margin: float = 1.0,
) -> Valuation:
    """Return what each customer is worth, ready for the mean of any group of them.

    Parameters
    ----------
    customers
        All customers that both models were fitted on, as in `cxlib.measures.spend.lifetime_value`.
    purchases, amounts
        The fitted models.
    months, monthly_discount, periods_per_month, margin
        As in `cxlib.measures.spend.lifetime_value`.

    Raises
    ------
    CxError
        If the models were fitted on other customers.

    Notes
    -----
    Influence of each customer on the mean and on the seven parameters (sandwich), on the logarithm of the mean.

    Examples
    --------
    >>> customers = pd.DataFrame({"frequency": [2], "recency": [30.43], "age": [38.86], "spend": [22.35]})
    >>> models = {"purchases": value.BgNbd(0.243, 4.414, 0.793, 2.426), "amounts": spend.GammaGamma(6.25, 3.74, 15.44)}
    >>> print(valuation(customers, **models).mean())
    36.3 (parameters-given; n=1)
    """
    terms = {"months": months, "monthly_discount": monthly_discount, "periods_per_month": periods_per_month}

    def worth(**models: Any) -> NDArray[np.float64]:
        return spend.lifetime_value(customers, **models, **terms, margin=margin)

    models = {"purchases": purchases, "amounts": amounts}
    each = worth(**models)
    if purchases.covariance is None or amounts.covariance is None or not np.isfinite(each).all():
        return Valuation(each, None, None)
    if purchases.n != len(customers):
        raise CxError("other-customers", found=len(customers), expected=purchases.n)
    return Valuation(each, *_through_models(customers, models, worth))


def forecast_error(
    customers: pd.DataFrame,
    came: ArrayLike,
    *,
    model: value.BgNbd,
    t: float,
    group: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return by which share the purchases that a model expects differ from those that came, with its uncertainty.

    Parameters
    ----------
    customers
        All customers that the model was fitted on: frequency, recency, age.
    came
        Purchases of each in the time after, shape (n,).
    model, t
        The model, and the length of the time after in its unit.
    group
        True for the customers who are compared, shape (n,); all without it.
    level
        Of the interval.

    Raises
    ------
    CxError
        If lengths differ.

    Notes
    -----
    Influence of each customer on the ratio of sums, through the parameters too (sandwich); parameters without a
    covariance are taken as given.

    Examples
    --------
    >>> customers = pd.DataFrame({"frequency": [2, 0], "recency": [30.43, 0], "age": [38.86, 38.86]})
    >>> model = value.BgNbd(0.243, 4.414, 0.793, 2.426)
    >>> round(forecast_error(customers, [1, 1], model=model, t=39).value, 3)
    -0.289
    """
    actual, chosen = numbers(came), _chosen(group, len(customers))
    if len(actual) != len(customers):
        raise CxError("lengths-differ", found=[len(customers), len(actual)])
    known = {"n": int(chosen.sum()), "level": level, "unit": "share"}
    total = float(actual[chosen].sum())
    if not total:
        return cannot_tell("nobody-came-back", **known)
    history = {name: numbers(customers[name]) for name in _HISTORY}

    def expected(moved: value.BgNbd) -> NDArray[np.float64]:
        return value.conditional_purchases(moved, **history, t=t)

    each = expected(model)
    ratio = float(each[chosen].sum()) / total
    influence = np.where(chosen, each - ratio * actual, 0.0)
    if model.covariance is not None:
        slopes, through = _through(model, _of_histories(customers), expected)
        influence += slopes[:, chosen].sum(axis=1) @ through
    half = normal_quantile(level) * float(np.sqrt((influence**2).sum())) / total
    return Estimate(ratio - 1, ratio - 1 - half, ratio - 1 + half, method="sandwich", **known)


def _through_models(
    customers: pd.DataFrame, models: dict[str, Any], worth: Callable[..., NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How the values move with the parameters, and the influence of each customer on the parameters."""
    bought = {"frequency": numbers(customers["frequency"]), "spend": numbers(customers["spend"])}
    likelihoods = {
        "purchases": _of_histories(customers),
        "amounts": lambda model: spend.loglik_each(model, **bought),
    }
    found = [
        _through(models[kind], likelihood, lambda model, kind=kind: worth(**models | {kind: model}))
        for kind, likelihood in likelihoods.items()
    ]
    slopes, influence = zip(*found, strict=True)
    return np.vstack(slopes), np.vstack(influence)


def _of_histories(customers: pd.DataFrame) -> Callable[[value.BgNbd], NDArray[np.float64]]:
    """The log-likelihood of each customer's history as a function of the model."""
    history = {name: numbers(customers[name]) for name in _HISTORY}
    return lambda model: value.loglik_each(model, **history)


def _through(
    model: Any, likelihood: Callable[[Any], NDArray[np.float64]], worth: Callable[[Any], NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How the values move with each parameter's logarithm, and each customer's influence on it: (parameters, n)."""
    moved = [[_moved(model, name, sign * _STEP) for sign in (1, -1)] for name in _PARAMETERS[type(model)]]
    slopes = [(worth(up) - worth(down)) / (2 * _STEP) for up, down in moved]
    scores = [(likelihood(up) - likelihood(down)) / (2 * _STEP) for up, down in moved]
    return np.array(slopes), model.covariance @ np.array(scores)


def _moved(model: Any, name: str, by: float) -> Any:
    """The model with the logarithm of one parameter moved."""
    return replace(model, **{name: getattr(model, name) * np.exp(by)})
