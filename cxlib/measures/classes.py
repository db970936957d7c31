"""Latent classes: groups of people who answer several questions alike, found from the answers alone.

Each person belongs to one class that nobody sees; in a class, answers to different questions are independent. How many
classes the data carry is told by the BIC: the smallest wins, and one class is an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.errors import CxError


@dataclass(frozen=True, eq=False)
class LatentClasses:
    """A fitted model.

    Attributes
    ----------
    shares
        Size of each class, ascending, adding up to 1.
    probabilities
        Column → frame of answer probabilities, one row a class, one column an answer.
    membership
        Probability of each class for each row of the data, shape (n, k).
    loglik, aic, bic
        Log-likelihood and criteria: smaller is better.
    npar
        Free parameters.
    n
        People.
    found_again
        Share of the starts that reached this log-likelihood; if few did, more starts may find a better one.
    """

    shares: tuple[float, ...]
    probabilities: dict[str, pd.DataFrame]
    membership: NDArray[np.float64]
    loglik: float
    aic: float
    bic: float
    npar: int
    n: int
    found_again: float


def latent_classes(
    frame: pd.DataFrame, *, k: int, columns: Sequence[str] = (), seed: int = 0, starts: int = 30
) -> LatentClasses:
    """Return the latent class model with `k` classes.

    Parameters
    ----------
    frame
        One person a row, one question a column, answers of any kind, each its own category. A missing answer is left
        out of the person's likelihood; people without any answer are left out.
    k
        How many classes, from 1.
    columns
        Questions to use; all if empty.
    seed
        Of the starts.
    starts
        How many random starts: the likelihood has many hills.

    Raises
    ------
    CxError
        If a column is missing, there is no answer, or `k` is below 1.

    Notes
    -----
    EM over distinct patterns of answers; Linzer & Lewis (2011), poLCA, Journal of Statistical Software 42(10).

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [1, 1, 2, 2] * 20, "b": [1, 1, 2, 2] * 20, "c": [1, 1, 2, 2] * 20})
    >>> latent_classes(frame, k=2).shares
    (0.5, 0.5)
    """
    names = list(columns) or list(frame.columns)
    coded, levels = _coded(frame, names, k)
    asked = (coded >= 0).any(axis=1)
    patterns, place, counts = np.unique(coded[asked], axis=0, return_inverse=True, return_counts=True)
    design = _design(patterns, levels)
    tries = [
        _climb(design, counts.astype(float), [len(level) for level in levels], k, np.random.default_rng([seed, start]))
        for start in range(starts if k > 1 else 1)
    ]
    loglik, shares, theta = max(tries, key=lambda found: found[0])
    again = float(np.mean([found[0] > loglik - 1e-3 for found in tries]))
    order = np.argsort(shares, kind="stable")
    shares, theta = shares[order], theta[order]
    membership = _membership(design, shares, theta)[place.ravel()]
    npar, n = (k - 1) + k * sum(len(level) - 1 for level in levels), int(counts.sum())
    tables = _tables(theta, names, levels)
    aic, bic = -2 * loglik + 2 * npar, -2 * loglik + npar * float(np.log(n))
    sizes = tuple(float(share) for share in shares)
    return LatentClasses(sizes, tables, membership, loglik, aic, bic, npar, n, again)


def _coded(frame: pd.DataFrame, names: Sequence[str], k: int) -> tuple[NDArray[np.int64], list[list[object]]]:
    """Answers as numbers from 0, missing ones −1, and the answers that they stand for."""
    missing = [name for name in names if name not in frame]
    if missing:
        raise CxError("frame-without-column", column=str(missing[0]), found=list(map(str, frame.columns)), near="")
    if k < 1:
        raise CxError("not-positive", column="k", found=k)
    pairs = [pd.factorize(frame[name], sort=True) for name in names]
    if not pairs or not all(len(level) for _, level in pairs):
        raise CxError("no-values")
    return np.column_stack([codes for codes, _ in pairs]).astype(np.int64), [list(level) for _, level in pairs]


def _design(patterns: NDArray[np.int64], levels: list[list[object]]) -> NDArray[np.float64]:
    """Zeros and ones: which answer each pattern gives to each question, all answers side by side."""
    blocks = [np.eye(len(level) + 1)[patterns[:, column]][:, :-1] for column, level in enumerate(levels)]
    return np.concatenate(blocks, axis=1)


def _climb(
    design: NDArray[np.float64], counts: NDArray[np.float64], sizes: list[int], k: int, rng: np.random.Generator
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Log-likelihood, class shares and answer probabilities that EM reaches from one start."""
    edges = np.cumsum([0, *sizes])
    question = np.repeat(np.arange(len(sizes)), sizes)
    theta = rng.gamma(1.0, 1.0, (k, edges[-1])) + 1e-3
    theta /= np.add.reduceat(theta, edges[:-1], axis=1)[:, question]
    shares, before = np.full(k, 1 / k), -np.inf
    for _ in range(5000):
        joint = _log_joint(design, shares, theta)
        top = joint.max(axis=1, keepdims=True)
        weight = np.exp(joint - top)
        each = weight.sum(axis=1, keepdims=True)
        loglik = float(counts @ (np.log(each) + top)[:, 0])
        if loglik - before < 1e-10 * max(1.0, abs(loglik)):
            break
        weight *= counts[:, None] / each
        shares, before = weight.sum(axis=0) / counts.sum(), loglik
        theta = weight.T @ design
        theta /= np.maximum(np.add.reduceat(theta, edges[:-1], axis=1), 1e-300)[:, question]
    return loglik, shares, theta


def _log_joint(
    design: NDArray[np.float64], shares: NDArray[np.float64], theta: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Logarithm of the probability of each pattern together with each class."""
    return np.asarray(design @ np.log(np.maximum(theta, 1e-300)).T + np.log(np.maximum(shares, 1e-300)))


def _membership(
    design: NDArray[np.float64], shares: NDArray[np.float64], theta: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Probability of each class for each pattern."""
    joint = _log_joint(design, shares, theta)
    weight = np.exp(joint - joint.max(axis=1, keepdims=True))
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def _tables(theta: NDArray[np.float64], names: Sequence[str], levels: list[list[object]]) -> dict[str, pd.DataFrame]:
    """Answer probabilities by question."""
    edges = np.cumsum([0, *(len(level) for level in levels)])
    spans = pairwise(edges.tolist())
    return {
        str(name): pd.DataFrame(theta[:, start:stop], columns=level)
        for name, level, (start, stop) in zip(names, levels, spans, strict=True)
    }
