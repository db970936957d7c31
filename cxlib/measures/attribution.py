"""What each step of the way is worth: how many conversions would be lost if it were taken away.

Paths become a Markov chain from the start through the steps to conversion or loss. The removal effect of a step is
the share of conversions that disappear when every visit to it ends the path. It is association, not cause: a step
that only loyal customers visit looks indispensable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.errors import CxError
from cxlib.measures.given import aligned


@dataclass(frozen=True)
class Removal:
    """Removal effects of the steps.

    Attributes
    ----------
    conversion_rate
        Share of paths that convert, as the chain has it.
    effect
        Step → share of conversions lost without it, 0 to 1.
    share
        Step → its part of all removal effects; sums to 1 (0 everywhere if nothing converts).
    """

    conversion_rate: float
    effect: dict[str, float]
    share: dict[str, float]


def removal_effects(
    paths: Sequence[Sequence[str]], *, conversions: ArrayLike, losses: ArrayLike | None = None
) -> Removal:
    """Return how much each step matters for conversion, by removing it from the chain of first order.

    Parameters
    ----------
    paths
        One row a path: its steps in order, shape (n,).
    conversions, losses
        How often each path ended in a conversion and in none, shape (n,). Without `losses` every path converts.

    Raises
    ------
    CxError
        If there is no path, or the counts are not as many as the paths.

    Notes
    -----
    Anderl, Becker, von Wangenheim and Schumann (2016), International Journal of Research in Marketing 33. Absorption
    probabilities by one linear system a step, not by simulation.

    Examples
    --------
    >>> chain = removal_effects([["a", "b"], ["a"]], conversions=[1, 0], losses=[0, 1])
    >>> round(chain.conversion_rate, 9), chain.effect
    (0.5, {'a': 1.0, 'b': 1.0})
    """
    won = np.nan_to_num(aligned(conversions, name="conversions", length=len(paths)))
    lost = np.zeros(len(paths)) if losses is None else np.nan_to_num(aligned(losses, name="losses", length=len(paths)))
    names, moves = _moves(paths, won, lost)
    rate = _converts(moves, None)
    effect = {name: _lost(moves, place, rate) for place, name in enumerate(names)}
    total = sum(effect.values())
    return Removal(rate, effect, {name: value / total if total else 0.0 for name, value in effect.items()})


def _moves(paths: Sequence[Sequence[str]], won: np.ndarray, lost: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Step names and the row-stochastic matrix over them, then start, won and lost."""
    rows = [(number, str(step)) for number, path in enumerate(paths) for step in path]
    if not rows:
        raise CxError("values-few", column="paths", found=0, expected=1)
    visits = pd.DataFrame(rows, columns=["path", "step"])
    codes, names = pd.factorize(visits["step"], sort=True)
    size = len(names)
    weight = (won + lost)[visits["path"]]
    is_last = visits["path"].ne(visits["path"].shift(-1)).to_numpy()
    is_first = visits["path"].ne(visits["path"].shift(1)).to_numpy()
    counts = np.zeros((size + 3, size + 3))
    np.add.at(counts, (codes[:-1][~is_last[:-1]], codes[1:][~is_last[:-1]]), weight[:-1][~is_last[:-1]])
    np.add.at(counts, (np.full(is_first.sum(), size), codes[is_first]), weight[is_first])
    np.add.at(counts, (codes[is_last], np.full(is_last.sum(), size + 1)), won[visits["path"][is_last]])
    np.add.at(counts, (codes[is_last], np.full(is_last.sum(), size + 2)), lost[visits["path"][is_last]])
    total = counts.sum(axis=1, keepdims=True)
    return list(names), np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)


def _converts(moves: np.ndarray, removed: int | None) -> float:
    """Probability of conversion from the start, every visit to the removed step ending the path."""
    inner = moves[:-2, :-2].copy()
    gain = moves[:-2, -2].copy()
    if removed is not None:
        inner[removed], gain[removed] = 0.0, 0.0
    np.fill_diagonal(inner, np.diag(inner) - 1)
    return float(np.linalg.lstsq(-inner, gain, rcond=None)[0][-1])


def _lost(moves: np.ndarray, place: int, rate: float) -> float:
    """Share of conversions lost without one step."""
    return round(1 - _converts(moves, place) / rate, 12) + 0.0 if rate > 0 else 0.0
