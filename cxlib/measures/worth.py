"""How sure the mean value of a group of customers is.

The value of each customer comes from two fitted models, so its mean is unsure in two ways that belong together: the
customers might have been others, and then the models would be others too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cxlib.errors import CxError
from cxlib.measures import spend, value
from cxlib.measures.estimate import Estimate, cannot_tell
from cxlib.measures.shares import normal_quantile

_STEP = 1e-3


def mean_value(
    customers: pd.DataFrame,
    *,
    purchases: value.BgNbd,
    amounts: spend.GammaGamma,
    group: ArrayLike | None = None,
    months: int = 12,
    monthly_discount: float = 0.01,
    periods_per_month: float = 4.345,
    margin: float = 1.0,
    level: float = 0.95,
) -> Estimate:
    """Return the mean lifetime value of a group of customers, with its uncertainty.

    The interval does not cover a model that is wrong for these customers: read it beside
    `cxlib.measures.spend.back_test`.

    Parameters
    ----------
    customers
        All customers that both models were fitted on, as in `cxlib.measures.spend.lifetime_value`.
    purchases, amounts
        The fitted models.
    group
        Which customers to take the mean of (True), shape (n,); all without it.
    months, monthly_discount, periods_per_month, margin
        As in `cxlib.measures.spend.lifetime_value`.
    level
        Confidence level of the interval.

    Returns
    -------
    Estimate
        Unit ``money``. "Cannot tell" without customers, or where the mean amount does not exist; no interval for
        parameters that were given.

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
    >>> print(mean_value(customers, **models))
    36.3 (parameters-given; n=1)
    """
    chosen = np.ones(len(customers), bool) if group is None else np.asarray(group, dtype=bool)
    if len(chosen) != len(customers):
        raise CxError("lengths-differ", found=[len(customers), len(chosen)])
    n = int(chosen.sum())
    if not n:
        return cannot_tell("empty-group", level=level, unit="money")
    terms = {"months": months, "monthly_discount": monthly_discount, "periods_per_month": periods_per_month}

    def worth(**models: Any) -> NDArray[np.float64]:
        return spend.lifetime_value(customers[chosen], **models, **terms, margin=margin)

    models = {"purchases": purchases, "amounts": amounts}
    each = worth(**models)
    if not np.isfinite(each).all():
        return cannot_tell("no-mean-amount", n=n, level=level, unit="money")
    mean, plain = float(each.mean()), {"n": n, "level": level, "method": "sandwich", "unit": "money"}
    if purchases.covariance is None or amounts.covariance is None:
        return Estimate(mean, **plain, reason="parameters-given")
    if n < 2:
        return Estimate(mean, **plain, reason="one-unit", needs=2)
    influence = np.zeros(len(customers))
    influence[chosen] = (each - mean) / n
    influence += _through_models(customers, models, lambda **moved: float(worth(**moved).mean()))
    reach = np.exp(normal_quantile(level) * np.sqrt((influence**2).sum()) / mean)
    return Estimate(mean, mean / reach, mean * reach, **plain)


def _through_models(customers: pd.DataFrame, models: dict[str, Any], mean: Callable[..., float]) -> NDArray[np.float64]:
    """Influence of each customer on the mean by way of the parameters."""
    if models["purchases"].n != len(customers):
        raise CxError("other-customers", found=len(customers), expected=models["purchases"].n)
    history = {name: customers[name] for name in ("frequency", "recency", "age")}
    bought = {"frequency": customers["frequency"], "spend": customers["spend"]}
    total = np.zeros(len(customers))
    for kind, names, likelihood in (
        ("purchases", ("r", "alpha", "a", "b"), lambda model: value.loglik_each(model, **history)),
        ("amounts", ("p", "q", "v"), lambda model: spend.loglik_each(model, **bought)),
    ):
        scores, slopes = [], []
        for name in names:
            up, down = (_moved(models[kind], name, sign * _STEP) for sign in (1, -1))
            scores.append((likelihood(up) - likelihood(down)) / (2 * _STEP))
            slopes.append((mean(**models | {kind: up}) - mean(**models | {kind: down})) / (2 * _STEP))
        total += np.array(slopes) @ models[kind].covariance @ np.array(scores)
    return total


def _moved(model: Any, name: str, by: float) -> Any:
    """The model with the logarithm of one parameter moved."""
    return replace(model, **{name: getattr(model, name) * np.exp(by)})
