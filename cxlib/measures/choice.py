"""Choosing with reasons: how much each criterion weighs, from comparisons in pairs.

Saaty's analytic hierarchy process asks only "which of the two matters more, and how much?", one to nine. The weights
are the main eigenvector of the answers; the consistency ratio says how far the answers contradict each other. Above
0.10 the weights are not to be used: the comparisons have to be talked over again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxlib.errors import CxError
from cxlib.measures.given import table

LARGEST_RATIO = 0.10
_RANDOM = (0.0, 0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)


@dataclass(frozen=True)
class Weights:
    """Weights from comparisons in pairs.

    Attributes
    ----------
    weights
        Name → weight; they sum to 1.
    eigenvalue
        The largest eigenvalue: equal to the number of names if no comparison contradicts another.
    index, ratio
        Consistency index and ratio (index over that of random answers).
    """

    weights: dict[str, float]
    eigenvalue: float
    index: float
    ratio: float

    @property
    def is_consistent(self) -> bool:
        """Whether the ratio is at most 0.10."""
        return self.ratio <= LARGEST_RATIO


def comparisons(names: Sequence[str], *, pairs: Sequence[tuple[str, str, float]]) -> np.ndarray:
    """Return the reciprocal matrix of comparisons in pairs, shape (n, n); 0 where a pair was not compared.

    Parameters
    ----------
    names
        What is compared.
    pairs
        (a, b, how many times a matters as much as b).

    Raises
    ------
    CxError
        If a name is unknown or a comparison is not positive.

    Examples
    --------
    >>> comparisons(["price", "service"], pairs=[("service", "price", 4)]).tolist()
    [[1.0, 0.25], [4.0, 1.0]]
    """
    matrix = np.eye(len(names))
    place = {name: number for number, name in enumerate(names)}
    for a, b, times in pairs:
        if a not in place or b not in place:
            raise CxError("values-column", column=str(b if a in place else a), found=list(map(str, names)))
        if not times > 0:
            raise CxError("values-between", column=f"{a} / {b}", found=times, low=0, high=10)
        matrix[place[a], place[b]], matrix[place[b], place[a]] = times, 1 / times
    return matrix


def ahp(names: Sequence[str], *, matrix: ArrayLike) -> Weights:
    """Return the weights of a matrix of comparisons and its consistency.

    Parameters
    ----------
    names
        What is compared, n of them.
    matrix
        How many times the row matters as much as the column, reciprocal, shape (n, n); 0 or missing: not compared.

    Raises
    ------
    CxError
        If the matrix is not square, not reciprocal, or leaves the names unconnected.

    Notes
    -----
    Saaty (1980); random indices 0.58, 0.90, 1.12, 1.24, 1.32 … for n = 3, 4, …
    Gaps are filled so that the whole contradicts itself least: Bozóki, Fülöp and Rónyai (2010); that makes the ratio
    lenient, the more so the more gaps there are (Ágoston and Csató 2022).
    The ratio is given, not judged: `Weights.is_consistent`, or `consistent` which refuses.

    Examples
    --------
    >>> ahp(["a", "b", "c"], matrix=[[1, 2, 4], [0.5, 1, 2], [0.25, 0.5, 1]]).ratio
    0.0
    """
    answers = np.nan_to_num(table(matrix, name="matrix"))
    size = len(names)
    if answers.shape != (size, size):
        raise CxError("values-length", column="matrix", found=list(answers.shape), expected=[size, size])
    both = (answers > 0) & (answers.T > 0)
    wrong = (
        np.argwhere((answers > 0) != (answers.T > 0)).tolist()
        + np.argwhere(both & (np.abs(answers * answers.T - 1) > 0.02)).tolist()
    )
    if wrong:
        i, j = wrong[0]
        raise CxError("ahp-not-reciprocal", found=[answers[i, j], answers[j, i]], column=f"{names[i]} / {names[j]}")
    linked = (both | np.eye(size, dtype=bool)).astype(float)
    if (np.linalg.matrix_power(linked, size) == 0).any():
        raise CxError("ahp-not-connected", found=list(map(str, names)))
    eigenvalue, weights = _main(_completed(np.where(both, answers, np.eye(size))))
    index = max(0.0, round((eigenvalue - size) / (size - 1), 12)) if size > 2 else 0.0
    ratio = index / _RANDOM[min(size, len(_RANDOM) - 1)] if size > 2 else 0.0
    return Weights(
        dict(zip(map(str, names), (weights / weights.sum()).tolist(), strict=True)), eigenvalue, index, ratio
    )


def _main(matrix: np.ndarray) -> tuple[float, np.ndarray]:
    """The largest eigenvalue and its vector, all positive."""
    values, vectors = np.linalg.eig(matrix)
    place = int(values.real.argmax())
    return float(values[place].real), np.abs(vectors[:, place].real)


def _completed(matrix: np.ndarray) -> np.ndarray:
    """The matrix with its zeros filled by the answers that make the largest eigenvalue smallest."""
    from scipy.optimize import minimize

    rows, columns = np.nonzero(np.triu(matrix == 0))
    if not len(rows):
        return matrix

    def filled(logs: np.ndarray) -> np.ndarray:
        whole = matrix.copy()
        whole[rows, columns], whole[columns, rows] = np.exp(logs), np.exp(-logs)
        return whole

    def value_and_slope(logs: np.ndarray) -> tuple[float, np.ndarray]:
        whole = filled(logs)
        (value, right), (_, left) = _main(whole), _main(whole.T)
        push = whole[rows, columns] * left[rows] * right[columns]
        pull = whole[columns, rows] * left[columns] * right[rows]
        return value, (push - pull) / (left @ right)

    best = minimize(value_and_slope, np.zeros(len(rows)), jac=True, method="BFGS", options={"gtol": 1e-9})
    return filled(best.x)


def consistent(weights: Weights, *, largest: float = LARGEST_RATIO) -> Weights:
    """Return the weights, if their comparisons do not contradict each other too much.

    Raises
    ------
    CxError
        If the consistency ratio is above `largest`.

    Examples
    --------
    >>> round(consistent(ahp(["a", "b"], matrix=[[1, 3], [1 / 3, 1]])).weights["a"], 2)
    0.75
    """
    if weights.ratio > largest:
        raise CxError("ahp-inconsistent", found=weights.ratio, expected=largest)
    return weights


def worst_triad(names: Sequence[str], *, matrix: ArrayLike) -> tuple[str, str, str]:
    """Return the three names whose comparisons contradict each other most: where to talk again.

    Examples
    --------
    >>> worst_triad(["a", "b", "c", "d"], matrix=[[1, 2, 4, 1], [.5, 1, 2, .5], [.25, .5, 1, 5], [1, 2, .2, 1]])
    ('a', 'c', 'd')
    """
    from itertools import combinations

    logs = np.log(np.where(table(matrix, name="matrix") > 0, table(matrix, name="matrix"), np.nan))
    loops = {(a, b, c): abs(logs[a, b] + logs[b, c] - logs[a, c]) for a, b, c in combinations(range(len(names)), 3)}
    worst = max(loops, key=lambda triad: -1.0 if np.isnan(loops[triad]) else round(loops[triad], 9))
    a, b, c = (str(names[place]) for place in worst)
    return a, b, c


def hierarchy(criteria: Mapping[str, float], *, alternatives: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return the overall weight of each alternative: its weight under each criterion times that criterion's.

    Parameters
    ----------
    criteria
        Criterion → weight, summing to 1.
    alternatives
        Criterion → (alternative → weight or positive measurement under it; scaled to sum to 1).

    Raises
    ------
    CxError
        If a criterion has no alternatives or they are not the same everywhere.

    Examples
    --------
    >>> hierarchy({"price": 0.75, "service": 0.25},
    ...           alternatives={"price": {"x": 0.2, "y": 0.8}, "service": {"x": 1.0, "y": 0.0}})
    {'x': 0.4, 'y': 0.6000000000000001}
    """
    missing = [name for name in criteria if name not in alternatives]
    if missing:
        raise CxError("values-column", column=missing[0], found=list(map(str, alternatives)))
    names = list(alternatives[next(iter(criteria))])
    for criterion in criteria:
        if set(alternatives[criterion]) != set(names):
            raise CxError(
                "values-length", column=criterion, found=list(map(str, alternatives[criterion])), expected=names
            )
    total = sum(criteria.values())
    sums = {key: sum(alternatives[key].values()) for key in criteria}
    parts = {key: weight / total / sums[key] for key, weight in criteria.items()}
    return {name: float(sum(part * alternatives[key][name] for key, part in parts.items())) for name in names}
