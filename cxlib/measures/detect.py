"""What change a survey of this size could tell from noise.

Two measurements of the same size differ by luck. A change smaller than the minimum detectable change will usually be
missed even when it is real, so a target closer than that cannot be tested with so few answers.
"""

from __future__ import annotations

import math

from cxlib.measures import shares, targets
from cxlib.measures.estimate import Estimate


def detectable_change(now: Estimate, *, power: float = 0.8) -> float | None:
    """Return the smallest change that a second measurement of the same size would show.

    It is a property of the number of answers, not of the client: a small survey cannot see small improvements.

    Parameters
    ----------
    now
        The first measurement; its interval gives the standard error.
    power
        Probability of seeing a change of this size, between 0 and 1.

    Returns
    -------
    In the unit of `now`; None where it has no interval.

    Notes
    -----
    (z₁₋α⸝₂ + z_power) · √2 · standard error: two independent measurements with the same error.
    Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, ch. 2.

    Examples
    --------
    >>> round(detectable_change(Estimate(30, 15, 45, n=100, unit="points")), 1)
    30.3
    """
    if now.low is None or now.high is None:
        return None
    error = (now.high - now.low) / (2 * shares.normal_quantile(now.level))
    return targets.detectable_change(now.n, variance=error**2 * now.n, level=now.level, power=power)


def needed_n(now: Estimate, *, change: float, power: float = 0.8) -> int | None:
    """Return how many answers each of two measurements needs to show a change.

    Parameters
    ----------
    now
        The measurement so far.
    change
        The change to be seen, in the unit of `now`, not zero.
    power
        Probability of seeing it.

    Examples
    --------
    >>> needed_n(Estimate(30, 15, 45, n=100, unit="points"), change=10)
    920
    """
    smallest = detectable_change(now, power=power)
    if smallest is None or change == 0:
        return None
    return math.ceil(now.n * (smallest / change) ** 2)
