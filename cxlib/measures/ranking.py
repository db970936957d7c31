"""Ranking alternatives, and how sure the first place is.

TOPSIS ranks by the distance to the best and the worst thinkable alternative. SMAA turns the question round: of all
ways to weigh the criteria, what share puts this alternative first? A choice that wins under most weights needs no
quarrel about weights; one that wins under few should name the weights it rests on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxlib.errors import CxError
from cxlib.measures.given import aligned, option, table


def _checked(matrix: ArrayLike, weights: ArrayLike, types: Sequence[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values, weights summing to 1, and +1 or −1 for each criterion."""
    values = table(matrix, name="matrix")
    if np.isnan(values).any():
        raise CxError("values-missing", column="matrix", found=int(np.isnan(values).sum()))
    shares = aligned(weights, name="weights", length=values.shape[1])
    if not (shares >= 0).all() or shares.sum() <= 0:
        raise CxError("values-between", column="weights", found=float(shares.min()), low=0, high="∞")
    signs = [option(int(sign), (1, -1), name="types") for sign in types]
    return values, shares / shares.sum(), aligned(signs, name="types", length=values.shape[1])


@dataclass(frozen=True)
class Closeness:
    """TOPSIS: how close each alternative is to the best (1) rather than the worst (0), and its rank from 1."""

    score: tuple[float, ...]
    rank: tuple[int, ...]


def topsis(matrix: ArrayLike, *, weights: ArrayLike, types: Sequence[int]) -> Closeness:
    """Return the ranking of alternatives by TOPSIS.

    It lets a strength outweigh a weakness, so knock-out criteria belong before it. Adding an alternative can swap two
    others.

    Parameters
    ----------
    matrix
        One row an alternative, one column a criterion, shape (m, k).
    weights
        Of the criteria, shape (k,); scaled to sum to 1.
    types
        1 where more is better, −1 where less is, shape (k,).

    Raises
    ------
    CxError
        If shapes differ, a value is missing or a weight negative.

    Notes
    -----
    Hwang and Yoon (1981), with vector normalisation.

    Examples
    --------
    >>> topsis([[250, 6], [200, 7], [300, 8]], weights=[0.5, 0.5], types=[-1, 1]).rank
    (3, 1, 2)
    """
    values, shares, signs = _checked(matrix, weights, types)
    length = np.sqrt((values**2).sum(axis=0))
    scaled = values / np.where(length > 0, length, 1) * shares * signs
    best = np.sqrt(((scaled - scaled.max(axis=0)) ** 2).sum(axis=1))
    worst = np.sqrt(((scaled - scaled.min(axis=0)) ** 2).sum(axis=1))
    apart = best + worst
    score = np.where(apart > 0, worst / np.where(apart > 0, apart, 1), 0.5)
    return Closeness(tuple(score.tolist()), _ranks(score))


def _ranks(score: np.ndarray) -> tuple[int, ...]:
    """Rank from 1, best first; equal scores share the better rank."""
    rounded = np.round(score, 12)
    return tuple(int((rounded > own).sum()) + 1 for own in rounded)


def utilities(matrix: ArrayLike, *, types: Sequence[int]) -> np.ndarray:
    """Return each criterion scaled from 0 (worst there is) to 1 (best there is), shape (m, k).

    Examples
    --------
    >>> utilities([[250, 6], [200, 7], [300, 8]], types=[-1, 1]).tolist()
    [[0.5, 0.0], [1.0, 0.5], [0.0, 1.0]]
    """
    values, _, signs = _checked(matrix, np.ones(len(types)), types)
    good = values * signs
    width = np.ptp(good, axis=0)
    return (good - good.min(axis=0)) / np.where(width > 0, width, 1)


def weighted_sum(matrix: ArrayLike, *, weights: ArrayLike) -> np.ndarray:
    """Return the weighted sum of utilities of each alternative, shape (m,), weights scaled to sum to 1."""
    values, shares, _ = _checked(matrix, weights, np.ones(np.shape(matrix)[1], dtype=int))
    return values @ shares


@dataclass(frozen=True)
class Acceptability:
    """What share of all weights gives each alternative each rank.

    Attributes
    ----------
    rank
        Shape (m, m): row alternative, column rank from the first; rows and columns sum to 1.
    central
        For each alternative the mean of the weights that put it first, or None if none does.
    draws
        How many weights were tried.
    """

    rank: np.ndarray
    central: tuple[tuple[float, ...] | None, ...]
    draws: int

    @property
    def first(self) -> tuple[float, ...]:
        """P(rank 1) of each alternative."""
        return tuple(self.rank[:, 0].tolist())


def smaa(
    scores: ArrayLike, *, weights: ArrayLike | None = None, spread: float = 0.0, draws: int = 200_000, seed: int = 0
) -> Acceptability:
    """Return how often each alternative takes each rank when the weights are uncertain.

    Parameters
    ----------
    scores
        Utilities 0 to 1, one row an alternative, one column a criterion, shape (m, k).
    weights
        What the weights are thought to be, shape (k,); None: anything is possible (uniform over all weights).
    spread
        How uncertain given weights are: 0.2 makes a weight of 0.5 wander by about ±0.2; needs `weights`.
    draws, seed
        Weights tried, and the seed of the draw.

    Raises
    ------
    CxError
        If shapes differ or a value is missing.

    Notes
    -----
    Lahdelma, Hokkanen and Salminen (1998), European Journal of Operational Research 106: SMAA. Weights from a uniform
    or Dirichlet distribution; the simulation error of a share is at most 1/(2√draws), about 0.001.

    Examples
    --------
    >>> smaa([[1, 0], [0, 1], [0.6, 0.6]]).rank.round(2).tolist()
    [[0.4, 0.1, 0.5], [0.4, 0.1, 0.5], [0.2, 0.8, 0.0]]
    """
    values, shares, _ = _checked(
        scores, np.ones(np.shape(scores)[1]) if weights is None else weights, np.ones(np.shape(scores)[1], dtype=int)
    )
    rng = np.random.default_rng(seed)
    drawn = _drawn(rng, shares, None if weights is None else spread, draws)
    m = len(values)
    counts, sums = np.zeros((m, m)), np.zeros_like(values)
    for part in np.array_split(drawn, max(1, draws * m // 2_000_000)):
        order = np.argsort(-(part @ values.T), axis=1, kind="stable")
        for rank in range(m):
            counts[:, rank] += np.bincount(order[:, rank], minlength=m)
        np.add.at(sums, order[:, 0], part)
    central = tuple(
        tuple((row / wins).tolist()) if wins else None for row, wins in zip(sums, counts[:, 0], strict=True)
    )
    return Acceptability(counts / draws, central, draws)


def _drawn(rng: np.random.Generator, shares: np.ndarray, spread: float | None, draws: int) -> np.ndarray:
    """Weights on the simplex, shape (draws, k)."""
    if spread is None:
        return rng.dirichlet(np.ones(len(shares)), draws)
    if spread <= 0:
        return np.tile(shares, (draws, 1))
    strength = max(0.25 / spread**2 - 1, 0.5)
    return rng.dirichlet(np.maximum(shares * strength, 1e-3), draws)


@dataclass(frozen=True)
class Flip:
    """The smallest change of one weight that puts another alternative first.

    Attributes
    ----------
    criterion, rival
        Positions of the criterion and of the alternative that takes over.
    weight, at
        The criterion's weight now and where the first place changes, others scaled to keep the sum 1.
    """

    criterion: int
    rival: int
    weight: float
    at: float


def flips(scores: ArrayLike, *, weights: ArrayLike) -> list[Flip]:
    """Return for each criterion whether moving its weight alone flips the choice, smallest move first.

    Parameters
    ----------
    scores
        Utilities, shape (m, k).
    weights
        Weights now, shape (k,).

    Examples
    --------
    >>> [(flip.criterion, flip.rival, round(flip.at, 3)) for flip in flips([[1, 0], [0, 1]], weights=[0.7, 0.3])]
    [(0, 1, 0.5), (1, 1, 0.5)]
    """
    values, shares, _ = _checked(scores, weights, np.ones(np.shape(scores)[1], dtype=int))
    leader = int((values @ shares).argmax())
    found = [flip for place in range(len(shares)) if (flip := _flip(values, shares, leader, place))]
    return sorted(found, key=lambda flip: (abs(flip.at - flip.weight), flip.criterion))


def _flip(values: np.ndarray, shares: np.ndarray, leader: int, place: int) -> Flip | None:
    """The nearest weight of one criterion at which the leader is caught."""
    rest = shares.copy()
    rest[place] = 0.0
    others = (
        rest / rest.sum()
        if rest.sum() > 0
        else np.full(len(shares), 1 / max(1, len(shares) - 1)) * (np.arange(len(shares)) != place)
    )
    own, remaining = values[leader, place] - values[:, place], (values[leader] - values) @ others
    slope = own - remaining
    with np.errstate(divide="ignore", invalid="ignore"):
        at = np.where(np.abs(slope) > 1e-12, -remaining / slope, np.nan)
    at[leader] = np.nan
    at[(at < 0) | (at > 1)] = np.nan
    if np.isnan(at).all():
        return None
    rival = int(np.nanargmin(np.abs(at - shares[place])))
    return Flip(place, rival, float(shares[place]), float(at[rival]))
