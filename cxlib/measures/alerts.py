"""Alerts with a budget of false alarms, change points and seasons.

An alert that cries wolf is switched off. So each rule here is a test with a known error: in a series without any
change, at most the budget (5 %) of runs gives an alarm, however many KPIs are watched. Where the history is too short
to keep that promise there is no alarm but the n that would allow one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.measures.estimate import Difference
from cxlib.measures.given import aligned, numbers
from cxlib.measures.shares import false_discoveries

_LEAST = 8


def newest(x: ArrayLike, *, level: float = 0.95) -> Difference:
    """Return how far the newest point lies from what the history lets expect.

    The interval is that of the distance: it excludes 0 in 1 − `level` of all series in which nothing happened.

    Parameters
    ----------
    x
        One number a period, in order, the newest last, shape (n,); at least 9.

    Notes
    -----
    Prediction interval of one further value, Student's quantile with n − 2 degrees of freedom: exact for independent
    normal values.

    Examples
    --------
    >>> newest([50, 52, 49, 51, 50, 48, 51, 50, 49, 60]).low > 0
    True
    """
    from scipy.special import stdtr, stdtrit

    values = numbers(x, name="x", least=0)
    if len(values) <= _LEAST:
        return Difference(None, n=len(values), level=level, reason="history-short", needs=_LEAST + 1)
    past, gap = values[:-1], float(values[-1] - values[:-1].mean())
    se = float(past.std(ddof=1)) * math.sqrt(1 + 1 / len(past))
    if se == 0:
        return Difference(gap, n=len(values), level=level, reason="no-spread")
    half, df = float(stdtrit(len(past) - 1, (1 + level) / 2)) * se, len(past) - 1
    return Difference(
        gap,
        gap - half,
        gap + half,
        n=len(values),
        level=level,
        method="prediction",
        p_value=float(2 * stdtr(df, -abs(gap) / se)),
    )


def newest_share(count: ArrayLike, *, size: ArrayLike, level: float = 0.95) -> Difference:
    """Return how far the newest share lies from the history, chance and the usual wobble of the months allowed for.

    Parameters
    ----------
    count, size
        Answers that count and all answers of each period, the newest last, shape (n,).

    Notes
    -----
    Arcsine-transformed shares weighted by size; their spread is estimated and never below the binomial one, as in
    Laney's p′ chart; Student's quantile.

    Examples
    --------
    >>> newest_share([50, 52, 49, 51, 50, 48, 51, 50, 49, 80], size=[100] * 10).low > 0
    True
    """
    from scipy.special import stdtr, stdtrit

    counts = numbers(count, name="count", least=0)
    sizes = aligned(size, name="size", length=len(counts))
    n = len(counts)
    if n <= _LEAST:
        return Difference(None, n=n, level=level, unit="share", reason="history-short", needs=_LEAST + 1)
    angle = np.arcsin(np.sqrt((counts + 0.375) / (sizes + 0.75)))
    weight = 4 * (sizes + 0.5)
    centre = float(weight[:-1] @ angle[:-1] / weight[:-1].sum())
    spread = max(1.0, float(weight[:-1] @ (angle[:-1] - centre) ** 2) / (n - 2))
    se = math.sqrt(spread * (1 / weight[-1] + 1 / weight[:-1].sum()))
    df = n - 2
    half, at = float(stdtrit(df, (1 + level) / 2)) * se, float(angle[-1])
    ends = [math.sin(min(max(end, 0), math.pi / 2)) ** 2 for end in (centre - half, centre + half)]
    share, usual = float(counts[-1] / sizes[-1]), math.sin(centre) ** 2
    p_value = float(2 * stdtr(df, -abs(at - centre) / se))
    return Difference(
        share - usual,
        share - ends[1],
        share - ends[0],
        n=n,
        level=level,
        unit="share",
        method="prediction",
        p_value=p_value,
    )


def alerts(
    series: Mapping[str, ArrayLike], *, sizes: Mapping[str, ArrayLike] | None = None, budget: float = 0.05
) -> pd.DataFrame:
    """Return which KPIs give an alarm at their newest point, most surprising first.

    Columns: kpi, those of an estimate (the distance from what was expected), p_value, p_adjusted, is_alarm. If nothing
    happened anywhere, the chance of a single false alarm in the whole table is at most `budget`.

    Parameters
    ----------
    series
        KPI → numbers (or counts, where `sizes` has the KPI) by period, the newest last.
    sizes
        KPI → answers by period, for shares.
    budget
        Share of runs in which a false alarm is acceptable.

    Examples
    --------
    >>> calm, loud = [50, 52, 49, 51, 50, 48, 51, 50, 49, 51], [50, 52, 49, 51, 50, 48, 51, 50, 49, 70]
    >>> alerts({"calm": calm, "loud": loud})[["kpi", "is_alarm"]].values.tolist()
    [['loud', True], ['calm', False]]
    """
    given = sizes or {}
    found = {
        kpi: newest_share(values, size=given[kpi], level=1 - budget)
        if kpi in given
        else newest(values, level=1 - budget)
        for kpi, values in series.items()
    }
    control = false_discoveries([gap.p_value for gap in found.values()], rate=budget)
    rows = [
        {"kpi": kpi, **gap.row(), "p_adjusted": adjusted, "is_alarm": is_alarm}
        for (kpi, gap), adjusted, is_alarm in zip(found.items(), control.adjusted, control.rejected, strict=True)
    ]
    frame = pd.DataFrame(rows)
    return frame.sort_values("p_value", kind="stable").reset_index(drop=True) if rows else frame


@dataclass(frozen=True)
class Turn:
    """A change point: position of the first point after it (from 0), the jump between its two stretches, and whether
    it is beyond doubt (a fifth of the rate). The jump's interval does not allow for the search of the place."""

    at: int
    jump: Difference
    is_clear: bool


def turning_points(x: ArrayLike, *, rate: float = 0.05, least: int = 4, draws: int = 999, seed: int = 0) -> list[Turn]:
    """Return where the level of a series changed for good, in order of time.

    Parameters
    ----------
    x
        One number a period, in order, shape (n,).
    rate
        Chance of finding a point in a series without one.
    least
        Shortest stretch between two points.
    draws, seed
        Orders tried for the p-value, and their seed.

    Notes
    -----
    The largest two-sample t over all places, against the same in random orders of the series (exact if the values
    are exchangeable); then again within each part (binary segmentation). A trend is read as several steps.

    Examples
    --------
    >>> [turn.at for turn in turning_points([5, 6, 5, 6, 5, 6, 9, 10, 9, 10, 9, 10])]
    [6]
    """
    values = numbers(x, name="x", least=0)
    found = _places(values, 0, rate, least, draws, np.random.default_rng(seed))
    ends = [0, *(place for place, _ in found), len(values)]
    return [
        Turn(place, _jump(values[before:place], values[place:after], p_value, 1 - rate), p_value <= rate / 5)
        for before, (place, p_value), after in zip(ends, found, ends[2:], strict=False)
    ]


def _places(
    values: np.ndarray, start: int, rate: float, least: int, draws: int, rng: np.random.Generator
) -> list[tuple[int, float]]:
    """Change points of one part and of its parts, each with its p-value."""
    if len(values) < 2 * least or np.ptp(values) == 0:
        return []
    sizes = _steps(values[None, :], least)[0]
    place = int(sizes.argmax()) + least
    shuffled = rng.permuted(np.tile(values, (draws, 1)), axis=1)
    p_value = float((1 + (_steps(shuffled, least).max(axis=1) >= sizes.max() - 1e-12).sum()) / (draws + 1))
    if p_value > rate:
        return []
    left = _places(values[:place], start, rate, least, draws, rng)
    right = _places(values[place:], start + place, rate, least, draws, rng)
    return [*left, (start + place, p_value), *right]


def _steps(rows: np.ndarray, least: int) -> np.ndarray:
    """Squared t of the two means at each place, one row a series."""
    n = rows.shape[1]
    after = np.arange(least, n - least + 1)
    sums = np.cumsum(rows, axis=1)
    left, total = sums[:, after - 1], sums[:, -1:]
    gap = left / after - (total - left) / (n - after)
    between = gap**2 * after * (n - after) / n
    within = ((rows - rows.mean(axis=1, keepdims=True)) ** 2).sum(axis=1, keepdims=True) - between
    return between / np.maximum(within, 1e-12)


def _jump(before: np.ndarray, after: np.ndarray, p_value: float, level: float) -> Difference:
    """The jump between two stretches, with an interval."""
    from scipy.special import stdtrit

    n, value = len(before) + len(after), float(after.mean() - before.mean())
    se = math.sqrt(before.var(ddof=1) / len(before) + after.var(ddof=1) / len(after))
    half = float(stdtrit(n - 2, (1 + level) / 2)) * se
    return Difference(value, value - half, value + half, n=n, level=level, method="turning-point", p_value=p_value)


@dataclass(frozen=True)
class Season:
    """Whether a series has a season, and how strong.

    Attributes
    ----------
    p_value
        Probability of such differences between the seasons' parts if there were none; None if history is too short.
    effect
        Part of the year (month, quarter, ``nowruz`` …) → its distance from the mean of all, shrunk towards 0.
    reason
        Empty, or why nothing can be told.
    """

    p_value: float | None
    effect: dict[str, float]
    reason: str = ""


def season(x: ArrayLike, *, part: ArrayLike, draws: int = 999, seed: int = 0) -> Season:
    """Return whether the parts of the year differ: Jalali or Gregorian months, quarters, marked weeks.

    Parameters
    ----------
    x
        One number a period, shape (n,).
    part
        To which part of the year each period belongs, shape (n,). Each part must have been seen twice.

    Notes
    -----
    Share of the variance between parts, after a straight line is taken out, against random orders. Effects shrunk by
    1 − 1/F.

    Examples
    --------
    >>> season([1, 5, 1, 6, 1, 5, 2, 6], part=["a", "b"] * 4).p_value < 0.05
    True
    """
    values = numbers(x, name="x", least=0)
    codes, names = pd.factorize(np.asarray(part, dtype=object), sort=True)
    counts = np.bincount(codes, minlength=len(names))
    if len(values) != len(codes) or len(names) < 2 or counts.min() < 2:
        return Season(None, {}, "history-short")
    time = np.arange(len(values))
    left = values - np.polyval(np.polyfit(time, values, 1), time)
    rows = np.vstack([left, np.random.default_rng(seed).permuted(np.tile(left, (draws, 1)), axis=1)])
    means = np.stack([rows[:, codes == code].mean(axis=1) for code in range(len(names))], axis=1)
    between = ((means - rows.mean(axis=1, keepdims=True)) ** 2 * counts).sum(axis=1)
    total = float((left**2).sum())
    p_value = float((between >= between[0] - 1e-12).mean())
    ratio = between[0] / (len(names) - 1) / max((total - between[0]) / max(len(values) - len(names), 1), 1e-12)
    shrunk = means[0] * max(0.0, 1 - 1 / ratio) if ratio > 0 else means[0] * 0
    return Season(p_value, {str(name): float(effect) for name, effect in zip(names, shrunk, strict=True)})
