"""Control charts: is this month unusual, or is it the usual noise?

A process that only wobbles stays within three standard errors of its mean; those limits come from how much one point
differs from the next, so that a real shift does not hide itself by widening them. Single numbers take an XmR chart,
shares a p chart, shares of many answers Laney's p′ chart, because with thousands of answers a month the binomial
limits are far too narrow: the mix of customers changes too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxlib.errors import CxError
from cxlib.measures.given import aligned, numbers

_D2 = 1.128
_D4 = 3.267


@dataclass(frozen=True)
class Chart:
    """A control chart.

    Attributes
    ----------
    kind
        ``xmr``, ``p`` or ``p-prime``.
    values
        What is drawn, shape (n,): numbers, or shares 0 to 1.
    center
        Mean of the base points.
    low, high
        Control limits of each point, shape (n,).
    sigma
        Standard deviation behind the limits of an XmR chart; of a p′ chart the ratio by which the limits differ from
        binomial ones (1 for a p chart). Below 1 the limits are narrower than chance allows: doubt the counts.
    moving_range, moving_high
        Mean of the moving ranges and their upper limit (XmR only, else None).
    out
        Positions of the points outside the limits, from 0.
    """

    kind: str
    values: np.ndarray
    center: float
    low: np.ndarray
    high: np.ndarray
    sigma: float
    moving_range: float | None
    moving_high: float | None
    out: tuple[int, ...]


def base_points(length: int, *, baseline: int | Sequence[int] | None, exclude: Sequence[int] = ()) -> np.ndarray:
    """Return which of `length` points the limits are computed from, shape (length,).

    Parameters
    ----------
    length
        How many points there are.
    baseline
        The first so many points, or their positions from 0; None: all.
    exclude
        Positions from 0 that have a known cause and are left out.

    Raises
    ------
    CxError
        If fewer than two points are left.

    Examples
    --------
    >>> base_points(4, baseline=3, exclude=[1]).tolist()
    [True, False, True, False]
    """
    base = np.zeros(length, dtype=bool)
    base[slice(None) if baseline is None else slice(baseline) if isinstance(baseline, int) else list(baseline)] = True
    base[list(exclude)] = False
    if base.sum() < 2:
        raise CxError("values-few", column="baseline", found=int(base.sum()), expected=2)
    return base


def xmr(
    x: ArrayLike,
    *,
    baseline: int | Sequence[int] | None = None,
    exclude: Sequence[int] = (),
    screen_moving_ranges: bool = False,
) -> Chart:
    """Return the XmR chart (individuals and moving range) of single numbers in the order of time.

    Limits are the mean ± 3 times the mean moving range / 1.128. With fewer than about 12 points they are themselves
    uncertain; points that depend on each other (a rolling average) look calmer than they are and raise false alarms.

    Parameters
    ----------
    x
        One number a period, in order, shape (n,); no missing ones.
    baseline
        Points from which the limits are computed: the first so many, or positions from 0; None: all.
    exclude
        Positions from 0 with a known cause, left out of the limits.
    screen_moving_ranges
        Leave out moving ranges above 3.267 times their mean, once (Nelson 1982): a stated option, not a default.

    Raises
    ------
    CxError
        If there are fewer than two points.

    Notes
    -----
    Montgomery, Introduction to Statistical Quality Control, section 6.4; Wheeler, Understanding Variation.

    Examples
    --------
    >>> chart = xmr([10, 12, 11, 13, 12, 30])
    >>> round(chart.center, 2), chart.out
    (14.67, (5,))
    """
    values = numbers(x, name="x", least=2)
    base = base_points(len(values), baseline=baseline, exclude=exclude)
    center = float(values[base].mean())
    ranges = _moving_range(values[base], screen_moving_ranges)
    sigma = ranges / _D2
    low, high = np.full(len(values), center - 3 * sigma), np.full(len(values), center + 3 * sigma)
    return Chart("xmr", values, center, low, high, sigma, ranges, _D4 * ranges, _outside(values, low, high))


def _moving_range(values: np.ndarray, screen: bool) -> float:
    """Mean of the moving ranges, after one screening of large ones if asked for."""
    ranges = np.abs(np.diff(values))
    kept = ranges[ranges < _D4 * ranges.mean()] if screen else ranges
    return float(kept.mean()) if len(kept) else 0.0


def _outside(values: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[int, ...]:
    """Positions of the values beyond their limits."""
    return tuple(int(place) for place in np.flatnonzero((values > high) | (values < low)))


def p_chart(
    count: ArrayLike,
    *,
    size: ArrayLike,
    prime: bool = False,
    baseline: int | Sequence[int] | None = None,
    exclude: Sequence[int] = (),
    screen_moving_ranges: bool = False,
) -> Chart:
    """Return the control chart of a share: the p chart, or Laney's p′ chart.

    The p chart takes chance alone for the cause of all wobble. With large samples that is never true, and every month
    looks special: then `prime` scales the limits by how much the months really differ.

    Parameters
    ----------
    count, size
        Answers that count and all answers of each period, shape (n,).
    prime
        Whether to scale the limits (Laney's p′).
    baseline, exclude, screen_moving_ranges
        As in `xmr`; screening concerns p′ only.

    Raises
    ------
    CxError
        If the two differ in length, a size is not positive, or fewer than two points are left.

    Notes
    -----
    Montgomery, section 7.2; Laney (2002), Improved control charts for attributes, Quality Engineering 14(4).

    Examples
    --------
    >>> p_chart([12, 15, 30], size=[50, 50, 50]).out
    (2,)
    """
    counts = numbers(count, name="count", least=2)
    sizes = aligned(size, name="size", length=len(counts))
    if not (sizes > 0).all():
        raise CxError("values-between", column="size", found=float(np.nanmin(sizes)), low=0, high="∞")
    base = base_points(len(counts), baseline=baseline, exclude=exclude)
    center = float(counts[base].sum() / sizes[base].sum())
    values, se = counts / sizes, np.sqrt(center * (1 - center) / sizes)
    ratio = 1.0
    if prime and center * (1 - center) > 0:
        ratio = _moving_range(((values - center) / se)[base], screen_moving_ranges) / _D2
    low, high = np.clip(center - 3 * ratio * se, 0, 1), np.clip(center + 3 * ratio * se, 0, 1)
    kind = "p-prime" if prime else "p"
    return Chart(kind, values, center, low, high, ratio, None, None, _outside(values, low, high))


@dataclass(frozen=True)
class Choice:
    """Which chart suits a metric, and why.

    Attributes
    ----------
    kind
        ``xmr``, ``p``, ``p-prime`` or ``none`` (too few points).
    reason
        Catalogue key ``reason.<reason>``.
    """

    kind: str
    reason: str


def right_chart(
    values: ArrayLike, *, size: ArrayLike | None = None, is_share: bool = False, min_points: int = 12
) -> Choice:
    """Return which control chart suits a metric.

    Parameters
    ----------
    values
        The metric by period, or for a share its counts, shape (n,).
    size
        Answers of each period, for a share.
    is_share
        Whether `values` are counts out of `size`.
    min_points
        Fewest periods from which limits are worth drawing.

    Notes
    -----
    A share with overdispersion takes p′: the variance of its standardised values exceeds what chance allows
    (chi-square test at 1 %). Where fewer than 5 of either answer are to be expected a period the p chart's normal
    limits are coarse, and the reason says so.

    Examples
    --------
    >>> right_chart([12, 15, 9] * 5, size=[50] * 15, is_share=True)
    Choice(kind='p', reason='chart-share')
    """
    series = numbers(values, name="values", least=0)
    if len(series) < min_points:
        return Choice("none", "chart-few-points")
    if not is_share or size is None:
        return Choice("xmr", "chart-single-numbers")
    if overdispersion_p(series, size=size) < 0.01:
        return Choice("p-prime", "chart-overdispersed")
    sizes = aligned(size, name="size", length=len(series))
    share = series.sum() / sizes.sum()
    rare = float(sizes.mean() * min(share, 1 - share)) < 5
    return Choice("p", "chart-rare" if rare else "chart-share")


def overdispersion_p(count: ArrayLike, *, size: ArrayLike) -> float:
    """Return the probability that chance alone makes shares differ this much between periods.

    Examples
    --------
    >>> overdispersion_p([100, 900], size=[1000, 1000]) < 0.001
    True
    """
    from scipy.special import chdtrc

    counts = numbers(count, name="count", least=2)
    sizes = aligned(size, name="size", length=len(counts))
    share = counts.sum() / sizes.sum()
    if share * (1 - share) == 0:
        return 1.0
    return float(chdtrc(len(counts) - 1, ((counts - sizes * share) ** 2 / (sizes * share * (1 - share))).sum()))
