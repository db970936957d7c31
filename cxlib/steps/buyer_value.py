"""What a customer of each segment is still worth, and whether such a forecast has been right before.

Expected orders (BG/NBD) times expected amount (Gamma-Gamma), discounted over twelve months, for customers who are not
known to have left. The same model, fitted on what was known some months ago, must first foretell the orders since;
where it misses, values may rank segments but must not fill a budget.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cxlib.errors import CxError
from cxlib.measures import spend, value, worth
from cxlib.measures.estimate import Estimate, cannot_tell
from cxlib.section import Claim, Term
from cxlib.steps.client import Client

_MONTHS = 12
_HOLDOUT, _SHORTEST = dt.timedelta(weeks=26), dt.timedelta(weeks=39)
_MISSED = 0.1
_REPEATERS = 50
_ALIKE = 300.0


@dataclass(frozen=True, eq=False)
class Models:
    """Buying histories of the customers, the two models fitted on them, and what each customer is worth by them."""

    histories: pd.DataFrame
    purchases: value.BgNbd
    amounts: spend.GammaGamma
    valuation: worth.Valuation


def models(client: Client, bought: pd.DataFrame) -> Models | None:
    """Return the fitted models; None where too few came back, or the orders do not pin the parameters down."""
    if not len(bought):
        return None
    history = value.histories(bought, customer="customer_id", day="occurred_at", amount="amount", end=client.as_of)
    if (history["frequency"] > 0).sum() < _REPEATERS:
        return None
    try:
        purchases = _steady(value.fit(history["frequency"], history["recency"], history["age"]))
        amounts = spend.fit(history["frequency"], history["spend"])
    except CxError:
        return None
    if amounts.q <= 1:
        return None
    yearly = client.engagement.setup.economics.discount_rate
    terms = {"months": _MONTHS, "monthly_discount": (1 + yearly) ** (1 / 12) - 1, "margin": margin(client)[0]}
    valued = worth.valuation(history, purchases=purchases, amounts=amounts, **terms)
    return Models(history, purchases, amounts, valued)


def _steady(model: value.BgNbd) -> value.BgNbd:
    """The model as it is, or, where all customers leave alike and a + b runs away, one with the same share leaving.

    There the likelihood is flat and its curvature says nothing, so no interval can be made of it.
    """
    if model.a + model.b <= _ALIKE:
        return model
    shrink = _ALIKE / (model.a + model.b)
    return replace(model, a=model.a * shrink, b=model.b * shrink, covariance=None)


def mean_worth(client: Client, fitted: Models | None, customers: pd.Index | pd.Series) -> Estimate:
    """Return the mean value over the next twelve months, in today's money, of those customers who have not left."""
    if fitted is None:
        return cannot_tell("value-unfit", unit="money", level=client.level)
    there = ~fitted.histories.index.isin(gone(client, client.as_of))
    found = fitted.valuation.mean(fitted.histories.index.isin(customers) & there, level=client.level)
    return replace(found, reason="leaving-alike") if found.reason == "parameters-given" else found


def gone(client: Client, day: dt.date) -> pd.Series:
    """Return the customers of whom it was known on a day that they had left."""
    rows = client.columns("customers", "customer_id", "left_on")
    return rows.loc[rows["left_on"] <= pd.Timestamp(day), "customer_id"]


def margin(client: Client) -> tuple[float, Term]:
    """Return which share of an amount is kept, and what the value is made of: margin, or sales where none is known."""
    rows = client.columns("transactions", "amount", "margin")
    if len(rows) and rows["amount"].sum() > 0:
        return float(rows["margin"].sum() / rows["amount"].sum()), Term("worth.margin")
    known = client.engagement.setup.economics.margin_share
    return (sum(known) / 2, Term("worth.margin")) if known else (1.0, Term("worth.sales"))


@dataclass(frozen=True)
class Test:
    """A forecast of some months ago against what came: its day, orders foretold and counted, relative error."""

    day: dt.date
    expected: Estimate
    actual: Estimate
    error: Estimate

    @property
    def is_missed(self) -> bool:
        """Whether it was off by more than luck and by more than a tenth."""
        low, high, off = self.error.low, self.error.high, abs(self.error.value)
        return (low > 0 or high < 0) and off > _MISSED


def back_test(client: Client, bought: pd.DataFrame) -> Test | None:
    """Return how the model of half a year ago foretold the orders since; None with a history too short for it."""
    if not len(bought):
        return None
    first, end = bought["occurred_at"].min().date(), client.as_of
    if end - first < _SHORTEST:
        return None
    day = max(end - _HOLDOUT, first + (end - first) / 2)
    before = value.histories(bought, customer="customer_id", day="occurred_at", end=day)
    after = value.histories(bought, customer="customer_id", day="occurred_at", end=end)["frequency"]
    came = (after.reindex(before.index) - before["frequency"]).to_numpy(dtype=float)
    there = ~before.index.isin(gone(client, day))
    try:
        model = _steady(value.fit(before["frequency"], before["recency"], before["age"]))
    except CxError:
        return None
    how = {"model": model, "t": (end - day).days / 7, "group": there, "level": client.level}
    return _compared(day, worth.forecast_error(before, came, **how), float(came[there].sum()))


def _compared(day: dt.date, error: Estimate, actual: float) -> Test | None:
    """Both sums with their relative error, None if it cannot be told."""
    if error.value is None or not np.isfinite(error.value):
        return None
    known = {"n": error.n, "level": error.level, "unit": "count"}
    expected = Estimate((1 + error.value) * actual, reason="forecast", **known)
    return Test(day, expected, Estimate(actual, reason="full-count", **known), error)


def claims(client: Client, fitted: Models | None, tested: Test | None) -> list[Claim]:
    """Return what a buyer is worth, and how the forecast fared before."""
    if fitted is None:
        return [Claim("value-cannot-tell")]
    whole = mean_worth(client, fitted, fitted.histories.index)
    said = [Claim("value-mean", {"worth": whole, "kind": margin(client)[1], "months": _MONTHS})]
    if tested is None:
        return [*said, Claim("value-not-tested")]
    values = {"day": tested.day, "expected": tested.expected, "actual": tested.actual, "error": tested.error}
    return [*said, Claim("value-missed" if tested.is_missed else "value-held", values)]
