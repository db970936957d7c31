"""What moves an outcome: how much of it each driver explains, three ways, and how sure the order is.

Correlation promotes passengers: a driver that merely travels with another looks as important as it. Regression
coefficients jump when drivers overlap. LMG (Shapley) shares what is explained fairly among drivers that overlap;
Johnson's weights come close to it where there are too many drivers for LMG. None of them proves that a change of the
driver changes the outcome.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.errors import CxError

MOST_LMG = 14
"""Drivers up to which all subsets are tried."""
_MOST_REDRAWN = 10


@dataclass(frozen=True)
class Importance:
    """How much of the outcome each driver explains.

    Attributes
    ----------
    r2
        Share of the outcome's variance that all drivers explain together.
    n
        Complete rows.
    correlation, beta
        Driver → correlation with the outcome; standardised regression coefficient.
    lmg
        Driver → its share of the variance by LMG; adds up to `r2`. None beyond 14 drivers.
    johnson
        Driver → its share by Johnson's weights; adds up to `r2`.
    pratt
        Driver → correlation times coefficient. It adds up to `r2` too but can be negative: never show it as a share.
    """

    r2: float
    n: int
    correlation: dict[str, float]
    beta: dict[str, float]
    lmg: dict[str, float] | None
    johnson: dict[str, float]
    pratt: dict[str, float]


def importance(
    frame: pd.DataFrame, *, outcome: str, drivers: Sequence[str] = (), weight: str | None = None
) -> Importance:
    """Return how much of an outcome each driver explains, by LMG, Johnson, Pratt, correlation and regression.

    Parameters
    ----------
    frame
        One answer a row. Rows with a missing value in the outcome or a driver are left out.
    outcome
        Column to explain, numbers.
    drivers
        Columns that may explain it, numbers; all others if empty (but the weight).
    weight
        Column of weights above 0; without it every row weighs 1.

    Raises
    ------
    CxError
        If a column is missing, a weight is not above 0, there are too few rows, or a column is constant or the exact
        sum of others.

    Notes
    -----
    LMG: Lindeman, Merenda & Gold (1980); Grömping (2006), relaimpo, Journal of Statistical Software 17(1).
    Johnson (2000), Multivariate Behavioral Research 35:1–19 (the weights of Genizi 1993). Pratt (1987).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> frame = pd.DataFrame(rng.normal(size=(500, 2)), columns=["speed", "price"])
    >>> frame["nps"] = 2 * frame["speed"] + frame["price"] + rng.normal(size=500)
    >>> found = importance(frame, outcome="nps")
    >>> found.lmg["speed"] > found.lmg["price"]
    True
    """
    names, matrix, weights, _ = _complete(frame, outcome, drivers, weight)
    between, with_outcome = _correlations(matrix, names, weights)
    beta = np.linalg.solve(between, with_outcome)
    lmg = _lmg(between, with_outcome) if len(names) <= MOST_LMG else None
    parts = (with_outcome, beta, lmg, _johnson(between, with_outcome), with_outcome * beta)
    correlation, betas, shapley, johnson, pratt = (_named(names, part) for part in parts)
    return Importance(
        float(with_outcome @ beta), len(matrix), correlation or {}, betas or {}, shapley, johnson or {}, pratt or {}
    )


def _named(names: Sequence[str], values: NDArray[np.float64] | None) -> dict[str, float] | None:
    """Values by driver."""
    return None if values is None else dict(zip(names, values.tolist(), strict=True))


def _complete(
    frame: pd.DataFrame, outcome: str, drivers: Sequence[str], weight: str | None = None, account: str | None = None
) -> tuple[list[str], NDArray[np.float64], NDArray[np.float64] | None, NDArray[np.int64] | None]:
    """Names of the drivers, the complete rows of outcome and drivers, their weights and numbers of accounts."""
    beside = [name for name in (weight, account) if name]
    names = list(drivers) or [name for name in frame.columns if name not in (outcome, *beside)]
    for name in [outcome, *names, *beside]:
        if name not in frame:
            raise CxError("frame-without-column", column=name, found=list(map(str, frame.columns)), near="")
    numbers = frame[[outcome, *names, *([weight] if weight else [])]].astype(float)
    kept = numbers.notna().all(axis=1)
    matrix = numbers[kept].to_numpy()
    if len(matrix) < len(names) + 2:
        raise CxError("too-few-rows", found=len(matrix), expected=len(names) + 2)
    weights = matrix[:, -1] if weight else None
    if weights is not None and not (weights > 0).all():
        raise CxError("weight-not-positive", row=int(np.flatnonzero(~(weights > 0))[0]) + 1)
    return names, matrix[:, : len(names) + 1], weights, _accounts(frame.loc[kept, account]) if account else None


def _accounts(account: pd.Series) -> NDArray[np.int64]:
    """The number of each row's account; a row without one is an account of its own."""
    code, known = pd.factorize(account)
    alone = code < 0
    return np.where(alone, len(known) + np.cumsum(alone) - 1, code)


def _whole(matrix: NDArray[np.float64], weights: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """Correlations of all columns with each other."""
    if weights is None:
        return np.corrcoef(matrix, rowvar=False)
    spread = np.cov(matrix, rowvar=False, aweights=weights)
    return spread / np.sqrt(np.outer(np.diag(spread), np.diag(spread)))


def _correlations(
    matrix: NDArray[np.float64], names: Sequence[str], weights: NDArray[np.float64] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Correlations of the drivers with each other and with the outcome; refuses columns that cannot be told apart."""
    spread = matrix.std(axis=0)
    constant = [name for name, size in zip(["", *names], spread, strict=True) if size < 1e-12]
    if constant:
        raise CxError("column-constant", found=constant)
    whole = _whole(matrix, weights)
    between, with_outcome = whole[1:, 1:], whole[1:, 0]
    if np.linalg.eigvalsh(between)[0] < 1e-10:
        raise CxError("columns-overlap", found=list(names))
    return between, with_outcome


def _lmg(between: NDArray[np.float64], with_outcome: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean gain of each driver over all orders of entering, from the variance that each subset explains."""
    p = len(with_outcome)
    r2 = _subset_r2(between, with_outcome)
    masks = np.arange(2**p)
    size = np.array([mask.bit_count() for mask in range(2**p)])
    weight = np.array([math.factorial(s) * math.factorial(p - s - 1) / math.factorial(p) for s in range(p)])
    without = [masks[masks >> driver & 1 == 0] for driver in range(p)]
    gains = [weight[size[m]] @ (r2[m | 1 << driver] - r2[m]) for driver, m in enumerate(without)]
    return np.array(gains)


def _subset_r2(between: NDArray[np.float64], with_outcome: NDArray[np.float64]) -> NDArray[np.float64]:
    """Explained variance of each subset of drivers; the subset is the bits of the place."""
    p = len(with_outcome)
    r2 = np.zeros(2**p)
    for size in range(1, p + 1):
        members = np.array(list(combinations(range(p), size)))
        inner, outer = between[members[:, :, None], members[:, None, :]], with_outcome[members]
        r2[(1 << members).sum(axis=1)] = (outer * np.linalg.solve(inner, outer[..., None])[..., 0]).sum(axis=1)
    return r2


def _johnson(between: NDArray[np.float64], with_outcome: NDArray[np.float64]) -> NDArray[np.float64]:
    """Johnson's relative weights, by way of the orthogonal columns nearest to the drivers."""
    values, vectors = np.linalg.eigh(between)
    root = vectors * np.sqrt(values) @ vectors.T
    return np.asarray(root**2 @ np.linalg.solve(root, with_outcome) ** 2)


def ranks(
    frame: pd.DataFrame,
    *,
    outcome: str,
    drivers: Sequence[str] = (),
    weight: str | None = None,
    account: str | None = None,
    level: float = 0.95,
    draws: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the importance and rank of each driver with the uncertainty of both.

    The order of drivers is what people act on, and often what the data cannot tell: a driver whose rank runs from 1
    to 4 is not "the most important".

    Parameters
    ----------
    frame, outcome, drivers, weight
        As in `importance`.
    account
        Column of the account whose respondents may answer alike: whole accounts are drawn again, not single rows.
    level
        Confidence level of the intervals.
    draws
        Bootstrap samples of rows, or of accounts.
    seed
        Of the samples.

    Returns
    -------
    pd.DataFrame
        One row a driver, most important first: ``driver``, ``value`` (share of variance by LMG, by Johnson's weights
        beyond 10 drivers), ``low``, ``high``, ``rank``, ``rank_low`` (best), ``rank_high`` (worst), ``first`` (share of
        the samples in which it came first), ``correlation``, ``beta``, ``n``, ``level``, ``method``.

    Raises
    ------
    CxError
        As in `importance`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> frame = pd.DataFrame(rng.normal(size=(500, 2)), columns=["price", "speed"])
    >>> frame["nps"] = 2 * frame["speed"] + frame["price"] + rng.normal(size=500)
    >>> ranks(frame, outcome="nps", draws=50)[["driver", "rank", "rank_low", "rank_high"]]
      driver  rank  rank_low  rank_high
    0  speed     1         1          1
    1  price     2         2          2
    """
    names, matrix, weights, accounts = _complete(frame, outcome, drivers, weight, account)
    found = importance(frame, outcome=outcome, drivers=names, weight=weight)
    method = "lmg" if len(names) <= _MOST_REDRAWN else "johnson"
    values = np.array(list(((found.lmg if method == "lmg" else found.johnson) or {}).values()))
    sampled = _redrawn(matrix, weights, accounts, method=method, draws=draws, seed=seed)
    tail = (1 - level) / 2
    low, high = np.quantile(sampled, [tail, 1 - tail], axis=0)
    places = (-sampled).argsort(axis=1).argsort(axis=1) + 1
    best, worst = np.quantile(places, [tail, 1 - tail], axis=0, method="inverted_cdf").astype(int)
    table = pd.DataFrame({"driver": names, "value": values, "low": np.minimum(low, values)})
    table["high"], table["rank"] = np.maximum(high, values), (-values).argsort().argsort() + 1
    table["rank_low"], table["rank_high"] = best, worst
    table["first"] = (places == 1).mean(axis=0)
    table["correlation"], table["beta"] = list(found.correlation.values()), list(found.beta.values())
    table["n"], table["level"], table["method"] = found.n, level, method
    return table.sort_values("rank", ignore_index=True)


def _redrawn(
    matrix: NDArray[np.float64],
    weights: NDArray[np.float64] | None,
    accounts: NDArray[np.int64] | None,
    *,
    method: str,
    draws: int,
    seed: int,
) -> NDArray[np.float64]:
    """Importance in samples drawn again, shape (draws, drivers); samples without spread are drawn anew."""
    rng, weigh = np.random.default_rng(seed), _lmg if method == "lmg" else _johnson
    rows = None if accounts is None else [np.flatnonzero(accounts == unit) for unit in range(accounts.max() + 1)]
    units, found = len(matrix) if rows is None else len(rows), []
    for _ in range(20 * draws):
        if len(found) == draws:
            break
        drawn = rng.integers(0, units, units)
        at = np.concatenate([rows[unit] for unit in drawn]) if rows else drawn
        sample = matrix[at]
        if (sample.std(axis=0) < 1e-12).any():
            continue
        whole = _whole(sample, None if weights is None else weights[at])
        if np.linalg.eigvalsh(whole[1:, 1:])[0] > 1e-10:
            found.append(weigh(whole[1:, 1:], whole[1:, 0]))
    if len(found) < draws:
        raise CxError("too-few-rows", found=len(matrix), expected=2 * matrix.shape[1])
    return np.array(found)
