"""The business case as ranges: what an investment in experience returns, and how sure that is.

Nobody knows the effect on retention to the percent. Each assumption is a range (low, most likely, high) with the grade
of its evidence; thousands of draws give the chance that it pays, the tornado shows which assumption decides, and the
break-even says how small that assumption may be. Published percentages are history, never multipliers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlib.errors import CxError
from cxlib.measures.estimate import Estimate
from cxlib.measures.given import between, option

GRADES = ("data", "interview", "assumption")
Model = Callable[[Mapping[str, np.ndarray]], np.ndarray]


@dataclass(frozen=True)
class Range:
    """An assumption: least, most likely and most, and what it rests on (``data``, ``interview``, ``assumption``).

    The bounds are read as the 5 and 95 % points: one time in ten the truth lies outside them.
    """

    low: float
    likely: float
    high: float
    grade: str = "assumption"

    def __post_init__(self) -> None:
        option(self.grade, GRADES, name="grade")
        if not self.low <= self.likely <= self.high:
            raise CxError("range-disordered", found=[self.low, self.likely, self.high])

    def draw(self, rng: np.random.Generator, draws: int) -> np.ndarray:
        """Return values of a normal bent to the range: 5 and 95 % points at its ends, median at the likely value."""
        z = rng.standard_normal(draws) / 1.6448536269514722
        return self.likely + np.where(z < 0, (self.likely - self.low) * z, (self.high - self.likely) * z)


@dataclass(frozen=True)
class Case:
    """Result of a business case, in money.

    Attributes
    ----------
    gain
        Net present value: mean of the draws and the interval that holds `level` of them.
    pays
        P(ROI > 0), share of the draws in which the gain exceeds zero.
    roi
        Gain over cost, with the interval of the draws.
    tornado
        One row an assumption, the decisive one first: assumption, grade, low, high (gain with this one at its low and
        high end, all others likely), swing, share of the variance of the gain that moves with it.
    draws
        Number of draws.
    """

    gain: Estimate
    pays: Estimate
    roi: Estimate
    tornado: pd.DataFrame
    draws: int


def business_case(
    ranges: Mapping[str, Range], *, benefit: Model, cost: Model, draws: int = 20_000, seed: int = 0, level: float = 0.9
) -> Case:
    """Return the gain of an investment with its uncertainty.

    Parameters
    ----------
    ranges
        Assumption → range.
    benefit, cost
        Functions of {assumption: array of draws} that give money, today's value, as an array.
    draws, seed
        Number of draws and their seed.
    level
        Share of the draws inside the intervals.

    Raises
    ------
    CxError
        If there is no assumption.

    Examples
    --------
    >>> case = business_case({"saved": Range(50, 100, 150), "price": Range(60, 60, 60)},
    ...                      benefit=lambda a: a["saved"], cost=lambda a: a["price"])
    >>> round(case.pays.value, 1), case.tornado["assumption"].tolist()
    (0.9, ['saved', 'price'])
    """
    if not ranges:
        raise CxError("values-few", column="ranges", found=0, expected=1)
    between(level, 0, 1, name="level")
    drawn = drawn_values(ranges, draws=draws, seed=seed)
    spent = np.broadcast_to(np.asarray(cost(drawn), dtype=float), draws)
    gain = np.broadcast_to(np.asarray(benefit(drawn), dtype=float), draws) - spent
    return Case(
        gain=spread(gain, level=level, unit="money"),
        pays=chance(gain > 0),
        roi=spread(gain[spent > 0] / spent[spent > 0], level=level, unit="ratio")
        if (spent > 0).any()
        else Estimate(None, n=draws, level=level, unit="ratio", reason="no-cost"),
        tornado=_tornado(ranges, drawn, gain, benefit, cost),
        draws=draws,
    )


def drawn_values(ranges: Mapping[str, Range], *, draws: int, seed: int) -> dict[str, np.ndarray]:
    """Return draws of each assumption, the same for the same ranges and seed.

    Examples
    --------
    >>> drawn_values({"price": Range(60, 60, 60)}, draws=2, seed=0)["price"].tolist()
    [60.0, 60.0]
    """
    rng = np.random.default_rng(seed)
    return {name: item.draw(rng, draws) for name, item in ranges.items()}


def spread(values: np.ndarray, *, level: float, unit: str) -> Estimate:
    """Return the mean of draws with the interval that holds `level` of them.

    Examples
    --------
    >>> print(spread(np.arange(101.0), level=0.9, unit="money"))
    50 (5 to 95; n=101)
    """
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(
        float(values.mean()), float(low), float(high), n=len(values), level=level, method="monte-carlo", unit=unit
    )


def chance(hits: np.ndarray) -> Estimate:
    """Return the share of draws in which something happens, with its simulation error.

    Examples
    --------
    >>> chance(np.array([True, False])).value
    0.5
    """
    from cxlib.measures.shares import wilson

    low, high = wilson(int(hits.sum()), len(hits))
    return Estimate(float(hits.mean()), low, high, n=len(hits), method="monte-carlo", unit="share")


def _tornado(
    ranges: Mapping[str, Range], drawn: Mapping[str, np.ndarray], gain: np.ndarray, benefit: Model, cost: Model
) -> pd.DataFrame:
    """Which assumption decides."""
    rows = []
    for name, item in ranges.items():
        ends = [_gain_at(ranges, {name: end}, benefit, cost) for end in (item.low, item.high)]
        moves = np.corrcoef(drawn[name], gain)[0, 1] ** 2 if drawn[name].std() > 0 and gain.std() > 0 else 0.0
        rows.append(
            {
                "assumption": name,
                "grade": item.grade,
                "low": ends[0],
                "high": ends[1],
                "swing": abs(ends[1] - ends[0]),
                "share": float(moves),
            }
        )
    return pd.DataFrame(rows).sort_values("swing", ascending=False, kind="stable").reset_index(drop=True)


def _gain_at(ranges: Mapping[str, Range], changed: Mapping[str, float], benefit: Model, cost: Model) -> float:
    """Gain with all assumptions likely but the changed ones."""
    values = {name: np.array([changed.get(name, item.likely)], dtype=float) for name, item in ranges.items()}
    return float(np.ravel(benefit(values))[0] - np.ravel(cost(values))[0])


def break_even(ranges: Mapping[str, Range], *, benefit: Model, cost: Model, assumption: str) -> float | None:
    """Return the value of one assumption at which the gain is zero, the others likely; None if there is none near.

    Looked for between three times its range below the low end and above the high end.

    Parameters
    ----------
    ranges, benefit, cost
        As in `business_case`.
    assumption
        Which one.

    Raises
    ------
    CxError
        If there is no such assumption.

    Examples
    --------
    >>> break_even({"saved": Range(50, 100, 150)}, benefit=lambda a: a["saved"], cost=lambda a: 60, assumption="saved")
    60.0
    """
    from scipy.optimize import brentq

    option(assumption, list(ranges), name="assumption")
    item = ranges[assumption]
    width = max(item.high - item.low, abs(item.likely), 1e-9)
    grid = np.linspace(item.low - 3 * width, item.high + 3 * width, 400)
    gains = np.array([_gain_at(ranges, {assumption: value}, benefit, cost) for value in grid])
    turns = np.flatnonzero(np.sign(gains[:-1]) != np.sign(gains[1:]))
    if not len(turns):
        return None
    nearest = turns[np.abs(grid[turns] - item.likely).argmin()]
    root = brentq(lambda value: _gain_at(ranges, {assumption: value}, benefit, cost), grid[nearest], grid[nearest + 1])
    return float(f"{root:.9g}")


def payback(benefits: np.ndarray, *, costs: np.ndarray, once: np.ndarray | float = 0.0) -> np.ndarray:
    """Return after how many months all that was spent so far has first come back, undiscounted.

    Parameters
    ----------
    benefits
        Money a year, spread evenly over its months, shape (draws, years).
    costs
        Money a year, spent at its beginning, shape (draws, years).
    once
        Money spent before the first year, shape (draws,).

    Returns
    -------
    Array of shape (draws,); infinity where it has not come back when the years are over.

    Examples
    --------
    >>> payback(np.array([[120.0, 120.0], [60.0, 60.0]]), costs=np.array([[60.0, 30.0], [60.0, 60.0]]), once=10)
    array([ 7., inf])
    """
    before = np.cumsum(benefits, axis=1) - benefits
    spent = np.cumsum(costs, axis=1) + np.reshape(once, (-1, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(spent <= before, 0.0, np.where(benefits > 0, (spent - before) / benefits, np.inf))
    months = 12 * (np.arange(benefits.shape[1]) + part)
    return np.where(part <= 1, months, np.inf).min(axis=1)


def waiting(months: np.ndarray, *, level: float = 0.9) -> Estimate:
    """Return the median of months until something happens and the interval of its draws.

    Where fewer than half of the draws have seen it the answer is "cannot tell"; where the upper end lies beyond the
    last month there is no interval.

    Examples
    --------
    >>> print(waiting(np.array([6.0, 7.0, 8.0, 9.0, np.inf])))
    8 (beyond-years; n=5)
    """
    ordered, n = np.sort(months), len(months)
    low, middle, high = (ordered[int(np.ceil(share * n)) - 1] for share in ((1 - level) / 2, 0.5, (1 + level) / 2))
    known = {"n": n, "level": level, "method": "monte-carlo", "unit": "count"}
    if np.isinf(middle):
        return Estimate(None, **known, reason="beyond-years")
    return (
        Estimate(middle, low, high, **known) if np.isfinite(high) else Estimate(middle, **known, reason="beyond-years")
    )
