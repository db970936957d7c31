"""Clients or branches side by side: each value beside one that is drawn towards the mean of all.

A client with few answers lands at the top or the bottom of a list by luck. Drawing each value towards the mean, the
more the less it is worth, gives the list that would err least if everybody were asked again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

from cxlib.measures.estimate import Estimate

FEWEST = 3


@dataclass(frozen=True)
class Shrunk:
    """Estimates of one metric for several clients.

    Attributes
    ----------
    mean
        The mean of all clients, each weighted by what its value is worth.
    spread
        Standard deviation of the true values between clients.
    luck
        Share of the differences between the values that is noise, 0 to 1.
    estimates
        The values drawn to the mean, in the order given, with their intervals.
    """

    mean: float
    spread: float
    luck: float
    estimates: list[Estimate]


def shrunk(estimates: Sequence[Estimate]) -> Shrunk:
    """Return the estimates drawn towards their mean.

    A client's own value stays as it was measured; this is the better guess of what a new survey would find. It
    supposes that the clients are comparable: the same question, scale and way of asking.

    Parameters
    ----------
    estimates
        At least three, each with an interval and a value.

    Notes
    -----
    Normal-normal empirical Bayes. The variance between clients is estimated by moments: DerSimonian, Laird (1986),
    Meta-analysis in clinical trials, Controlled Clinical Trials 7(3). The interval leaves out that it is estimated.

    Examples
    --------
    >>> three = [Estimate(value, value - 2, value + 2, n=100) for value in (0, 10, 20)]
    >>> [round(one.value, 1) for one in shrunk(three).estimates]
    [0.1, 10.0, 19.9]
    >>> noise = [Estimate(value, value - 40, value + 40, n=5) for value in (0, 10, 20)]
    >>> [round(one.value, 1) for one in shrunk(noise).estimates]
    [10.0, 10.0, 10.0]
    """
    variances = [_error(one) ** 2 for one in estimates]
    values = [one.value for one in estimates]
    between = _between(values, variances)
    weights = [1 / (between + variance) for variance in variances]
    mean = math.fsum(map(math.prod, zip(weights, values, strict=True))) / math.fsum(weights)
    kept = [between / (between + variance) for variance in variances]
    drawn = [_drawn(one, mean, keep) for one, keep in zip(estimates, kept, strict=True)]
    return Shrunk(mean, math.sqrt(between), 1 - math.fsum(kept) / len(kept), drawn)


def _drawn(one: Estimate, mean: float, keep: float) -> Estimate:
    """One estimate, of whose distance from the mean a share is kept."""
    value = mean + keep * (one.value - mean)
    reach = NormalDist().inv_cdf((1 + one.level) / 2) * _error(one) * math.sqrt(keep)
    return replace(one, value=value, low=value - reach, high=value + reach, method="shrinkage")


def _between(values: list[float], variances: list[float]) -> float:
    """Variance of the true values: what the values vary beyond their noise, never below zero."""
    weights = [1 / variance for variance in variances]
    total = math.fsum(weights)
    mean = math.fsum(map(math.prod, zip(weights, values, strict=True))) / total
    excess = math.fsum(weight * (value - mean) ** 2 for weight, value in zip(weights, values, strict=True))
    scale = total - math.fsum(weight**2 for weight in weights) / total
    return max(0.0, (excess - (len(values) - 1)) / scale)


def _error(one: Estimate) -> float:
    """Standard error as its interval tells it."""
    return (one.high - one.low) / 2 / NormalDist().inv_cdf((1 + one.level) / 2)


def is_comparable(one: Estimate) -> bool:
    """Tell whether an estimate has what shrinkage needs: a value and an interval of some width."""
    return one.value is not None and one.low is not None and one.high is not None and one.high > one.low
