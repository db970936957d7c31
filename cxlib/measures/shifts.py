"""Charts with a memory: CUSUM and EWMA find small lasting shifts that single points do not show.

An XmR chart reacts to one large jump. A fall by one standard deviation that stays takes it 44 periods on average;
CUSUM, which adds up deviations, and EWMA, which averages with fading weights, find it in about ten.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import ArrayLike

from cxlib.errors import CxError
from cxlib.measures.given import between, numbers


@dataclass(frozen=True)
class Cusum:
    """Cumulated deviations above and below the target, in units of the data.

    Attributes
    ----------
    above, below
        Sums of what exceeds the slack, never negative, shape (n,).
    limit
        Decision interval, in units of the data.
    first_signal
        Position of the first point beyond the limit, from 0; None if there is none.
    """

    above: np.ndarray
    below: np.ndarray
    limit: float
    first_signal: int | None


@dataclass(frozen=True)
class Ewma:
    """Exponentially weighted mean with its limits.

    Attributes
    ----------
    z
        The weighted mean, shape (n,).
    low, high
        Its limits, widening from the first point on, shape (n,).
    signals
        Positions beyond the limits, from 0.
    """

    z: np.ndarray
    low: np.ndarray
    high: np.ndarray
    signals: tuple[int, ...]


def cusum(x: ArrayLike, *, target: float, sigma: float, k: float = 0.5, h: float = 5.0) -> Cusum:
    """Return the tabular CUSUM of numbers in the order of time.

    With k = ½ and h = 5 a process on target gives a false alarm every 465 points on average.

    Parameters
    ----------
    x
        One number a period, shape (n,).
    target, sigma
        Where the process should be and its standard deviation when it is in order.
    k, h
        Slack and decision interval, in standard deviations.

    Raises
    ------
    CxError
        If there is no number or `sigma` is not positive.

    Notes
    -----
    Page (1954); Montgomery, Introduction to Statistical Quality Control, section 9.1.

    Examples
    --------
    >>> cusum([10, 12, 12, 12, 12], target=10, sigma=1).first_signal
    4
    """
    values = numbers(x, name="x")
    _positive(sigma)
    above = _accumulated(values - target - k * sigma)
    below = _accumulated(target - k * sigma - values)
    beyond = np.flatnonzero((above > h * sigma) | (below > h * sigma))
    return Cusum(above, below, h * sigma, int(beyond[0]) if len(beyond) else None)


def _accumulated(excess: np.ndarray) -> np.ndarray:
    """Running sum that never falls below zero."""
    total = np.cumsum(excess)
    return total - np.minimum(np.minimum.accumulate(total), 0)


def _positive(sigma: float) -> None:
    if not sigma > 0:
        raise CxError("values-between", column="sigma", found=sigma, low=0, high="∞")


def ewma(x: ArrayLike, *, target: float, sigma: float, weight: float = 0.2, width: float = 2.962) -> Ewma:
    """Return the EWMA chart of numbers in the order of time.

    Parameters
    ----------
    x
        One number a period, shape (n,).
    target, sigma
        Where the process should be and its standard deviation when it is in order.
    weight
        Weight of the newest number (λ), above 0 up to 1.
    width
        Width of the limits (L), in standard deviations; 2.962 with λ = 0.2 gives a false alarm every 500 points.

    Raises
    ------
    CxError
        If there is no number, or `sigma` or `weight` is out of range.

    Notes
    -----
    Roberts (1959); Montgomery, section 9.2, with limits exact from the first point.

    Examples
    --------
    >>> ewma([10, 12, 12, 12, 12], target=10, sigma=1, weight=0.4).signals
    (3, 4)
    """
    values = numbers(x, name="x")
    _positive(sigma)
    between(weight, 0, 1 + 1e-12, name="weight")
    z = np.array(list(accumulate(values, lambda mean, new: mean + weight * (new - mean), initial=target))[1:])
    spread = np.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * np.arange(1, len(values) + 1))))
    low, high = target - width * sigma * spread, target + width * sigma * spread
    return Ewma(z, low, high, tuple(int(place) for place in np.flatnonzero((z > high) | (z < low))))
