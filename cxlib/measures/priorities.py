"""What to do first, when every number is a guess: the chance to belong to the top three.

Opportunity is gap × importance × reach ÷ effort, and each of these is a range. A ranking of products of guesses looks
sharper than it is; the share of draws in which an item is among the first few says how sharp it really is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cxlib.errors import CxError
from cxlib.measures.business_case import Range
from cxlib.measures.given import between


def priorities(
    items: Mapping[str, Mapping[str, Range]],
    *,
    divide_by: Sequence[str] = ("effort",),
    top: int = 3,
    draws: int = 10_000,
    seed: int = 0,
    level: float = 0.9,
) -> pd.DataFrame:
    """Return the items ranked by the chance to be among the first `top`.

    Columns: item, value (with all factors likely), low, high (interval of the draws), first (chance to be the very
    first), in_top (chance to be among the first `top`), n (draws).

    Parameters
    ----------
    items
        Item → (factor → range); the same factors everywhere. Draws below zero count as zero.
    divide_by
        Factors that divide (effort, cost); all others multiply.
    top
        How many are taken up.
    draws, seed
        Of the simulation.
    level
        Share of the draws inside low and high.

    Raises
    ------
    CxError
        If there is no item, the factors differ, or a dividing range reaches zero.

    Examples
    --------
    >>> sure = {"gap": Range(4, 5, 6), "effort": Range(1, 1, 1)}
    >>> weak = {"gap": Range(0, 1, 2), "effort": Range(1, 1, 1)}
    >>> priorities({"sure": sure, "weak": weak}, top=1)[["item", "in_top"]].values.tolist()
    [['sure', 1.0], ['weak', 0.0]]
    """
    between(level, 0, 1, name="level")
    factors = _factors(items, divide_by)
    rng = np.random.default_rng(seed)
    drawn = np.array([_product(ranges, factors, divide_by, rng, draws) for ranges in items.values()])
    place = np.argsort(np.argsort(-drawn, axis=0, kind="stable"), axis=0, kind="stable")
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=1)
    table = pd.DataFrame({"item": list(items), "value": [_likely(ranges, divide_by) for ranges in items.values()]})
    table = table.assign(
        low=low, high=high, first=(place == 0).mean(axis=1), in_top=(place < top).mean(axis=1), n=draws
    )
    return table.sort_values(["in_top", "first", "value"], ascending=False, kind="stable").reset_index(drop=True)


def _factors(items: Mapping[str, Mapping[str, Range]], divide_by: Sequence[str]) -> list[str]:
    """The factors, the same for all items and none of the dividing ones reaching zero."""
    if not items:
        raise CxError("values-few", column="items", found=0, expected=1)
    factors = list(next(iter(items.values())))
    for name, ranges in items.items():
        if set(ranges) != set(factors):
            raise CxError("values-length", column=name, found=list(ranges), expected=factors)
        for factor in set(divide_by) & set(factors):
            if ranges[factor].low <= 0:
                raise CxError("values-between", column=f"{name} / {factor}", found=ranges[factor].low, low=0, high="∞")
    return factors


def _product(
    ranges: Mapping[str, Range], factors: Sequence[str], divide_by: Sequence[str], rng: np.random.Generator, draws: int
) -> np.ndarray:
    """Draws of the product of all factors of one item."""
    product = np.ones(draws)
    for factor in factors:
        drawn = ranges[factor].draw(rng, draws)
        if factor in divide_by:
            product = product / np.maximum(drawn, ranges[factor].low / 2)
        else:
            product = product * np.maximum(drawn, 0)
    return product


def _likely(ranges: Mapping[str, Range], divide_by: Sequence[str]) -> float:
    """The product with all factors at their likely value."""
    parts = [1 / item.likely if factor in divide_by else item.likely for factor, item in ranges.items()]
    return float(np.prod(parts))
