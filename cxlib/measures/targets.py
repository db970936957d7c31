"""Can this goal be tested at all? How many answers it takes to see a change, and which change n answers can see.

A goal of two points is not testable with a hundred answers a quarter: noise alone moves the score by fifteen. Power is
the chance to see a change that is really there; the minimum detectable change is the smallest that is seen with it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from cxlib.errors import CxError
from cxlib.measures.given import between, option
from cxlib.measures.shares import normal_quantile

KINDS = ("share", "nps", "mean")


@dataclass(frozen=True)
class SampleSize:
    """The n of each of two groups, as computed and as whole answers."""

    exact: float
    per_group: int


def means_sample_size(effect: float, *, level: float = 0.95, power: float = 0.8) -> SampleSize:
    """Return how many answers each of two groups needs for a t test of two means.

    Parameters
    ----------
    effect
        Difference of the means in standard deviations (Cohen's d), not 0.
    level
        1 minus the two-sided error.
    power
        Chance to see the difference.

    Raises
    ------
    CxError
        If the effect is 0 or a share is out of range.

    Notes
    -----
    Cohen (1988), Statistical Power Analysis; by `statsmodels.stats.power`.

    Examples
    --------
    >>> means_sample_size(0.5).per_group
    64
    """
    from statsmodels.stats.power import TTestIndPower

    between(level, 0, 1, name="level")
    between(power, 1 - level, 1, name="power")
    if effect == 0:
        raise CxError("effect-zero")
    exact = TTestIndPower().solve_power(effect_size=abs(effect), alpha=1 - level, power=power, ratio=1)
    exact = float(exact[0]) if hasattr(exact, "__len__") else float(exact)
    return SampleSize(exact, math.ceil(exact - 1e-9))


def shares_sample_size(p1: float, *, p2: float, level: float = 0.95, power: float = 0.8) -> SampleSize:
    """Return how many answers each of two groups needs to tell two shares apart.

    Parameters
    ----------
    p1, p2
        The two shares, 0 to 1, not equal.
    level, power
        As in `means_sample_size`.

    Raises
    ------
    CxError
        If the shares are equal or out of range.

    Notes
    -----
    Normal approximation with the pooled variance under no difference: Fleiss, Statistical Methods for Rates and
    Proportions, without continuity correction.

    Examples
    --------
    >>> shares_sample_size(0.5, p2=0.75, power=0.9).per_group
    77
    """
    for name, share in (("p1", p1), ("p2", p2)):
        between(share, -1e-12, 1 + 1e-12, name=name)
    between(power, 1 - level, 1, name="power")
    if p1 == p2:
        raise CxError("effect-zero")
    pooled = (p1 + p2) / 2
    root = normal_quantile(level) * math.sqrt(2 * pooled * (1 - pooled))
    root += NormalDist().inv_cdf(power) * math.sqrt(p1 * (1 - p1) + p2 * (1 - p2))
    exact = (root / (p1 - p2)) ** 2
    return SampleSize(exact, math.ceil(exact - 1e-9))


def detectable_change(
    n: float, *, baseline_n: float | None = None, variance: float, level: float = 0.95, power: float = 0.8
) -> float:
    """Return the smallest change between two samples that is seen with the wanted power, in the metric's unit.

    Parameters
    ----------
    n
        Answers of the later sample.
    baseline_n
        Answers of the baseline; None: as many; infinity: a fixed number, not a sample.
    variance
        Variance of one answer: p(1 − p) of a share, promoters + detractors − (their difference)² of NPS in shares.
    level, power
        As in `means_sample_size`.

    Raises
    ------
    CxError
        If an n is not positive.

    Notes
    -----
    (z of the level + z of the power) × √(variance/n + variance/baseline n).

    Examples
    --------
    >>> round(detectable_change(100, variance=0.25), 3)
    0.198
    """
    before = n if baseline_n is None else baseline_n
    if not (n > 0 and before > 0):
        raise CxError("values-between", column="n", found=min(n, before), low=0, high="∞")
    reach = normal_quantile(level) + NormalDist().inv_cdf(between(power, 0, 1, name="power"))
    return reach * math.sqrt(variance / n + variance / before)


@dataclass(frozen=True)
class Provable:
    """Whether a goal can be tested with the answers to be expected.

    Attributes
    ----------
    verdict
        ``testable``, ``needs-n`` (with `needs` answers it would be) or ``not-testable`` (no change is asked, or the
        n it takes is more than a hundred times what is expected).
    detectable
        Smallest change seen with the wanted power, in the metric's unit.
    change
        The change that the goal asks for.
    n
        Answers expected.
    needs
        Answers at the end that would do; None if none would.
    """

    verdict: str
    detectable: float
    change: float
    n: int
    needs: int | None


def provable(
    change: float, *, n: int, variance: float, baseline_n: float | None = None, level: float = 0.95, power: float = 0.8
) -> Provable:
    """Return whether `n` answers can show that a goal was reached.

    Parameters
    ----------
    change
        Target minus baseline, in the metric's unit.
    n, variance, baseline_n, level, power
        As in `detectable_change`.

    Examples
    --------
    >>> provable(0.05, n=100, variance=0.25).verdict, provable(0.05, n=100, variance=0.25).needs
    ('needs-n', 1570)
    """
    detectable = detectable_change(n, baseline_n=baseline_n, variance=variance, level=level, power=power)
    needs = _needed(abs(change), variance, baseline_n, level, power)
    if needs is None or needs > 100 * n:
        return Provable("not-testable", detectable, change, n, needs)
    return Provable("testable" if n >= needs else "needs-n", detectable, change, n, needs)


def _needed(change: float, variance: float, baseline_n: float | None, level: float, power: float) -> int | None:
    """Answers of the later sample that make `change` detectable."""
    if change == 0:
        return None
    one = detectable_change(1, baseline_n=math.inf, variance=variance, level=level, power=power) ** 2 / change**2
    if baseline_n is None:
        return max(2, math.ceil(2 * one - 1e-9))
    left = 1 - one / baseline_n
    return max(2, math.ceil(one / left - 1e-9)) if left > 0 else None


def answer_variance(kind: str, *, value: float, spread: float | None = None) -> float:
    """Return the variance of one answer of a metric.

    Parameters
    ----------
    kind
        ``share``, ``nps`` (value in shares, −1 to 1) or ``mean``.
    value
        The metric's value.
    spread
        For ``nps`` the share of promoters and detractors together (default two thirds, a usual survey); for ``mean``
        the standard deviation.

    Raises
    ------
    CxError
        If the kind is unknown or a mean comes without its standard deviation.

    Examples
    --------
    >>> answer_variance("share", value=0.8), answer_variance("nps", value=0.3, spread=0.7)
    (0.16, 0.61)
    """
    option(kind, KINDS, name="kind")
    if kind == "mean":
        if spread is None:
            raise CxError("spread-missing", column=kind)
        return spread**2
    if kind == "share":
        return round(value * (1 - value), 12)
    return round(max(abs(value), 2 / 3 if spread is None else spread) - value**2, 12)
