"""Answers on a scale, made so that the truth is known.

An answer is a hidden normal value, rounded and cut to the scale. The share of every answer, and so every score, is
then a closed form: what a measure estimates from the sample can be held against what was planted.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

SCALES = {"nps": (0, 10, 2.3), "csat": (1, 5, 1.0), "ces": (1, 7, 1.5), "item": (1, 7, 1.3)}
"""First answer, last answer, spread of the hidden value."""


def answers(mean: np.ndarray, hidden: np.ndarray, *, scale: str) -> np.ndarray:
    """Return whole answers for hidden standard-normal values around each row's `mean`."""
    low, high, spread = SCALES[scale]
    return np.clip(np.floor(mean + spread * hidden + 0.5), low, high).astype(int)


def shares(mean: float, *, scale: str) -> dict[int, float]:
    """Return the true share of every answer around `mean`."""
    low, high, spread = SCALES[scale]
    normal = NormalDist(mean, spread)
    below = [0.0, *(normal.cdf(answer + 0.5) for answer in range(low, high)), 1.0]
    return {answer: below[k + 1] - below[k] for k, answer in enumerate(range(low, high + 1))}


def nps(mean: float) -> float:
    """Return the true Net Promoter Score around `mean`."""
    share = shares(mean, scale="nps")
    return 100 * (share[9] + share[10] - sum(share[answer] for answer in range(7)))


def top2(mean: float) -> float:
    """Return the true share of the two best of five satisfaction answers around `mean`."""
    share = shares(mean, scale="csat")
    return share[4] + share[5]


def average(mean: float, *, scale: str) -> float:
    """Return the true mean answer around `mean`: not `mean` itself, as the scale cuts the hidden value."""
    return sum(answer * share for answer, share in shares(mean, scale=scale).items())


def high(mean: float, *, scale: str, least: int) -> float:
    """Return the true share of answers of `least` or more."""
    return sum(share for answer, share in shares(mean, scale=scale).items() if answer >= least)
