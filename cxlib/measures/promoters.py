"""Promoters, passives and detractors: the Net Promoter Score from counts, and how sure it is.

Here the score is a share from −1 to +1, promoters minus detractors. Plain Wald intervals are kept only to show what
they get wrong: ten promoters out of ten would give an interval of no width. The adjusted Wald interval adds three
imagined answers before it looks, the score interval asks which true scores would make the observed one unsurprising.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from cxlib.errors import CxError
from cxlib.measures.answers import histogram
from cxlib.measures.shares import normal_quantile, two_sided_p

PSEUDO = (0.75, 1.5, 0.75)
"""Imagined promoters, passives and detractors of the adjusted Wald interval."""


@dataclass(frozen=True)
class Promoters:
    """How many promoters (9 or 10), passives (7 or 8) and detractors (0 to 6) answered; fractions if weighted.

    Examples
    --------
    >>> group = Promoters(30, 20, 10)
    >>> round(group.net, 3), round(group.variance, 3), round(group.se, 3)
    (0.333, 0.556, 0.096)
    """

    promoters: float
    passives: float
    detractors: float

    def __post_init__(self) -> None:
        if not min(self.promoters, self.passives, self.detractors) >= 0:
            raise CxError("not-a-count", found=[self.promoters, self.passives, self.detractors])

    @property
    def n(self) -> float:
        """Answers."""
        return self.promoters + self.passives + self.detractors

    @property
    def net(self) -> float:
        """Share of promoters minus share of detractors."""
        return (self.promoters - self.detractors) / self.n

    @property
    def variance(self) -> float:
        """Variance of one answer coded +1, 0, −1."""
        return max(0.0, (self.promoters + self.detractors) / self.n - self.net**2)

    @property
    def se(self) -> float:
        """Standard error of `net`."""
        return math.sqrt(self.variance / self.n)

    @property
    def adjusted(self) -> Promoters:
        """The counts with the imagined answers added."""
        return Promoters(self.promoters + PSEUDO[0], self.passives + PSEUDO[1], self.detractors + PSEUDO[2])


@dataclass(frozen=True)
class NetInterval:
    """A net share with its standard error and interval, clipped to ±1 and as computed."""

    net: float
    se: float
    low: float
    high: float
    low_raw: float
    high_raw: float


def promoters(scores: ArrayLike, *, counts: ArrayLike | None = None) -> Promoters:
    """Return how many of the 0–10 answers are promoters, passives and detractors.

    Raises
    ------
    CxError
        If an answer is not a whole number from 0 to 10.

    Examples
    --------
    >>> promoters([0, 7, 7, 9, 9, 9, None])
    Promoters(promoters=3.0, passives=2.0, detractors=1.0)
    """
    score, n = histogram(scores, counts=counts, instrument="nps")
    return Promoters(
        float(n[score >= 9].sum()), float(n[(score >= 7) & (score <= 8)].sum()), float(n[score <= 6].sum())
    )


def wald(group: Promoters, *, level: float = 0.95) -> NetInterval:
    """Return the net share with the plain Wald interval, to compare with; reports use `adjusted_wald`.

    At n = 10 it covers the truth 65 % of the time in bad cases instead of 95 %.

    Examples
    --------
    >>> round(wald(Promoters(162, 108, 54)).low, 4)
    0.2522
    """
    return _around(_answered(group), _answered(group), level=level)


def adjusted_wald(group: Promoters, *, level: float = 0.95) -> NetInterval:
    """Return the net share with the adjusted Wald interval: ¾, 1½ and ¾ answers are added before it is computed.

    `net` stays the observed share; `se` and bounds are those of the adjusted counts.

    Raises
    ------
    CxError
        If nobody answered.

    Notes
    -----
    Rocks (2016), Interval Estimation for the Net Promoter Score, The American Statistician 70(4):365–372.

    Examples
    --------
    >>> interval = adjusted_wald(Promoters(10, 0, 0))
    >>> round(interval.low, 4), interval.high, round(interval.high_raw, 4)
    (0.475, 1.0, 1.0634)
    """
    return _around(_answered(group), group.adjusted, level=level)


def _answered(group: Promoters) -> Promoters:
    """The same counts, refused if empty."""
    if not group.n:
        raise CxError("no-answers-counted")
    return group


def _around(group: Promoters, centre: Promoters, *, level: float) -> NetInterval:
    """Interval around the score of `centre`, for the observed `group`."""
    half = normal_quantile(level) * centre.se
    low, high = centre.net - half, centre.net + half
    return NetInterval(group.net, centre.se, max(-1.0, low), min(1.0, high), low, high)


def score_interval(group: Promoters, *, level: float = 0.95) -> tuple[float, float]:
    """Return the bounds of the score interval: all net shares that a two-sided score test would not reject.

    For each net share tried, the variance is that of the most likely mix with that net share. It never leaves ±1 and
    serves very small n.

    Raises
    ------
    CxError
        If nobody answered.

    Notes
    -----
    Tango (1998), Statistics in Medicine 17:891–908, the score interval of a difference of paired shares.

    Examples
    --------
    >>> low, high = score_interval(Promoters(30, 20, 10))
    >>> round(low, 3), round(high, 3)
    (0.132, 0.506)
    """
    z, net = normal_quantile(level), _answered(group).net
    low = -1.0 if net == -1 else _crossing(group, inside=net, outside=-1.0, z=z)
    high = 1.0 if net == 1 else _crossing(group, inside=net, outside=1.0, z=z)
    return low, high


def _crossing(group: Promoters, *, inside: float, outside: float, z: float) -> float:
    """The net share between `inside` and `outside` at which the score statistic reaches `z`, by bisection."""
    for _ in range(60):
        middle = (inside + outside) / 2
        if abs(_score(group, middle)) < z:
            inside = middle
        else:
            outside = middle
    return (inside + outside) / 2


def _score(group: Promoters, net: float) -> float:
    """Standard errors between the observed net share and `net`, under the most likely mix with that net share."""
    p, d, n = group.promoters, group.detractors, group.n
    linear = (2 * n - p + d) * net - p - d
    detractors = (math.sqrt(linear**2 + 8 * n * d * net * (1 - net)) - linear) / (4 * n)
    variance = 2 * detractors + net * (1 - net)
    return (p - d - n * net) / math.sqrt(n * variance) if variance > 0 else math.inf


@dataclass(frozen=True)
class NetDifference:
    """A difference of two net shares, first minus second.

    Attributes
    ----------
    difference
        Of the answers as observed.
    centre
        Of the answers that the interval is built on: with the imagined ones if it is an adjusted Wald interval.
    se, low, high
        Standard error of `centre` and its bounds, clipped to ±2.
    p_value
        Two-sided, of "no difference".
    """

    difference: float
    centre: float
    se: float
    low: float
    high: float
    p_value: float


def net_difference(a: Promoters, b: Promoters, *, test: str = "adjusted_wald", level: float = 0.95) -> NetDifference:
    """Return the difference of the net shares of two independent groups, `a` minus `b`.

    Parameters
    ----------
    test
        ``adjusted_wald``, or ``wald`` to compare with.

    Raises
    ------
    CxError
        If a group is empty or the test is another.

    Examples
    --------
    >>> result = net_difference(Promoters(500, 300, 200), Promoters(460, 310, 230), test="wald")
    >>> round(result.difference, 2), round(result.low, 5), round(result.p_value, 4)
    (0.07, 0.00079, 0.0475)
    """
    if test not in ("wald", "adjusted_wald"):
        raise CxError("no-such-method", found=test, expected=["adjusted_wald", "wald"])
    first, second = (group if test == "wald" else group.adjusted for group in (_answered(a), _answered(b)))
    centre, se = first.net - second.net, math.hypot(first.se, second.se)
    half = normal_quantile(level) * se
    p_value = two_sided_p(centre / se) if se else float(centre == 0)
    return NetDifference(a.net - b.net, centre, se, max(-2.0, centre - half), min(2.0, centre + half), p_value)


def sample_size(*, margin: float, variance: float = 2 / 3, level: float = 0.95) -> int:
    """Return how many answers bring the half-width of the adjusted Wald interval down to `margin`.

    Parameters
    ----------
    margin
        Half-width as a share: 0.1 is 10 points.
    variance
        Of one answer coded +1, 0, −1, at most 1; from `Promoters.variance` of earlier waves. The default is that of
        promoters, passives and detractors in equal parts.

    Raises
    ------
    CxError
        If `margin` or `variance` is not above 0.

    Notes
    -----
    n = z² s² / d² − 3, rounded up: the three imagined answers count. MeasuringU, Sample Size Estimation for NPS
    Confidence Intervals.

    Examples
    --------
    >>> sample_size(margin=0.1, variance=5 / 9)
    211
    """
    _positive(margin=margin, variance=variance)
    exact = normal_quantile(level) ** 2 * variance / margin**2 - sum(PSEUDO)
    return max(1, math.ceil(exact - 1e-9))


@dataclass(frozen=True)
class GroupSize:
    """Answers needed in each of two groups: as computed, and rounded up."""

    n_exact: float
    n_per_group: int


def two_sample_size(*, difference: float, variance_sum: float, power: float = 0.8, level: float = 0.95) -> GroupSize:
    """Return how many answers each of two groups needs to show a `difference` of net shares.

    Parameters
    ----------
    difference
        As a share: 0.1 is 10 points.
    variance_sum
        Variances of one answer in both groups, added.
    power
        How often a true difference of that size should be found.

    Raises
    ------
    CxError
        If a value is not above 0.

    Notes
    -----
    n = (z₁ + z₂)² · variance_sum / difference² − 3 in each group, z₁ for the level and z₂ for the power; the three
    imagined answers of the adjusted Wald interval count. MeasuringU, Sample Sizes for Comparing Net Promoter Scores.

    Examples
    --------
    >>> two_sample_size(difference=0.1, variance_sum=4 / 3, power=0.8).n_per_group
    1044
    """
    _positive(difference=abs(difference), variance_sum=variance_sum, power=power, missed=1 - power)
    z = normal_quantile(level) + NormalDist().inv_cdf(power)
    exact = z**2 * variance_sum / difference**2 - sum(PSEUDO)
    return GroupSize(exact, max(1, math.ceil(exact - 1e-9)))


def _positive(**values: float) -> None:
    """Refuse sizes that are not above 0."""
    for name, value in values.items():
        if not (value > 0 and np.isfinite(value)):
            raise CxError("not-positive", column=name, found=value)
