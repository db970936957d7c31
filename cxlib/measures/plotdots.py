"""The NHS rules "Making Data Count": which points of a series are special, and will it meet its target?

Four signs are read off an XmR chart: a point outside the limits, seven points rising or falling, two of three near a
limit, seven on one side of the mean. Everything else is common cause: no story should be told about it. With about
24 points of pure noise some sign appears in every few charts, so a sign is a question, not yet an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxlib.measures.given import numbers, option

RULES = (
    "outside-high",
    "outside-low",
    "trend-up",
    "trend-down",
    "near-high",
    "near-low",
    "run-above",
    "run-below",
    "common",
)
DIRECTIONS = ("increase", "decrease", "neutral")
_LIMIT = 2.66


@dataclass(frozen=True)
class Dots:
    """A series with the sign of each point.

    Attributes
    ----------
    mean, low, high
        Mean and process limits.
    labels
        One of `RULES` a point, shape (n,); the gravest sign where several hold.
    """

    mean: float
    low: float
    high: float
    labels: tuple[str, ...]

    @property
    def special(self) -> tuple[int, ...]:
        """Positions of the points that are not common cause, from 0."""
        return tuple(place for place, label in enumerate(self.labels) if label != "common")


def dots(x: ArrayLike, *, fix_after: int | None = None, screen_moving_ranges: bool = True) -> Dots:
    """Return the series with its limits and the sign of each point.

    Parameters
    ----------
    x
        One number a period, in order, shape (n,).
    fix_after
        Compute mean and limits from the first so many points only.
    screen_moving_ranges
        Leave out moving ranges of 3.267 times their mean or more, once; the rules' own default.

    Raises
    ------
    CxError
        If there are fewer than two points.

    Notes
    -----
    NHS England, Making Data Count; limits are the mean ± 2.66 mean moving ranges, "near" is beyond two thirds of that.

    Examples
    --------
    >>> dots([5, 6, 5, 6, 5, 6, 30]).labels[-1]
    'outside-high'
    """
    values = numbers(x, name="x", least=2)
    base = values[:fix_after]
    ranges = np.abs(np.diff(base))
    if screen_moving_ranges and len(ranges) and (ranges < 3.267 * ranges.mean()).any():
        ranges = ranges[ranges < 3.267 * ranges.mean()]
    mean, width = float(base.mean()), _LIMIT * float(ranges.mean()) if len(ranges) else 0.0
    return Dots(mean, mean - width, mean + width, tuple(_labels(values, mean, width)))


def _labels(values: np.ndarray, mean: float, width: float) -> list[str]:
    """The gravest sign of each point."""
    side = np.sign(values - mean)
    outside = np.abs(values - mean) > width
    rising = _run(np.sign(np.diff(values, prepend=np.nan)), 6, before=1)
    near = _two_of_three(np.where(~outside & (np.abs(values - mean) > 2 * width / 3), 1, 0), side)
    same = _run(side, 7, before=0)
    labels = np.full(len(values), "common", dtype=object)
    for found, high, low in (
        (same != 0, "run-above", "run-below"),
        (near, "near-high", "near-low"),
        (outside, "outside-high", "outside-low"),
    ):
        if high == "outside-high":
            labels[rising > 0], labels[rising < 0] = "trend-up", "trend-down"
        labels[found & (side > 0)], labels[found & (side <= 0)] = high, low
    return labels.tolist()


def _run(signs: np.ndarray, length: int, *, before: int) -> np.ndarray:
    """Sign of the run of at least `length` equal signs that each point is part of, 0 where there is none."""
    found = np.zeros(len(signs))
    for end in range(length - 1, len(signs)):
        part = signs[end - length + 1 : end + 1]
        if part[0] != 0 and not np.isnan(part[0]) and (part == part[0]).all():
            found[end - length + 1 - before : end + 1] = part[0]
    return found


def _two_of_three(near: np.ndarray, side: np.ndarray) -> np.ndarray:
    """Which near points stand in a window of three on one side of the mean, two of them near a limit."""
    found = np.zeros(len(near), dtype=bool)
    for start in range(len(near) - 2):
        window = slice(start, start + 3)
        if near[window].sum() >= 2 and abs(side[window].sum()) == 3:
            found[window] |= near[window] == 1
    return found


def assurance(limits: Sequence[Sequence[float]], *, target: float, direction: str) -> list[str]:
    """Return for each pair of process limits whether the target will be met as things are.

    Parameters
    ----------
    limits
        Lower and upper process limit, shape (n, 2).
    target
        What should be reached.
    direction
        ``increase`` if more is better, ``decrease`` if less is; ``neutral``: no answer (an empty text).

    Returns
    -------
    list
        ``consistent_pass`` (even a bad period meets it), ``consistent_fail`` (even a good one misses it),
        ``inconsistent`` (luck decides), or an empty text.

    Raises
    ------
    CxError
        If the direction is unknown.

    Examples
    --------
    >>> assurance([[1, 3], [5, 7], [1, 5]], target=4, direction="increase")
    ['consistent_fail', 'consistent_pass', 'inconsistent']
    """
    option(direction, DIRECTIONS, name="direction")
    if direction == "neutral":
        return ["" for _ in limits]
    above, under = ("fail", "pass") if direction == "increase" else ("pass", "fail")
    return [
        f"consistent_{above}" if target > high else f"consistent_{under}" if target < low else "inconsistent"
        for low, high in limits
    ]
