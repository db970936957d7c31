"""How sure the mean value of a group of customers is.

The value of each customer comes from two fitted models, so its mean is unsure in two ways that belong together: the
customers might have been others, and then the models would be others too.
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
        chosen = np.ones(len(self.each), bool) if group is None else np.asarray(group, dtype=bool)
        if len(chosen) != len(self.each):
            raise CxError("lengths-differ", found=[len(self.each), len(chosen)])
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


def _through_models(
    customers: pd.DataFrame, models: dict[str, Any], worth: Callable[..., NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How the values move with the parameters, and the influence of each customer on the parameters."""
    history = {name: numbers(customers[name]) for name in ("frequency", "recency", "age")}
    bought = {"frequency": history["frequency"], "spend": numbers(customers["spend"])}
    slopes, influence = [], []
    for kind, names, likelihood in (
        ("purchases", ("r", "alpha", "a", "b"), lambda model: value.loglik_each(model, **history)),
        ("amounts", ("p", "q", "v"), lambda model: spend.loglik_each(model, **bought)),
    ):
        scores = []
        for name in names:
            up, down = (_moved(models[kind], name, sign * _STEP) for sign in (1, -1))
            scores.append((likelihood(up) - likelihood(down)) / (2 * _STEP))
            slopes.append((worth(**models | {kind: up}) - worth(**models | {kind: down})) / (2 * _STEP))
        influence.append(models[kind].covariance @ np.array(scores))
    return np.array(slopes), np.vstack(influence)


def _moved(model: Any, name: str, by: float) -> Any:
    """The model with the logarithm of one parameter moved."""
    return replace(model, **{name: getattr(model, name) * np.exp(by)})
