"""What people remember of many moments: their average, or the peak and the end.

Whoever is asked for an overall judgement does not add up all moments. Experiments found that the most intense moment
and the last one say more than the average. Whether that holds for a client's customers is a question to their data:
how closely each summary of the moments goes along with the overall judgement that came after them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cxlib.errors import CxError
from cxlib.measures.estimate import Estimate, cannot_tell
from cxlib.measures.given import aligned
from cxlib.measures.passengers import correlation

SUMMARIES = ("first", "last", "worst", "peak", "peak_end", "mean")
LEAST = 30
"""People below which nothing is said: a correlation of five people is any number."""


def summaries(moments: pd.DataFrame, *, person: str, score: str, when: str, middle: float) -> pd.DataFrame:
    """Return one row a person who has at least two moments, index person: how the moments can be summed up.

    Columns first, last, worst, peak (furthest from the middle, of two such the worse), peak_end (mean of peak and
    last), mean, and n (moments).

    Parameters
    ----------
    moments
        One row a rated moment.
    person, score, when
        Columns; moments of one time keep the order of the rows.
    middle
        The neutral answer of the scale.

    Raises
    ------
    CxError
        If a column is missing.

    Notes
    -----
    Redelmeier and Kahneman (1996), Pain 66:3–8.

    Examples
    --------
    >>> rows = pd.DataFrame({"who": ["a"] * 3, "csat": [4, 1, 5], "at": [1, 2, 3]})
    >>> summaries(rows, person="who", score="csat", when="at", middle=3).loc["a"].tolist()
    [4.0, 5.0, 1.0, 1.0, 3.0, 3.3333333333333335, 3.0]
    """
    for name in (person, score, when):
        if name not in moments:
            raise CxError("values-column", column=name, found=[str(column) for column in moments.columns])
    rows = moments.dropna(subset=[person, score, when]).sort_values(when, kind="stable")
    rows = pd.DataFrame({"person": rows[person], "score": rows[score].astype(float)})
    intense = rows.assign(away=(rows["score"] - middle).abs()).sort_values(["away", "score"], ascending=[False, True])
    each = rows.groupby("person")["score"]
    table = each.agg(first="first", last="last", worst="min")
    table["peak"] = intense.groupby("person")["score"].first()
    table["peak_end"] = (table["peak"] + table["last"]) / 2
    table = table.assign(mean=each.mean(), n=each.size().astype(float))
    return table[table["n"] >= 2]


def agreement(table: pd.DataFrame, outcome: ArrayLike, *, level: float = 0.95) -> dict[str, Estimate]:
    """Return how closely each summary goes along with the overall judgement: summary → correlation.

    "Cannot tell" below `LEAST` people, or where all moments or judgements are alike.

    Parameters
    ----------
    table
        From `summaries`, shape (n, …).
    outcome
        The judgement of each person, shape (n,).

    Raises
    ------
    CxError
        If the lengths differ.

    Examples
    --------
    >>> table = pd.DataFrame({name: range(40) for name in SUMMARIES})
    >>> print(agreement(table, [value % 7 for value in range(40)])["last"])
    0.0689 (-0.248 to 0.372; n=40)
    """
    judged = aligned(outcome, name="outcome", length=len(table))
    return {name: _agreement(table[name].to_numpy(float), judged, level) for name in SUMMARIES}


def _agreement(values: NDArray[np.float64], judged: NDArray[np.float64], level: float) -> Estimate:
    unknown = _unknown(np.column_stack([values, judged]), level)
    if unknown is not None:
        return unknown
    return correlation(float(np.corrcoef(values, judged)[0, 1]), len(values), level)[0]


def _unknown(table: NDArray[np.float64], level: float) -> Estimate | None:
    """Why nothing can be told of columns that are too short or do not vary, None where something can."""
    n = len(table)
    if n < LEAST:
        return cannot_tell("too-few", n=n, level=level, unit="ratio", needs=LEAST)
    if (np.ptp(table, axis=0) == 0).any():
        return cannot_tell("constant", n=n, level=level, unit="ratio")
    return None


def advantage(
    first: ArrayLike, second: ArrayLike, outcome: ArrayLike, *, draws: int = 2000, seed: int = 0, level: float = 0.95
) -> Estimate:
    """Return by how much more of the outcome's variance one summary explains than another: difference of the R².

    Parameters
    ----------
    first, second, outcome
        One value a person, shape (n,).
    draws, seed
        Bootstrap draws of people, and their seed.

    Raises
    ------
    CxError
        If the lengths differ.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> end, mean = rng.normal(size=(2, 200))
    >>> print(advantage(end, mean, end + rng.normal(size=200)))
    0.512 (0.406 to 0.599; n=200)
    """
    rows = np.asarray(first, dtype=float)
    table = np.column_stack([rows, *(aligned(each, name="second", length=len(rows)) for each in (second, outcome))])
    unknown, n = _unknown(table, level), len(table)
    if unknown is not None:
        return unknown
    counts = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=draws).astype(float)
    low, high = np.quantile(_difference(table, counts), [(1 - level) / 2, (1 + level) / 2])
    value = float(_difference(table, np.ones((1, n)))[0])
    return Estimate(value, float(low), float(high), n=n, level=level, method="bootstrap", unit="ratio")


def _difference(table: NDArray[np.float64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """R² of the first column less R² of the second with the third, for each row of counts of people."""
    shares = counts / counts.sum(axis=1, keepdims=True)
    centre = table - table.mean(axis=0)
    means = shares @ centre
    spreads = shares @ centre**2 - means**2
    with np.errstate(divide="ignore", invalid="ignore"):
        squares = [
            (shares @ (centre[:, place] * centre[:, 2]) - means[:, place] * means[:, 2]) ** 2
            / (spreads[:, place] * spreads[:, 2])
            for place in (0, 1)
        ]
    return np.nan_to_num(squares[0]) - np.nan_to_num(squares[1])
